"""Whatever goes wrong in the function itself, the gate stays shut, and the answer gives nothing away."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import closing

import azure.functions as func
import pytest

from functions.status_check import blueprint, function


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("AccountKey=c2VjcmV0")

    monkeypatch.setattr(function, "check_this_slot", fail)


@pytest.mark.usefixtures("broken")
def test_an_unexpected_error_is_unknown_and_its_text_goes_to_the_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    app = func.FunctionApp()
    app.register_functions(blueprint)
    (status_check,) = app.get_functions()
    request = func.HttpRequest("GET", "https://orders/api/StatusCheck", params={}, body=b"")
    # Not asyncio.run, which leaves the thread without an event loop; tests of Pulumi programs that come later want one.
    with caplog.at_level(logging.ERROR), closing(asyncio.new_event_loop()) as loop:
        answer = loop.run_until_complete(status_check.get_user_function()(request))
    assert answer.status_code == 200
    assert json.loads(answer.get_body()) == {
        "HasRunning": True,
        "verdict": "unknown",
        "reason": "unreadable",
        "sentence": "StatusCheck failed with RuntimeError; the app's log has the rest.",
        "oldest": None,
        "counts": None,
    }
    assert "AccountKey" in caplog.text
