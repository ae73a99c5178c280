"""Logs: one line a record, with the room and the cause; never a link's token, never what somebody said.

What was said hides in exceptions: a value that fits no field, a row the database refused. So of an
exception only its place and its type are written, and its message where that cannot quote anybody.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from typing import Any

JOIN = re.compile(r"(/(?:join|invitations|sign-in|invited)/)[^/\s\"'?#&<>]+")
BEARER = re.compile(r"(?i)(bearer\s+)[^\s\"',]+")
PLACE = re.compile(r'File "[^"]+", line \d+, in \S+')
TRACEBACK = "Traceback (most recent call last)"

# Their messages are about machines: an address, a missing module, a lock.
QUOTES_NOBODY = {
    "AttributeError",
    "ConnectionError",
    "ImportError",
    "ImproperlyConfigured",
    "InterfaceError",
    "NameError",
    "OperationalError",
    "OSError",
    "TimeoutError",
}
# Celery writes an exception's message and a task's arguments into its own line.
QUOTED = ("args", "exc", "kwargs", "traceback")


def redact(text: str) -> str:
    """The text without what would let a reader take somebody's seat, or read what an exception quotes."""
    text = BEARER.sub(r"\1...", JOIN.sub(r"\1...", text))
    before, found, after = text.partition(TRACEBACK)
    return f"{before}{found}: {'; '.join(PLACE.findall(after))}" if found else text


def label(error: BaseException) -> str:
    """An exception's type, with its message if that quotes nobody."""
    kind = type(error)
    plain = any(base.__name__ in QUOTES_NOBODY for base in kind.__mro__)
    return f"{kind.__name__}: {error}" if plain else kind.__name__


def redacted(value: Any) -> Any:
    """An argument of a record without secrets; numbers stay numbers, for `%d`."""
    if value is None or isinstance(value, int | float):
        return value
    error = getattr(value, "value", value)  # Twisted wraps its exceptions
    if isinstance(error, BaseException):
        return label(error)
    text = str(value)
    return value if redact(text) == text else redact(text)


class WithoutSecrets(logging.Filter):
    """Takes tokens and quotations out of every record it sees."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the record; never drop it."""
        record.msg = redacted(record.msg)
        if isinstance(record.args, dict):
            cleaned = {key: redacted(value) for key, value in record.args.items()}
            record.args = cleaned | {key: "..." for key in QUOTED if key in cleaned}
        elif record.args:
            record.args = tuple(redacted(value) for value in record.args)
        return True


class OneLine(logging.Formatter):
    """`time level logger message room=... cause=...`, with a traceback quoted at the end of the same line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; the last look for secrets is here, where everything is text."""
        moment = self.formatTime(record, "%Y-%m-%dT%H:%M:%S")
        message = redact(" ".join(record.getMessage().split()))
        line = f"{moment}.{int(record.msecs):03d} {record.levelname} {record.name} {message}{marks(record)}"
        if record.exc_info and record.exc_info[1] is not None:
            line += f" traceback={json.dumps(told(record.exc_info[1]))}"
        return line


def marks(record: logging.LogRecord) -> str:
    """` room=... cause=...`, as far as the record has them."""
    found = [(name, record.__dict__.get(name)) for name in ("room", "cause")]
    return "".join(f" {name}={'_'.join(str(value).split())[:120]}" for name, value in found if value)


def told(error: BaseException) -> str:
    """Where exceptions came from and what they are, the first cause first."""
    parts = [[*traceback.format_tb(one.__traceback__), label(one)] for one in causes(error)]
    return redact("\n".join(line.strip("\n") for part in reversed(parts) for line in part))


def causes(error: BaseException) -> Iterator[BaseException]:
    """An exception, what it came from, and so on; each once."""
    seen: list[BaseException] = []
    here: BaseException | None = error
    while here is not None and here not in seen:
        seen.append(here)
        yield here
        here = here.__cause__ or (None if here.__suppress_context__ else here.__context__)
