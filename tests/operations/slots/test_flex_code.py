"""Which code a Flex Consumption app runs, from its settings and the note of the last release."""

from __future__ import annotations

import pytest

from operations.live.flex import FlexCode, flex_code

OLD, NEW = "0" * 16, "1" * 16
SETTINGS = {"DURABLE_DEPLOY_PACKAGE": NEW, "DURABLE_DEPLOY_VERSION": "2.0.0", "DURABLE_DEPLOY_VERSIONS": "2.0"}


@pytest.mark.parametrize(
    ("settings", "metadata", "found"),
    [
        ({}, {}, FlexCode(None, None, (), None)),
        (SETTINGS, {}, FlexCode(None, None, (), "2.0.0")),
        (SETTINGS, {"live": f"{NEW};2.0"}, FlexCode(f"{NEW}.zip", "2.0.0", ("2.0",), None)),
        (SETTINGS, {"live": f"{OLD};1.0"}, FlexCode(f"{OLD}.zip", None, ("1.0",), "2.0.0")),
        (SETTINGS, {"live": f"{OLD};"}, FlexCode(f"{OLD}.zip", None, (), "2.0.0")),
        (SETTINGS, {"live": ""}, FlexCode(None, None, (), "2.0.0")),
    ],
    ids=["never deployed", "settings and no code", "both agree", "settings are ahead", "a version was not noted", "an empty note"],
)
def test_settings_and_note_together_say_what_runs(settings: dict[str, str], metadata: dict[str, str], found: FlexCode) -> None:
    assert flex_code(settings, metadata) == found
