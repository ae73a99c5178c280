"""Feed: what one seat sees. May this seat see this? Asked here and nowhere else."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from rooms.core import director
from rooms.core import messages as m
from rooms.core.policy import may, not_ready
from rooms.core.state import Decision, State
from scenarios.core.schema import Inject, Phase, Role, Scenario

Json = dict[str, Any]


class Logged(NamedTuple):
    """An event as it stands in the log."""

    seq: int
    at: int
    event: m.AnyEvent


class Item(NamedTuple):
    """An event as it stands in one seat's feed."""

    n: int
    at: int
    event: m.AnyEvent


def visible_to(to: tuple[str, ...] | None, seat: str) -> bool:
    """The audience is a fact: it was fixed when the event was decided."""
    return to is None or seat in to


def feed(log: Iterable[Logged], seat: str) -> list[Item]:
    """What the seat sees of a log, numbered from 1 without gaps."""
    seen = (line for line in log if visible_to(line.event.to, seat))
    return [Item(n, line.at, line.event) for n, line in enumerate(seen, 1)]


def body(event: m.AnyEvent) -> str:
    """The event as stored and sent: JSON without its audience and without empty fields."""
    return event.model_dump_json(exclude={"to"}, exclude_none=True)


def item_json(n: int, at: int, event_body: str) -> str:
    """One item of a feed frame, made from the stored body without parsing it."""
    return f'{{"n":{n},"at":{at},{event_body[1:]}'


# --- head: the present moment as a seat sees it ----------------------------------------------------


def head(scenario: Scenario, state: State, seat: str) -> Json:
    """Phase, deadline, who sits where, the board, and what this seat may do now."""
    you = state.seats[seat]
    now: Json = {
        "you": {"seat": seat, "kind": you.kind, "role": you.role, "title": you.title, "name": you.name},
        "status": state.status,
        "phase": _phase(scenario, state, told=you.kind != "candidate"),
        "phases": [{"key": p.key, "name": p.name, "seconds": p.seconds} for p in scenario.phases],
        "seats": [_seat(state, s) for s in state.seats],
        "board": _board(state),
        "may": may(state, seat),
        "quiet": state.quiet,
    }
    if you.kind == "panel":
        now["yours"] = _yours(scenario, state, scenario.role(you.role))
    if you.kind == "facilitator":
        now["console"] = _console(scenario, state)
    return now


def _phase(scenario: Scenario, state: State, told: bool) -> Json | None:
    if state.phase is None:
        return None
    index, phase = _find(scenario, state.phase)
    about: Json = {
        "key": phase.key,
        "name": phase.name,
        "index": index,
        "of": len(scenario.phases),
        "prompt": phase.prompt,
        "started_at": state.wall(state.started),
        "ends_at": state.wall(state.ends),
        "paused_at": state.paused_at,
    }
    return {**about, "focus": phase.focus} if told else about


def _find(scenario: Scenario, key: str) -> tuple[int, Phase]:
    return next((i, p) for i, p in enumerate(scenario.phases) if p.key == key)


def _seat(state: State, seat: str) -> Json:
    s = state.seats[seat]
    return {
        "seat": seat,
        "kind": s.kind,
        "role": s.role,
        "title": s.title,
        "name": s.name,
        "occupant": s.occupant,
        "ready": s.ready,
        "hand": s.hand,
    }


def _board(state: State) -> Json:
    return {
        "decisions": [_decision(d) for d in state.decisions],
        "assumptions": [{"mark": a.mark, "text": a.text, "at": a.at} for a in state.assumptions],
        "requests": [
            {"mark": r.mark, "what": r.what, "role": r.role, "state": r.state, "why": r.why}
            for r in state.requests
        ],
    }


def _decision(d: Decision) -> Json:
    versions = [
        {
            "version": number,
            "choice": v.choice,
            "why": v.why,
            "gives_up": v.gives_up,
            "would_change": v.would_change,
            "at": v.at,
        }
        for number, v in enumerate(d.versions, 1)
    ]
    objections = [{"by": o.by, "text": o.text, "yielded": o.yielded} for o in d.objections]
    return {"mark": d.mark, "by": d.by, "versions": versions, "objections": objections}


def _yours(scenario: Scenario, state: State, role: Role) -> Json:
    """What this seat alone holds: cues, its injects of the phase, facts, data sets."""
    mine = [i for i in scenario.injects if i.role == role.key]
    return {
        "cues": [_cue(state, i) for i in mine if state.inject(i.key).status == "cued"],
        "injects": [_inject(state, i) for i in mine if i.phase == state.phase],
        "facts": [
            {"key": f.key, "text": f.text, "release": f.release, "out": f.key in state.facts_out}
            for f in scenario.facts
            if f.held_by == role.key
        ],
        "data_sets": [
            {"key": d.key, "title": d.title, "flaw": d.flaw}
            for d in scenario.data_sets
            if d.held_by == role.key
        ],
    }


def _cue(state: State, inject: Inject) -> Json:
    about = _inject(state, inject)
    return {**about, "inject": inject.key, "owed_by": state.wall(state.inject(inject.key).due_by)}


def _inject(state: State, inject: Inject) -> Json:
    return {
        "key": inject.key,
        "title": inject.title,
        "kind": inject.kind,
        "text": inject.text,
        "dimensions": inject.dimensions,
        "expected": inject.expected,
        "state": state.inject(inject.key).status,
    }


# --- the facilitator's console -----------------------------------------------------------------------


def _console(scenario: Scenario, state: State) -> Json:
    names = {p.key: p.name for p in scenario.phases}
    return {
        "injects": [_console_inject(state, i, names[i.phase]) for i in scenario.injects],
        "airtime": dict(state.words),
        "coverage": coverage(scenario, state),
        "acts": dict(state.acts),
        "hints": hints(scenario, state),
    }


def _console_inject(state: State, inject: Inject, phase_name: str) -> Json:
    return {
        **_inject(state, inject),
        "phase": inject.phase,
        "role": inject.role,
        "seat": state.seat_of(inject.role),
        "when": director.describe(inject, phase_name),
        "why": state.inject(inject.key).why,
    }


def coverage(scenario: Scenario, state: State) -> list[Json]:
    """For each dimension, how many of the planned injects have been spoken."""
    rows = []
    for dimension in scenario.rubric.dimensions:
        aimed = [i for i in scenario.injects if dimension.key in i.dimensions]
        spoken = sum(state.inject(i.key).status == "spoken" for i in aimed)
        row = {"dimension": dimension.key, "name": dimension.name, "spoken": spoken, "planned": len(aimed)}
        rows.append(row)
    return rows


def hints(scenario: Scenario, state: State) -> list[str]:
    """Quiet prompts to the facilitator: what is waiting, in plain sentences."""
    if state.status == "lobby":
        waiting = not_ready(state)
        names = ", ".join(state.seats[s].title for s in waiting)
        return [f"Not ready yet: {names}."] if waiting else ["Everyone is ready. You can start."]
    if state.status != "live":
        return []
    owed = [i for i in scenario.injects if i.phase == state.phase and i.when.owed]
    open_ = [i.title for i in owed if state.inject(i.key).status in ("waiting", "held", "cued")]
    lines = [f"Still owed in this phase: {'; '.join(open_)}"] if open_ else []
    held = [i.title for i in owed if state.inject(i.key).status == "held"]
    lines += [f"Held back although owed: {'; '.join(held)}"] if held else []
    unanswered = [r for r in state.requests if r.state == "open"]
    lines += [f"{r.mark} waits for {r.role}: {r.what}" for r in unanswered]
    hands = [s.title for s in state.seats.values() if s.hand]
    return lines + ([f"Hand up: {', '.join(hands)}."] if hands else [])
