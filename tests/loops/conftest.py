"""A workspace with people, a loop, and short ways to play its rooms."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

import rooms.queries
from casesim.accounts.access import Standing
from casesim.loops import service
from casesim.loops.core.times import DAY
from casesim.loops.models import Loop
from casesim.loops.service import LoopWish, RoomWish
from rooms.core import messages as m
from rooms.service import handle_now
from scoring.core.calibrated import Calibrated, KnownRater, rater_name, rubric_name
from scoring.core.facets.calibration import calibrate
from scoring.core.facets.frozen import Frozen, freeze
from scoring.core.sheets import Draft, DraftMark
from scoring.core.simulation import Plan, simulated
from scoring.service import submit_scoresheet
from tests.accounts.builders import joined, workspace
from tests.builders import SCENARIO, T0, published, scenario
from tests.scoring.conftest import keep

SECOND = scenario(slug="second", title="A second case")


def loop_wish(**changes: Any) -> LoopWish:
    usual = {
        "candidate": "Cora Lind",
        "person": None,
        "email": "cora@home.test",
        "time_zone": "UTC",
        "purpose": "assessment",
        "rubric": rubric_name(SCENARIO.rubric),
        "rubric_title": "Small, version 1",
        "seniority": "",
        "seniority_name": "",
        "extra_time": 0,
        "keep_days": 30,
        "appeal_days": 14,
    }
    return LoopWish(**{**usual, **changes})


@dataclass
class Company:
    """Acme and its people; `olga` runs loops, `otto` does so too."""

    people: dict[str, Standing]
    now: int = T0
    count: int = 0
    sheets: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Standing:
        return self.people[name]

    def loop(self, **changes: Any) -> Loop:
        return service.create(self.olga, loop_wish(**changes), self.now)

    def room(self, loop: Loop, case: Any = SCENARIO, **changes: Any) -> str:
        """A room with rita and ben as raters, by account; its id."""
        people = {"rater1": self.rita.person.pk, "rater2": self.ben.person.pk}
        usual = {
            "version_id": published(case),
            "title": "",
            "starts_at": None,
            "stand_in": 0,
            "bots": ("dana", "omar"),
            "people": people,
            "raters": len(changes.get("people", people)),
        }
        return service.add_room(self.olga, loop, RoomWish(**{**usual, **changes})).room

    def do(self, room: str, seat: str, command: m.AnyCommand, after: int = 1_000) -> None:
        self.now += after
        self.count += 1
        handle_now(room, seat, command, f"test:{self.count}", now=self.now)

    def play(self, room: str, sit: bool = True) -> str:
        """Agreed, begun, one thing said, over; without `sit` the raters only watch the sheet's page."""
        if rooms.queries.room(room).state.notice:
            self.do(room, "candidate", m.Consent())
        self.do(room, "candidate", m.TakeSeat(name="Cora Lind"))
        for seat, name in (("rater1", "Rita"), ("rater2", "Ben")):
            if sit and seat in rooms.queries.room(room).state.seats:
                self.do(room, seat, m.TakeSeat(name=name))
        self.do(room, "facilitator", m.Start(anyway=True))
        self.do(room, "candidate", m.Say(text="What does an error cost?"))
        self.do(room, "facilitator", m.End())
        self.now = rooms.queries.room(room).state.at  # it was opened by the clock on the wall
        return room

    def rate(self, room: str, seat: str, *levels: int | None) -> None:
        """A sheet with these levels, each with a moment it rests on; None is "not observed"."""
        n = next(x.n for x in rooms.queries.lines(room, seat) if isinstance(x.event, m.Said))
        marks = tuple(
            DraftMark(dimension=d.key, not_observed=True)
            if level is None
            else DraftMark(dimension=d.key, level=level, evidence=(n,))
            for d, level in zip(SCENARIO.rubric.dimensions, levels, strict=True)
        )
        submit_scoresheet(room, seat, Draft(marks=marks, closing=3), self.now)

    def days(self, number: float) -> int:
        """A moment so many days from now."""
        return self.now + int(number * DAY)


@cache
def _frozen() -> Frozen:
    """What 40 earlier candidates told; fitted once, since placing a candidate against it is quick."""
    plan = Plan(candidates=40, raters=2, raters_each=2, dimensions=2, levels=4, severity=0.8)
    return freeze(calibrate(simulated(plan, seed=4)[0]))


def calibrated(*people: int) -> Calibrated:
    """A calibration of the small rubric that knows these two persons."""
    names = [rater_name(person, "", "") for person in people]
    known = dict(zip(names, _frozen().raters.values(), strict=True))
    dimensions = tuple(d.key for d in SCENARIO.rubric.dimensions)
    return Calibrated(
        rubric=rubric_name(SCENARIO.rubric),
        frozen=_frozen().model_copy(update={"raters": known, "dimensions": dimensions}),
        raters={name: KnownRater(interviews=40) for name in names},
    )


@pytest.fixture
def acme(db: None) -> Company:
    made = workspace("acme")
    names = {"olga": "owner", "otto": "organiser", "rita": "member", "ben": "member", "tina": "member"}
    found = Company({name: joined(made, name, role) for name, role in names.items()})
    keep(made, calibrated(found.rita.person.pk, found.ben.person.pk))
    return found
