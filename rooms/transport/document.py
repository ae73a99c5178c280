"""docs/protocol.md, made from the declarations it describes; a test holds it current."""

# ruff: noqa: E501  (the page has tables, and a table row is one line)

from typing import Any, get_args

from pydantic import BaseModel

from rooms.core import messages as m
from rooms.core.policy import RIGHTS
from rooms.transport import protocol

INTRO = """\
# The protocol of a room

Made from `rooms/core/messages.py`, `rooms/core/policy.py` and `rooms/transport/protocol.py` by
`manage.py write_protocol`. Do not edit by hand.

## Getting in

The socket of a room is `/ws/rooms/<room>/`. A browser is let in by the cookie its join link set and
says which of its seats it means with `?seat=<seat>` (a seat's name is no secret). Another client sends
`Authorization: Bearer <token>`; the token names the seat. A token never goes into an address. With a
cookie the `Origin` must be this server's. Who is turned away gets HTTP 403 and not a byte of the room.

One other socket only tells: `/ws/workspaces/<workspace>/calibration/`, in docs/calibrations.md.

## Frames

Text frames of JSON, at most {frame} bytes; {rate} a second over time, {burst} at once.

| from | frame | meaning |
| --- | --- | --- |
| client | `{{"type": "sync", "epoch": "...", "after": 12}}` | I have 12 items of that epoch (null: of none). First load, reconnect, heartbeat and repair in one |
| client | `{{"type": "do", "ref": "c-17", "command": {{"type": "say", "text": "..."}}}}` | a command. Safe to repeat with the same `ref`: it happens once and is answered alike. `ref`: 1 to 64 of `A-Z a-z 0-9 _ . : -` |
| server | `{{"type": "feed", "epoch", "from", "upto", "now", "items", "head"}}` | append the items, merge the head |
| server | `{{"type": "done", "ref"}}` | it is in the log |
| server | `{{"type": "refused", "ref", "code", "why"}}` | it is not, and why |

Several sockets of one seat are one seat: each is handed its whole feed, and each may act.

After connecting send `sync`. Items are numbered for your seat alone: `n` has no gaps, and says nothing
of what you may not see. If a frame's `from` is beyond what you have, send `sync` again. If `from` is 0
or the `epoch` is another than yours while you have items, throw them away: you are started over. After a
cut come back with `sync` and send again, with the same refs, what was not answered. Say how far you
are with a `sync` every 15 s: a socket that was sent a good deal and says nothing is closed. `now` is the
server's clock; all times are milliseconds since 1970, UTC. Unset fields of an item are left out.

## Head

The present moment as your seat sees it. The answer to a `sync` has it whole; every other frame has
only the sections that changed, each whole, and those of `console` one level deeper.

| field | holds |
| --- | --- |
| `you` | `seat`, `kind`, `role`, `title`, `name` |
| `status` | `lobby`, `live`, `paused` or `ended` |
| `phase` | null, or `key`, `name`, `index`, `of`, `prompt`, `started_at`, `ends_at`, `paused_at`; not for the candidate: `focus` |
| `phases` | `key`, `name`, `seconds` of each |
| `seats` | `seat`, `kind`, `role`, `title`, `name`, `occupant` (`person`, `bot`, `empty`), `ready`, `hand`, `away` (whom a bot stands in for) of each |
| `here` | the seats somebody has a page open for |
| `waits` | true while no worker answers: bots and reports wait, people go on |
| `board` | `decisions` (each with `versions` and `objections`), `assumptions`, `requests` |
| `may` | the command types your seat may send now |
| `quiet` | whether the bots are silenced |
| `yours` | panel only: `cues`, `injects`, `facts` and `data_sets` of your role |
| `console` | facilitator only: `plan` (each inject as written), `injects` (by key: `state` and `why` of those that do not wait any more), `airtime`, `coverage`, `acts`, `hints` |
"""


def document() -> str:
    """The whole page."""
    intro = INTRO.format(frame=protocol.FRAME, rate=protocol.RATE, burst=protocol.BURST)
    return "\n".join(
        [
            intro,
            "## Refusals\n",
            _table(("code", "meaning"), [(f"`{c}`", why) for c, why in protocol.REFUSALS.items()]),
            "## Close codes\n",
            "40xx: come back. 45xx: do not.\n",
            _table(("code", "meaning"), [(str(c), why) for c, why in protocol.CLOSE_CODES.items()]),
            "## Commands\n",
            "`head.may` lists those your seat may send now.\n",
            *[_command(c) for c in get_args(m.AnyCommand)],
            "## Events\n",
            "An item is one of these with `n` and `at` in front.\n",
            *[_message(e, skip={"type", "to"}) for e in get_args(m.AnyEvent)],
        ]
    )


def _command(command: type[BaseModel]) -> str:
    right = RIGHTS[_type(command)]
    who = f"From: {', '.join(right.kinds)}. While: {', '.join(right.when)}.\n"
    return _message(command, skip={"type"}, who=who)


def _message(message: type[BaseModel], skip: set[str], who: str = "") -> str:
    about = " ".join((message.__doc__ or "").split()) if message.__dict__.get("__doc__") else ""
    lines = [f"### `{_type(message)}`\n", *([about + "\n"] if about else []), *([who] if who else [])]
    schema = message.model_json_schema()
    fields = {n: f for n, f in schema.get("properties", {}).items() if n not in skip}
    required = set(schema.get("required", ()))
    rows = [(f"`{n}`", _kind(f), "" if n in required else "optional") for n, f in fields.items()]
    return "\n".join([*lines, _table(("field", "is", ""), rows) if rows else ""])


def _type(message: type[BaseModel]) -> str:
    return str(message.model_fields["type"].default)


def _kind(schema: dict[str, Any]) -> str:
    """A field's shape in a few words."""
    if "anyOf" in schema:
        return " or ".join(_kind(s) for s in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"`{v}`" for v in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if schema.get("type") == "array":
        items = schema.get("items") or {}
        return f"list of {_kind(items)}" if items else "list"
    limits = [
        text.format(schema[key])
        for key, text in (
            ("minimum", "at least {}"),
            ("maximum", "at most {}"),
            ("maxLength", "at most {} characters"),
            ("pattern", "like `{}`"),
        )
        if key in schema
    ]
    return ", ".join([str(schema.get("type", "any")), *limits]).replace("|", "\\|")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n"
