"""A small scenario, a short record of it, sheets on it, and a calibration of its rubric. Plain functions."""

from functools import cache
from typing import Any, NamedTuple

from rooms.core import messages as m
from scenarios.core.schema import Scenario
from scoring.core.calibrated import Calibrated, KnownRater, rater_name, rubric_name
from scoring.core.facets.calibration import calibrate
from scoring.core.facets.frozen import freeze
from scoring.core.record import Entry, words
from scoring.core.report import ReportInput
from scoring.core.sheets import Evidence, Mark, Sheet
from scoring.core.simulation import Plan, simulated

LEVELS = [{"value": v, "name": f"Level {v}", "anchor": f"Does it as level {v} says."} for v in (1, 2, 3, 4)]
SEATS = (
    m.SeatSpec(seat="candidate", kind="candidate", role="candidate", title="Candidate"),
    m.SeatSpec(seat="ops", kind="panel", role="ops", title="Head of operations", bot=True),
    m.SeatSpec(seat="facilitator", kind="facilitator", role="facilitator", title="Facilitator"),
    m.SeatSpec(seat="rater1", kind="rater", role="rater", title="Rater 1"),
    m.SeatSpec(seat="rater2", kind="rater", role="rater", title="Rater 2"),
)
START = 1_763_900_000_000  # ms


def dimension(key: str, weight: float = 1.0) -> dict[str, Any]:
    return {
        "key": key,
        "name": key.title(),
        "asks": f"How good is the {key}?",
        "weight": weight,
        "levels": LEVELS,
    }


def inject(
    key: str, dimensions: list[str], phase: str = "one", at: int | None = 60, **more: Any
) -> dict[str, Any]:
    return {
        "key": key,
        "phase": phase,
        "role": "ops",
        "kind": "objection",
        "title": f"The {key}",
        "text": f"What about the {key}?",
        "dimensions": dimensions,
        "expected": "Weighs it.",
        "when": {"at": at} if at is not None else {"condition": {"revised": 1}},
        **more,
    }


def scenario(**changes: Any) -> Scenario:
    """Two phases, three dimensions (framing weighs 2), three injects."""
    rubric = {
        "key": "small",
        "version": 1,
        "name": "A small rubric",
        "not_observed": "When it did not come up.",
        "bar": 2.5,
        "bar_set_by": "the panel of 2025",
        "bar_set_on": "2025-05-01",
        "dimensions": [dimension("framing", 2.0), dimension("data"), dimension("risk")],
        "closing": {"asks": "Would you trust this person?", "levels": LEVELS},
    }
    phase = {"seconds": 300, "prompt": "Go on.", "focus": "Thinking", "led_by": "ops"}
    role = {
        "key": "ops",
        "kind": "dissenter",
        "name": "Ines",
        "title": "Head of operations",
        "face": "Runs it.",
    }
    return Scenario.model_validate(
        {
            "slug": "small-case",
            "title": "A small case",
            "summary": "Small.",
            "prompt": "Decide.",
            "missing": ["the goal"],
            "candidate": {"title": "Candidate", "brief": "Decide aloud."},
            "roles": [{**role, "brief": "Object.", "position": "No.", "yields_when": "A number is named."}],
            "phases": [{"key": "one", "name": "Framing", **phase}, {"key": "two", "name": "Data", **phase}],
            "injects": [
                inject("cost", ["framing"]),
                inject("labels", ["data", "risk"], phase="two"),
                inject("surprise", ["risk"], phase="two", at=None),
            ],
            "rubric": rubric,
            **changes,
        }
    )


@cache
def calibrated(harder: int, milder: int) -> Calibrated:
    """What 40 earlier candidates told of two persons who rated."""
    marks, truth = simulated(
        Plan(candidates=40, raters=2, raters_each=2, dimensions=3, levels=4, severity=0.8), seed=4
    )
    frozen = freeze(calibrate(marks))
    by_severity = sorted(marks.raters, key=lambda name: -truth.severity[marks.raters.index(name)])
    names = tuple(rater_name(person, "", "") for person in (harder, milder))
    renamed = {name: frozen.raters[was] for name, was in zip(names, by_severity, strict=True)}
    dimensions = tuple(d.key for d in scenario().rubric.dimensions)
    return Calibrated(
        rubric=rubric_name(scenario().rubric),
        frozen=frozen.model_copy(update={"raters": renamed, "dimensions": dimensions}),
        raters={name: KnownRater(interviews=40) for name in names},
    )


def record(*events: tuple[int, m.AnyEvent]) -> tuple[Entry, ...]:
    """A record from (seconds since the opening, event), the opening itself put first."""
    opened = m.RoomOpened(title="A small case", prompt="Decide.", seats=SEATS)
    lines = [(0, opened), *events]
    return tuple(Entry(seq=i, at=START + s * 1000, event=e) for i, (s, e) in enumerate(lines, 1))


def starts(phase: str, name: str, at: int) -> tuple[int, m.AnyEvent]:
    ends_at = START + (at + 300) * 1000
    return at, m.PhaseStarted(phase=phase, name=name, prompt="Go on.", ends_at=ends_at, why="started")


def fires(key: str, at: int, text: str = "", by: str = "director") -> list[tuple[int, m.AnyEvent]]:
    what = scenario().inject(key)
    fired = m.InjectFired(
        inject=key,
        seat="ops",
        title=what.title,
        dimensions=what.dimensions,
        expected=what.expected,
        why="scheduled at 1:00",
        by=by,
    )
    return [(at, fired), (at, m.InjectSpoken(by="ops", text=text or what.text))]


def says(at: int, text: str, number: int = 1) -> tuple[int, m.AnyEvent]:
    return at, m.Said(by="candidate", text=text, utterance=number)


def decides(at: int, choice: str = "Score at checkout") -> tuple[int, m.AnyEvent]:
    decided = m.Decided(
        by="candidate",
        mark="D1",
        choice=choice,
        why="losses happen there",
        gives_up="late fraud",
        would_change="labels arrive sooner",
        utterance=2,
    )
    return at, decided


PLAYED = record(
    (1, m.SeatTaken(seat="candidate", name="Cleo")),
    starts("one", "Framing", 10),
    says(40, "What does an error cost, and whom?"),
    *fires("cost", 70),
    decides(100),
    (310, m.PhaseEnded(phase="one", why="its time is up")),
    starts("two", "Data", 310),
    says(340, "I doubt the labels.", 3),
    *fires("labels", 370),
    (610, m.InjectSkipped(inject="surprise", why="its condition never came true", by="director")),
    (610, m.PhaseEnded(phase="two", why="its time is up")),
    (610, m.RoomEnded(why="the last phase is over")),
)
"""A whole small room: framing is probed once, data and risk once, everything owed was put."""


class Place(NamedTuple):
    n: int
    seq: int


def at(text: str, lines: tuple[Entry, ...] = PLAYED) -> Evidence:
    """Evidence: the first line that holds this text."""
    for entry in lines:
        said = words(entry.event)
        if said is not None and text in said:
            return Evidence(n=entry.seq, seq=entry.seq, quote=said)
    raise KeyError(text)


DOUBT = at("doubt the labels")


def sheet(seat: str = "rater1", levels: str = "333", version: int = 1, **more: Any) -> Sheet:
    """A sheet with one level a dimension; "-" is not observed. Every level has a quote."""
    keys = [d.key for d in scenario().rubric.dimensions]
    fields = {
        "seat": seat,
        "name": {"rater1": "Ana", "rater2": "Ben"}.get(seat, seat),
        "version": version,
        "submitted_at": START + 700_000,
        "late": False,
        "marks": tuple(mark(key, level) for key, level in zip(keys, levels, strict=True)),
        "closing": 3,
        "closing_note": "",
        "incident": "",
    }
    return Sheet.model_validate({**fields, **more})


def mark(key: str, level: str, evidence: tuple[Evidence, ...] = (DOUBT,), note: str = "") -> Mark:
    given = None if level == "-" else int(level)
    quotes = () if given is None else evidence
    return Mark(dimension=key, level=given, not_observed=given is None, note=note, evidence=quotes)


KNOWN = {"rater1": rater_name(1, "", ""), "rater2": rater_name(2, "", "")}


def given(*sheets: Sheet, lines: tuple[Entry, ...] = PLAYED, **more: Any) -> ReportInput:
    """What a report of the small room is made from."""
    fields = {
        "room": "r1",
        "title": "A small case",
        "scenario": scenario(),
        "scenario_digest": "0" * 64,
        "record": lines,
        "rater_seats": ("rater1", "rater2"),
        "raters": {sheet.seat: KNOWN.get(sheet.seat, sheet.seat) for sheet in sheets},
        "sheets": sheets,
        "calibration": "c" * 64,
    }
    return ReportInput.model_validate({**fields, **more})
