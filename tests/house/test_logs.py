"""Secrets stay out of the logs."""

import logging

import pytest

from casesim.logs import OneLine, WithoutSecrets


def line(message: str, *args: object) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, args, None)
    WithoutSecrets().filter(record)
    return OneLine().format(record)


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
    try:
        raise ValueError("at /join/s3cret\nsecond line")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "x", 1, "failed\nbadly", (), (ValueError, error, error.__traceback__)
        )
    text = OneLine().format(record)
    assert "\n" not in text and "failed badly" in text and "s3cret" not in text


def test_numbers_keep_their_format():
    assert line("%d of %.1f", 3, 4.25).endswith("3 of 4.2")
