"""Head: the present moment as a seat sees it, in named sections.

Each section says which parts of the State it is made of. Whoever hands heads out can so tell,
without building them, which sections an event has left as they were.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from rooms.core import director
from rooms.core.policy import lacks_consent, may, not_ready
from rooms.core.state import Decision, Request, State
from scenarios.core.schema import DataSet, Inject, Phase, Scenario

Json = dict[str, Any]
Build = Callable[[Scenario, State, str], Any]


class Section(NamedTuple):
    """`console.acts` stands inside `console`. `shared`: alike for every seat of these kinds."""

    name: str
    of: tuple[str, ...]
    build: Build
    kinds: tuple[str, ...] = ("candidate", "panel", "facilitator", "rater", "observer")
    shared: bool = True


def head(scenario: Scenario, state: State, seat: str) -> Json:
    """Phase, deadline, who sits where, the board, and what this seat may do now."""
    kind = state.seats[seat].kind
    return nested({s.name: s.build(scenario, state, seat) for s in SECTIONS if kind in s.kinds})


def nested(sections: Json) -> Json:
    """Sections by name as the head that is sent."""
    whole: Json = {}
    for name, value in sections.items():
        outer, _, inner = name.partition(".")
        if inner:
            whole.setdefault(outer, {})[inner] = value
        else:
            whole[name] = value
    return whole


def merged(head: Json, change: Json) -> Json:
    """A head with the sections of a later frame in place of its own."""
    console = {**head.get("console", {}), **change.get("console", {})}
    return {**head, **change, **({"console": console} if console else {})}


def _you(_: Scenario, state: State, seat: str) -> Json:
    s = state.seats[seat]
    return {"seat": seat, "kind": s.kind, "role": s.role, "title": s.title, "name": s.name}


def _phase(scenario: Scenario, state: State, _: str) -> Json | None:
    if state.phase is None:
        return None
    index, phase = _find(scenario, state.phase)
    return {
        "key": phase.key,
        "name": phase.name,
        "index": index,
        "of": len(scenario.phases),
        "prompt": phase.prompt,
        "started_at": state.wall(state.started),
        "ends_at": state.wall(state.ends),
        "paused_at": state.paused_at,
    }


def _phase_and_focus(scenario: Scenario, state: State, seat: str) -> Json | None:
    about = _phase(scenario, state, seat)
    return about and {**about, "focus": _find(scenario, about["key"])[1].focus}


def _consent(_: Scenario, state: State, __: str) -> Json | None:
    return {"notice": state.notice, "state": state.consent} if state.notice else None


def _phases(scenario: Scenario, _: State, __: str) -> list[Json]:
    return [{"key": p.key, "name": p.name, "seconds": p.seconds} for p in scenario.phases]


def _find(scenario: Scenario, key: str) -> tuple[int, Phase]:
    return next((i, p) for i, p in enumerate(scenario.phases) if p.key == key)


def _seats(_: Scenario, state: State, __: str) -> list[Json]:
    return [_seat(state, seat) for seat in state.seats]


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
        "away": s.away,
    }


def _board(state: State) -> Json:
    return {
        "decisions": [_decision(d) for d in state.decisions],
        "assumptions": [{"mark": a.mark, "text": a.text, "at": a.at} for a in state.assumptions],
        "requests": [
            {
                "mark": r.mark,
                "what": r.what,
                "purpose": r.purpose,
                "role": r.role,
                "state": r.state,
                "why": r.why,
                "until": r.until,
                "due": None if r.due is None else state.wall(r.due),
            }
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


def _yours(scenario: Scenario, state: State, seat: str) -> Json:
    """What this seat alone holds: cues, its injects of the phase, facts, data sets."""
    role = state.seats[seat].role
    mine = [i for i in scenario.injects if i.role == role]
    return {
        "cues": [_cue(state, i) for i in mine if state.inject(i.key).status == "cued"],
        "injects": [_inject(state, i) for i in mine if i.phase == state.phase],
        "facts": [
            {"key": f.key, "text": f.text, "release": f.release, "out": f.key in state.facts_out}
            for f in scenario.facts
            if f.held_by == role
        ],
        "data_sets": [
            {"key": d.key, "title": d.title, "flaw": d.flaw, "columns": _columns(d)}
            for d in scenario.data_sets
            if d.held_by == role
        ],
    }


def _columns(data_set: DataSet) -> list[str]:
    """The columns by which a table of the data room can be narrowed; none of a small one."""
    return sorted(data_set.recipe.names()) if data_set.recipe is not None else []


def _tables(_: Scenario, state: State, __: str) -> list[Json]:
    """What opens in the data room, the newest grant last."""
    return [{"key": g.key, "title": g.title, "about": g.about, "words": g.words} for g in state.grants]


def _cue(state: State, inject: Inject) -> Json:
    about = _inject(state, inject)
    return {**about, "inject": inject.key, "owed_by": state.wall(state.inject(inject.key).due_by)}


def _inject(state: State, inject: Inject) -> Json:
    return {**_planned(inject), "state": state.inject(inject.key).status}


def _planned(inject: Inject) -> Json:
    return {
        "key": inject.key,
        "title": inject.title,
        "kind": inject.kind,
        "text": inject.text,
        "dimensions": inject.dimensions,
        "expected": inject.expected,
    }


# --- the facilitator's console -----------------------------------------------------------------------


def _plan(scenario: Scenario, state: State, _: str) -> list[Json]:
    """Every inject as it was written, with the seat it is for: this stays, and is sent once."""
    names = {p.key: p.name for p in scenario.phases}
    return [
        {
            **_planned(inject),
            "phase": inject.phase,
            "role": inject.role,
            "seat": state.seat_of(inject.role),
            "when": director.describe(inject, names[inject.phase]),
        }
        for inject in scenario.injects
    ]


def _injects(_: Scenario, state: State, __: str) -> Json:
    """What became of those that do not wait any more, by key."""
    return {key: {"state": inject.status, "why": inject.why} for key, inject in state.injects.items()}


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
        if lacks_consent(state):
            return ["The candidate has not agreed to the notice yet; the room cannot start before."]
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
    lines += [f"{r.mark} waits for {r.role}: {r.what}" for r in state.requests if _is_due(state, r)]
    hands = [s.title for s in state.seats.values() if s.hand]
    return lines + ([f"Hand up: {', '.join(hands)}."] if hands else [])


def _is_due(state: State, request: Request) -> bool:
    """Open, or promised for a phase that is running; a promise by the clock is kept by whoever gave it."""
    return request.state == "open" or (request.state == "delayed" and request.until == state.phase)


# --- the table ----------------------------------------------------------------------------------------

CONSOLE = ("facilitator",)
TOLD = ("panel", "facilitator", "rater", "observer")  # who may know what a phase is about
WHEN = ("phase", "started", "ends", "paused_at", "paused_total")

SECTIONS = (
    Section("you", ("seats",), _you, shared=False),
    Section("status", ("status",), lambda _, state, __: state.status),
    Section("phase", WHEN, _phase, kinds=("candidate",)),
    Section("phase", WHEN, _phase_and_focus, kinds=TOLD),
    Section("phases", (), _phases),
    Section("consent", ("notice", "consent"), _consent),
    Section("extra_time", ("extra_time",), lambda _, state, __: state.extra_time),
    Section("model", ("model",), lambda _, state, __: state.model),
    Section("seats", ("seats",), _seats),
    Section(
        "board", ("decisions", "assumptions", "requests", "paused_total"), lambda _, state, __: _board(state)
    ),
    Section("tables", ("grants",), _tables),
    Section("may", ("status", "seats"), lambda _, state, seat: may(state, seat), shared=False),
    Section("quiet", ("quiet",), lambda _, state, __: state.quiet),
    Section(
        "yours",
        ("injects", "facts_out", "phase", "paused_total"),
        _yours,
        kinds=("panel",),
        shared=False,
    ),
    Section("console.plan", (), _plan, kinds=CONSOLE),
    Section("console.injects", ("injects",), _injects, kinds=CONSOLE),
    Section("console.airtime", ("words",), lambda _, state, __: dict(state.words), kinds=CONSOLE),
    Section(
        "console.coverage",
        ("injects",),
        lambda scenario, state, _: coverage(scenario, state),
        kinds=CONSOLE,
    ),
    Section("console.acts", ("acts",), lambda _, state, __: dict(state.acts), kinds=CONSOLE),
    Section(
        "console.hints",
        ("status", "injects", "requests", "seats", "phase", "notice", "consent"),
        lambda scenario, state, _: hints(scenario, state),
        kinds=CONSOLE,
    ),
)
