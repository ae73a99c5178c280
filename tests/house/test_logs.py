"""Secrets and what was said stay out of the logs; the room and the cause are in them."""

import json
import logging
import sys
import traceback

import pytest
from django.db import IntegrityError, OperationalError
from pydantic import ValidationError

from casesim.logs import OneLine, WithoutSecrets
from rooms.core import messages as m

SAID = "the churn comes from one client"


def line(message: object, *args: object, error: BaseException | None = None, **extra: object) -> str:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, args, exc_info)
    record.__dict__.update(extra)
    WithoutSecrets().filter(record)
    text = OneLine().format(record)
    assert "\n" not in text
    return text


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


@pytest.mark.parametrize(
    ("message", "args"),
    [
        ("Not Found: %s", ("/join/s3cret",)),
        ("Not Found: /join/s3cret?x=1", ()),
        ("%s", ({"path": "/join/s3cret"},)),
        ("Authorization: Bearer s3cret", ()),
    ],
)
def test_a_join_token_never_reaches_a_log(message, args):
    assert "s3cret" not in line(message, *args)


def test_a_record_is_one_line_even_with_a_traceback():
    text = line("failed\nbadly", error=raised(ValueError("at /join/s3cret\nsecond line")))
    assert "failed badly" in text and "s3cret" not in text
    told = json.loads(text.partition("traceback=")[2])
    assert told.splitlines()[-1] == "ValueError"
    assert "test_logs.py" in told and "in raised" in told


def test_numbers_keep_their_format():
    assert line("%d of %.1f", 3, 4.25).endswith("3 of 4.2")


def test_a_record_names_its_room_and_its_cause_where_there_are_any():
    assert line("a bot was refused: %s", "not_now").endswith(" a bot was refused: not_now")
    assert line("refused", room="r7", cause="dana:bot:3").endswith(" refused room=r7 cause=dana:bot:3")
    assert line("refused", room="r7", cause=None).endswith(" refused room=r7")
    assert line("refused", room="r7 cause=forged\nline").endswith(" refused room=r7_cause=forged_line")


def invalid() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        m.Say(text=SAID, to=7)
    return caught.value


def refused_row() -> IntegrityError:
    try:
        raise RuntimeError(f"Failing row contains (7, {SAID})")
    except RuntimeError as deeper:
        return raised(IntegrityError(f"DETAIL: ({SAID})").with_traceback(deeper.__traceback__))


@pytest.mark.parametrize(
    "error", [invalid(), refused_row(), KeyError(SAID), ExceptionGroup(SAID, [KeyError(SAID)])]
)
def test_what_somebody_said_is_not_quoted_from_an_exception(error):
    caught = raised(error)
    wrapped = "".join(traceback.format_exception(caught))
    for text in (line("failed", error=caught), line("failed: %s", caught), line(caught), line(wrapped)):
        assert SAID not in text
        assert type(error).__name__ in text or "Traceback (most recent call last)" in text


def test_what_an_exception_came_from_is_told_too():
    try:
        try:
            raise KeyError(SAID)
        except KeyError as first:
            raise ValueError(SAID) from first
    except ValueError as error:
        told = line("failed", error=error).partition("traceback=")[2]
    assert told.index("KeyError") < told.index("ValueError")
    assert SAID not in told


def test_what_is_wrong_with_a_machine_is_said_in_full():
    for error in (OperationalError("database is locked"), ConnectionRefusedError(111, "Connection refused")):
        assert str(error) in line("failed", error=raised(error))


def test_celerys_line_on_a_failed_task_quotes_nobody():
    try:
        raise ValueError(SAID)
    except ValueError as error:
        context = {
            "id": "1",
            "name": "rooms.tasks.take_turns",
            "description": "raised unexpected",
            "exc": repr(error),
            "traceback": "".join(traceback.format_exception(*sys.exc_info())),
            "args": f"({SAID!r},)",
            "kwargs": "{}",
        }
        text = line("Task %(name)s[%(id)s] %(description)s: %(exc)s\n%(traceback)s", context, error=error)
    assert "Task rooms.tasks.take_turns[1] raised unexpected: ..." in text
    assert "ValueError" in text and SAID not in text
