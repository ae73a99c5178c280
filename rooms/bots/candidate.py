"""The candidate of a rehearsal: follows a script, answering what is really put to it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rooms.bots.lines import flat
from rooms.bots.view import Move, View
from rooms.core import messages as m
from scenarios.core.script import OBJECTION, ScriptLine

GAP = 4_000  # ms between two commands
SCRIPTS = 16  # that a process remembers read

Print = tuple[object, ...]  # by which a command is known again in the event it brought about


class Heard(NamedTuple):
    """What of the feed a script can wait for."""

    injects: dict[str, int]  # key -> when it was first put, ms
    objections: list[int]  # when each was raised
    marks: set[str]  # decisions on the board
    tables: set[str]  # that open in the data room
    done: Counter[Print]
    last: int  # when the candidate last did something


class Read(NamedTuple):
    """A line of a script with its command."""

    line: ScriptLine
    command: m.AnyCommand
    known: Print
    inject: str | None  # the key of the inject it waits for


_scripts: dict[int, tuple[Sequence[ScriptLine], list[Read]]] = {}


def candidate_move(script: Sequence[ScriptLine], inject_texts: Mapping[str, str], view: View) -> Move | None:
    """The line that is due first, and when; None if none is due as things stand.

    `inject_texts`: the words of each inject -> its key; an inject put in other words is not
    recognised. Raises pydantic's ValidationError (a ValueError) on a line that is no command.
    """
    if view.quiet or view.status != "live":
        return None
    heard = _listen(view, inject_texts)
    waiting = [(at, command) for at, command in _waiting(script, heard, view) if _possible(command, heard)]
    if not waiting:
        return None
    due, command = min(waiting, key=lambda pair: pair[0])
    at = max(due, heard.last + GAP)
    return Move(at, command) if at < view.ends_at else None


def _waiting(script: Sequence[ScriptLine], heard: Heard, view: View) -> Iterable[tuple[int, m.AnyCommand]]:
    """(when due, command) of each line that has not been spoken and whose moment has come."""
    done, objections = heard.done.copy(), iter(heard.objections)
    for line, command, known, inject in _read(script):
        begins = next(objections, None) if line.on == OBJECTION else _begins(line, inject, heard, view)
        if done[known] > 0:
            done[known] -= 1
        elif begins is not None:
            yield begins + line.after * 1000, command


def _read(script: Sequence[ScriptLine]) -> Sequence[Read]:
    """The script with its commands, read once: a turn asks for all of them."""
    kept = _scripts.get(id(script))
    if kept is None or kept[0] is not script:
        commands = [m.COMMANDS.validate_python(line.do) for line in script]
        lines = [Read(line, c, _print(c), line.inject) for line, c in zip(script, commands, strict=True)]
        if len(_scripts) >= SCRIPTS:
            _scripts.clear()
        kept = _scripts[id(script)] = (script, lines)  # holding the script keeps its id its own
    return kept[1]


def _begins(line: ScriptLine, inject: str | None, heard: Heard, view: View) -> int | None:
    """The time a line counts from. A line of a phase that is over stays unsaid."""
    if inject is not None:
        return heard.injects.get(inject)
    return view.phase_started_at if line.phase == view.phase else None


def _possible(command: m.AnyCommand, heard: Heard) -> bool:
    """Is the decision it speaks of on the board, the table it looks at open and not looked at yet?"""
    match command:
        case m.Revise(decision=mark):
            return mark in heard.marks
        case m.Say(about=str(mark)):
            return mark in heard.marks
        case m.Look(data_set=key):  # a second look at the same is no event: it would be due for ever
            return key in heard.tables and not heard.done[_print(command)]
        case _:
            return True


def _listen(view: View, inject_texts: Mapping[str, str]) -> Heard:
    keys = {flat(text): key for text, key in inject_texts.items()}
    heard, last = Heard({}, [], set(), set(), Counter(), 0), 0
    for item in view.items:
        match item.event:
            case m.InjectSpoken(text=text) if (key := keys.get(flat(text))) is not None:
                heard.injects.setdefault(key, item.at)
            case m.Said(stance="objects"):
                heard.objections.append(item.at)
            case m.Decided(mark=mark):
                heard.marks.add(mark)
            case m.DataGiven(grant=m.Grant(key=key)):
                heard.tables.add(key)
            case _:
                pass
        if (known := _print_of(item.event, view.seat)) is not None:
            heard.done[known] += 1
            last = item.at
    return heard._replace(last=last)


def _print(command: m.AnyCommand) -> Print:
    match command:
        case m.Commit():
            return ("commit", command.choice, command.why, command.gives_up, command.would_change)
        case m.Revise():
            return ("revise", command.decision, command.choice, command.why, command.gives_up)
        case m.Ask():
            return ("ask", command.role, command.text)
        case m.RequestData():
            return ("request_data", command.what)
        case m.Look():
            return ("look", command.data_set, command.column)
        case m.RaiseHand():
            return ("raise_hand", command.up)
        case m.Say() | m.Summarise() | m.Assume():
            return (command.type, command.text)
        case _:
            return (command.type,)


def _print_of(event: m.AnyEvent, seat: str) -> Print | None:  # noqa: C901  (one case a line)
    """The print of the command that brought this about, if it was this seat's."""
    if getattr(event, "by", None) != seat:
        return None
    match event:
        case m.Decided():
            return ("commit", event.choice, event.why, event.gives_up, event.would_change)
        case m.Revised():
            return ("revise", event.mark, event.choice, event.why, event.gives_up)
        case m.Asked():
            return ("ask", event.role, event.text)
        case m.DataRequested():
            return ("request_data", event.what)
        case m.Looked():
            return ("look", event.data_set, event.column)
        case m.HandRaised():
            return ("raise_hand", event.up)
        case m.Said():
            return ("say", event.text)
        case m.Summarised():
            return ("summarise", event.text)
        case m.Assumed():
            return ("assume", event.text)
        case _:
            return None
