"""What a request may ask for."""

from __future__ import annotations

import pytest

from functions.status_check.asking import DEADLINE, LONGEST, SETTLE, BadRequest, Question, read_question

AZURE_CUTS_OFF_AFTER = 230
PIPELINES_WAIT = 60


def test_the_defaults_fit_into_what_azure_pipelines_waits_with_a_cold_start() -> None:
    assert read_question({}) == Question(settle=5.0, deadline=45.0, exclude=())
    assert SETTLE < DEADLINE <= PIPELINES_WAIT - 15
    assert LONGEST < AZURE_CUTS_OFF_AFTER


def test_parameters_are_read_and_keys_are_ignored() -> None:
    asked = {"settle": "2", "deadline": "15", "exclude": "Cleanup, Poll,,Cleanup", "code": "key", "clientId": "default"}
    assert read_question(asked) == Question(settle=2.0, deadline=15.0, exclude=("Cleanup", "Poll"))


def test_a_short_deadline_shortens_the_settle_time_that_nobody_gave() -> None:
    assert read_question({"deadline": "4"}) == Question(settle=2.0, deadline=4.0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"settle": "soon"}, "settle: a number of seconds from 0 to 45, not 'soon'"),
        ({"settle": "46"}, "settle: a number of seconds from 0 to 45, not '46'"),
        ({"settle": "nan"}, "settle: a number of seconds from 0 to 45, not 'nan'"),
        ({"deadline": "201"}, "deadline: a number of seconds from 1 to 200, not '201'"),
        ({"deadline": "0"}, "deadline: a number of seconds from 1 to 200, not '0'"),
        ({"settel": "1"}, "settel: no such parameter; there are settle, deadline and exclude"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(parameters: dict[str, str], message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_question(parameters)
    assert str(caught.value) == message
