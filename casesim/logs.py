"""Logs: one line a record, and never a join token."""

import json
import logging
import re
from typing import Any

JOIN = re.compile(r"(/join/)[^/\s\"'?#&<>]+")
BEARER = re.compile(r"(?i)(bearer\s+)[^\s\"',]+")


def redact(text: str) -> str:
    """The text without what would let a reader take somebody's seat."""
    return BEARER.sub(r"\1...", JOIN.sub(r"\1...", text))


def redacted(value: Any) -> Any:
    """An argument of a record without secrets; numbers stay numbers, for `%d`."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    return value if redact(text) == text else redact(text)


class WithoutSecrets(logging.Filter):
    """Takes join and bearer tokens out of every record it sees."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the record; never drop it."""
        record.msg = redacted(record.msg)
        if isinstance(record.args, dict):
            record.args = {key: redacted(value) for key, value in record.args.items()}
        elif record.args:
            record.args = tuple(redacted(value) for value in record.args)
        return True


class OneLine(logging.Formatter):
    """`time level logger message`, with a traceback quoted at the end of the same line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; the last look for secrets is here, where the traceback is text."""
        moment = self.formatTime(record, "%Y-%m-%dT%H:%M:%S")
        message = " ".join(record.getMessage().split())
        line = f"{moment}.{int(record.msecs):03d} {record.levelname} {record.name} {message}"
        if record.exc_info:
            line += f" traceback={json.dumps(self.formatException(record.exc_info))}"
        return redact(line)
