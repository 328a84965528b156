"""What is stored of a failure: enough to act on, and nothing that opens anything."""

from __future__ import annotations

import pytest

from functions.router.arm import ArmProblem, told


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Failed to download https://a.blob.core.windows.net/p/1.zip?sv=2024&sig=abc%3D: 403", "https://a.blob.core.windows.net/p/1.zip?…"),
        ("GET https://app.net/runtime/webhooks/durabletask?code=abc", "https://app.net/runtime/webhooks/durabletask?…"),
        ("AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=x", "AccountName=a;AccountKey=…;EndpointSuffix=x"),
        ("the header x-functions-key: c2VjcmV0 was refused", "the header x-functions-key: … was refused"),
        ("Authorization: Bearer eyJh.eyJi.sig", "Authorization: Bearer …"),
    ],
)
def test_nothing_that_opens_anything_is_stored(text: str, shown: str) -> None:
    stored = told(ArmProblem(400, "", text))
    assert shown in stored
    assert not any(secret in stored for secret in ("abc", "c2VjcmV0", "eyJ"))


def test_a_message_is_one_line_and_not_too_long() -> None:
    stored = told(ArmProblem(500, "Oops", "a\n  b" + "x" * 2000))
    assert stored.startswith("500: Oops: a b") and "\n" not in stored and len(stored) <= 600


def test_what_is_no_answer_of_azures_says_what_it_was() -> None:
    assert told(KeyError("x")) == "KeyError: 'x'"
    assert told(TimeoutError()) == "TimeoutError"
