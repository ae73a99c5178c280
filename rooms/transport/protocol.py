"""Frames in and out and close codes: declared, parsed, built. docs/protocol.md is made from this file."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from rooms.core import messages as m

FRAME = 64 * 1024  # bytes; more closes the socket
# Far above what a person or a bot sends, and little enough that one socket cannot fill the writer.
RATE = 200  # frames a second and socket, over time
BURST = 400
FLOOD = 80  # frames refused for haste before the socket is closed

Ref = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]

# Daphne sends an application's code only from 3000 up: 1003 and 1009 would never be sent.
CLOSE_CODES = {
    4000: "the server is going away; come back",
    4003: "binary frames are not spoken here",
    4008: "the socket fell too far behind; come back and sync",
    4009: f"a frame is larger than {FRAME} bytes",
    4029: "too many frames; come back more slowly",
    4500: "the handshake did not come from a page of this server",
    4501: "this seat is not yours, or no longer",
    4502: "there is no such room",
    4503: "this seat has too many sockets open already",
}

REFUSALS = {
    "malformed": "the frame is not one of the two this server reads",
    "unknown_command": "there is no command of that type",
    "invalid": "a field is wrong; `why` names it and the limit",
    "not_your_part": "this seat's kind cannot do that, ever",
    "not_now": "not in the room's present status or phase",
    "not_ready": "somebody is not ready; `anyway` starts all the same",
    "no_consent": "the candidate has not agreed to the room's notice; nobody can start it before",
    "seat_held": "a bot holds the seat (take it first), or it is not a bot's",
    "no_such": "what the command names does not exist, or is not this seat's to know",
    "too_late": "it has happened already, or it is over",
    "full": "the room holds no more of these",
    "conflict": "this ref was used for another command",
    "slow_down": "too many frames; send it again in a moment",
    "busy": "too many commands wait; send it again in a moment",
    "try_again": "it could not be recorded; send it again with the same ref",
    "failed": "the server could not carry it out; the fault is recorded",
}


class Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sync(Frame):
    """I have `after` items of that epoch: first load, reconnect, heartbeat and repair in one."""

    type: Literal["sync"]
    epoch: Annotated[str, Field(max_length=32)] | None = None
    after: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class Do(Frame):
    """A command. Safe to repeat with the same ref."""

    type: Literal["do"]
    ref: Ref
    command: m.AnyCommand = Field(discriminator="type")


FRAMES: TypeAdapter[Sync | Do] = TypeAdapter(Annotated[Sync | Do, Field(discriminator="type")])


class Bad(Exception):
    """A frame that cannot be read, and how it is answered."""

    def __init__(self, ref: str | None, code: str, why: str) -> None:
        super().__init__(code)
        self.ref, self.code, self.why = ref, code, why


def parse(text: str) -> Sync | Do:
    """The frame in a text message. Raises Bad; never anything else, whatever the text."""
    try:
        return FRAMES.validate_json(text, strict=True)
    except ValidationError as error:
        raise _bad(text, error) from None


def done(ref: str) -> str:
    return _json({"type": "done", "ref": ref})


def refused(ref: str | None, code: str, why: str) -> str:
    return _json({"type": "refused", "ref": ref, "code": code, "why": why})


def _bad(text: str, error: ValidationError) -> Bad:
    try:
        raw = from_json(text, allow_inf_nan=False)
    except ValueError:
        return Bad(None, "malformed", "this is not JSON")
    if not isinstance(raw, dict):
        return Bad(None, "malformed", "a frame is a JSON object")
    ref = raw.get("ref")
    return _named(ref if isinstance(ref, str) and len(ref) <= 64 else None, error)


def _named(ref: str | None, error: ValidationError) -> Bad:
    """The first thing that is wrong, with its field."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        if "command" in first["loc"]:
            return Bad(ref, "unknown_command", "command: there is no such type")
        return Bad(ref, "malformed", "a frame is of type sync or do")
    field = ".".join(str(part) for part in first["loc"] if part not in ("sync", "do"))
    return Bad(ref, "invalid", f"{field}: {first['msg']}"[:300])


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
