"""A played room in the database, and a browser for each of its seats."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

import rooms.queries
from casesim.accounts.models import Membership, Role, User, Workspace
from rooms.access import cookie_name
from rooms.core import messages as m
from rooms.core.policy import CLOCK
from rooms.service import handle_now, open_room
from scenarios.models import ScenarioVersion
from scoring.core.calibrated import Calibrated
from scoring.core.record import words
from scoring.core.report import canonical
from scoring.core.sheets import Draft, DraftMark
from scoring.models import Calibration
from tests.scoring.builders import START, calibrated, scenario

COMMIT = m.Commit(
    choice="Score at checkout", why="it hurts there", gives_up="late fraud", would_change="labels"
)


@dataclass
class Table:
    """A room of the small scenario; commands a second apart unless told otherwise."""

    id: str
    tokens: dict[str, str]
    now: int = START
    count: int = 0

    def do(self, seat: str, command: m.AnyCommand, after: float = 1) -> None:
        self.now += int(after * 1000)
        self.count += 1
        handle_now(self.id, seat, command, f"test:{self.count}", now=self.now)

    def sit(self) -> "Table":
        names = {"candidate": "Cleo", "facilitator": "Fay", "rater1": "Ana", "rater2": "Ben"}
        for seat, name in names.items():
            if seat in self.tokens:
                self.do(seat, m.TakeSeat(name=name))
        return self

    def play(self) -> "Table":
        """Both phases, with everything owed put, a decision taken, and the end."""
        self.sit()
        self.do("facilitator", m.Start(anyway=True))
        self.do("candidate", m.Say(text="What does an error cost, and whom?"), 20)
        self.do(CLOCK, m.Tick(), 60)
        self.do("candidate", COMMIT, 10)
        self.do("facilitator", m.Whisper(text="WHISPERED press her"))
        self.do("facilitator", m.Advance(phase="one"), 30)
        self.do("candidate", m.Say(text="I doubt the labels."), 30)
        self.do(CLOCK, m.Tick(), 60)
        self.do("facilitator", m.End(), 30)
        return self

    def n(self, seat: str, text: str) -> int:
        """Where in a seat's own feed this was said."""
        return next(x.n for x in rooms.queries.lines(self.id, seat) if text in (words(x.event) or ""))

    def draft(
        self, seat: str, levels: str = "333", note: str = "", text: str = "doubt", closing: int = 3
    ) -> Draft:
        """A complete sheet: one level a dimension, each resting on what the candidate said."""
        keys = [d.key for d in scenario().rubric.dimensions]
        place = (self.n(seat, text),)
        marks = (
            DraftMark(dimension=key, not_observed=True)
            if level == "-"
            else DraftMark(dimension=key, level=int(level), evidence=place, note=note)
            for key, level in zip(keys, levels, strict=True)
        )
        return Draft(marks=tuple(marks), closing=closing)

    def browser(self, seat: str) -> Client:
        """The browser of whoever followed that seat's join link."""
        client = Client()
        client.cookies[cookie_name(self.id, seat)] = self.tokens[seat]
        return client


Opens = Callable[..., Table]


def workspace(slug: str) -> tuple[Workspace, dict[str, int]]:
    """A workspace and its two raters, by the seats they hold."""
    made = Workspace.objects.create(slug=slug, name=slug)
    people = {seat: User.objects.create_user(f"{seat}@{slug}.example").pk for seat in ("rater1", "rater2")}
    for person in people.values():
        Membership.objects.create(workspace=made, person_id=person, role=Role.MEMBER)
    return made, people


def keep(where: Workspace, found: Calibrated, at: int = START) -> Calibration:
    """A calibration as a workspace keeps it."""
    document = canonical(found)
    return Calibration.objects.create(
        workspace=where,
        rubric=found.rubric,
        document=document.decode(),
        digest=hashlib.sha256(document).hexdigest(),
        created_at=at,
    )


@pytest.fixture
def opens(db: None) -> Opens:
    """Opens rooms of the small scenario in a workspace whose calibration knows the raters."""
    made, people = workspace("small")
    keep(made, calibrated(*people.values()))
    document = scenario().model_dump_json()
    version = ScenarioVersion.objects.create(
        slug="small-case", version=1, title="A small case", document=document, digest="0" * 64
    )

    def open_one(raters: int = 2, **others: Any) -> Table:
        where: dict[str, Any] = {"workspace_id": made.pk, "people": people, **others}
        opened = open_room(version.pk, bots=("ops",), raters=raters, now=START, **where)
        return Table(opened.room_id, opened.tokens)

    return open_one


@pytest.fixture
def table(opens: Opens) -> Table:
    """A room that was played to its end, with nobody's sheet in."""
    return opens().play()
