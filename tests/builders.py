"""A small scenario and short ways to say what has happened. Plain functions."""

import hashlib
from collections.abc import Iterable

from rooms.core import messages as m
from rooms.core.decide import decide
from rooms.core.feed import Logged
from rooms.core.laying import NOTHING_AGREED, Terms, lay, opening
from rooms.core.policy import CLOCK
from rooms.core.state import State, apply
from rooms.service import Opened, handle_now, open_room
from scenarios.core.schema import Scenario
from scenarios.models import ScenarioVersion

T0 = 1_760_000_000_000  # ms: when every test's room opens


def levels() -> list[dict]:
    return [{"value": n, "name": f"level {n}", "anchor": f"does it {n}"} for n in (1, 2, 3, 4)]


def dimension(key: str) -> dict:
    return {"key": key, "name": key.title(), "asks": f"how about {key}?", "levels": levels()}


def role(key: str, kind: str) -> dict:
    return {
        "key": key,
        "kind": kind,
        "name": key.title(),
        "title": kind,
        "face": f"the {key}",
        "brief": f"SECRET-BRIEF-{key}",
        "position": f"SECRET-POSITION-{key}",
        "evidence": [f"SECRET-EVIDENCE-{key}"],
        "yields_when": f"SECRET-YIELD-{key}",
        "never": f"SECRET-NEVER-{key}",
    }


def inject(key: str, phase: str, role: str, **when: object) -> dict:
    return {
        "key": key,
        "phase": phase,
        "role": role,
        "kind": "curveball",
        "title": f"title {key}",
        "text": f"words of {key}",
        "dimensions": ["framing"],
        "expected": f"SECRET-EXPECTED-{key}",
        "when": when,
    }


def scenario(injects: Iterable[dict] = (), **changes: object) -> Scenario:
    """Two phases of ten minutes, three roles, two dimensions, one fact and one data set."""
    document = {
        "slug": "small",
        "title": "A small case",
        "summary": "Small.",
        "prompt": "Something fell. What would you do?",
        "missing": ["SECRET-MISSING"],
        "candidate": {"title": "Candidate", "brief": "You own this."},
        "roles": [role("lead", "interviewer"), role("dana", "dissenter"), role("omar", "data_owner")],
        "phases": [
            {"key": "one", "name": "One", "seconds": 600, "prompt": "Go.", "focus": "f", "led_by": "lead"},
            {"key": "two", "name": "Two", "seconds": 600, "prompt": "On.", "focus": "f", "led_by": "lead"},
        ],
        "facts": [
            {
                "key": "late",
                "held_by": "omar",
                "text": "SECRET-FACT",
                "release": "if asked",
                "asked_words": ["late"],
            }
        ],
        "data_sets": [
            {
                "key": "labels",
                "title": "Labels",
                "held_by": "omar",
                "about": "labels by week",
                "columns": [{"name": "week", "about": "week"}],
                "rows": [["1"], ["2"]],
                "flaw": "SECRET-FLAW",
                "asked_words": ["label"],
            }
        ],
        "injects": list(injects),
        "rubric": {
            "key": "small",
            "version": 1,
            "name": "Small",
            "not_observed": "when nothing was seen",
            "bar": 2.5,
            "bar_set_by": "us",
            "bar_set_on": "2026-01-01",
            "dimensions": [dimension("framing"), dimension("risk")],
            "closing": {"asks": "trust?", "levels": levels()},
        },
    }
    return Scenario.model_validate({**document, **changes})


SCENARIO = scenario()

# a real table of the data room: fifty visits on thirty days
DAY = {"kind": "date", "name": "day", "about": "day", "start": "2026-01-01", "days": 30}
VISITS = {
    "key": "visits",
    "title": "Visits",
    "held_by": "omar",
    "about": "every visit",
    "recipe": {"rows": 50, "as_of": "2026-02-01", "clock": "day", "columns": [DAY]},
    "flaw": "SECRET-FLAW",
    "asked_words": ["visit"],
}
EXCERPT = SCENARIO.data_sets[0].model_dump(mode="json", exclude_none=True)


class Play:
    """A room without a database: commands in, log out. Each command is its own moment, a second apart."""

    def __init__(
        self,
        scenario: Scenario = SCENARIO,
        bots: tuple[str, ...] = (),
        raters: int = 2,
        terms: Terms = NOTHING_AGREED,
    ) -> None:
        self.scenario = scenario
        self.state = State()
        self.log: list[Logged] = []
        self.now = T0
        for event in opening(scenario, lay(scenario, bots, raters), terms=terms):
            self._append(event)

    def do(self, seat: str, command: m.AnyCommand, after: float = 1, bot: bool = False) -> list[m.AnyEvent]:
        """Send a command `after` seconds; returns its events."""
        self.now += int(after * 1000)
        events = decide(self.scenario, self.state, seat, command, self.now, bot)
        for event in events:
            self._append(event)
        return events

    def refused(self, seat: str, command: m.AnyCommand, bot: bool = False) -> str:
        """The code this command is refused with."""
        try:
            decide(self.scenario, self.state, seat, command, self.now, bot)
        except m.Refused as no:
            return no.code
        raise AssertionError(f"{command} was not refused")

    def start(self) -> "Play":
        for seat in ("candidate", "lead", "dana", "omar"):
            self.do(seat, m.TakeSeat(name=f"{seat} person"), after=0)
        self.do("facilitator", m.Start(anyway=True), after=0)
        return self

    def wait(self, seconds: float) -> list[m.AnyEvent]:
        """The clock knocks once, after so long."""
        return self.do(CLOCK, m.Tick(), seconds)

    def _append(self, event: m.AnyEvent) -> None:
        self.log.append(Logged(len(self.log) + 1, self.now, event))
        self.state = apply(self.state, event, self.now)


COMMIT = m.Commit(
    choice="Block above 0.9", why="it is worst there", gives_up="some sales", would_change="appeals"
)


def published(case: Scenario = SCENARIO) -> int:
    """The id of the scenario's published version."""
    document = case.model_dump_json()
    digest = hashlib.sha256(document.encode()).hexdigest()
    row, _ = ScenarioVersion.objects.get_or_create(
        slug=case.slug,
        digest=digest,
        defaults={"version": _next(case.slug), "title": case.title, "document": document},
    )
    return row.pk


def _next(slug: str) -> int:
    return ScenarioVersion.objects.filter(slug=slug).count() + 1


def make_room(
    case: Scenario = SCENARIO,
    bots: tuple[str, ...] = (),
    raters: int = 2,
    started: bool = False,
    now: int = T0,
    stand_in: int = 0,
    terms: Terms = NOTHING_AGREED,
) -> Opened:
    """A room in the database, opened at `now`; `started` puts it into its first phase."""
    opened = open_room(published(case), bots=bots, raters=raters, now=now, stand_in=stand_in, terms=terms)
    if started:
        handle_now(opened.room_id, "facilitator", m.Start(anyway=True), "start", now=now + 1)
    return opened
