"""A cohort as its coach writes it down: frozen documents that forbid unknown fields.

What a field is for stands beside it, because coaches read this file too. What no single field can
say (a name that stands for nobody, rounds that overlap) is checked in `reading.py`.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Discriminator, Field, Tag

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")]
Line = Annotated[str, Field(min_length=1, max_length=200)]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Weight = Annotated[int, Field(ge=0, le=1000)]

CANDIDATE = "candidate"
FACILITATOR = "facilitator"
RATER = "rater"
OBSERVER = "observer"
RESERVED = (CANDIDATE, FACILITATOR, RATER, OBSERVER)


class Doc(BaseModel):
    """Base of every document: immutable, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, validate_by_name=True)


class Span(Doc):
    """A stretch of time. Without an offset it is read on the clock of the member's time zone."""

    from_: Annotated[datetime, Field(alias="from")]
    to: datetime


class Hours(Doc):
    """Hours of the day on the member's own clock. `to` before `from` goes over midnight."""

    from_: Annotated[ClockTime, Field(alias="from")]
    to: ClockTime


def _form(value: object) -> str:
    return "round" if isinstance(value, str) else "span"


When = Annotated[Annotated[Id, Tag("round")] | Annotated[Span, Tag("span")], Discriminator(_form)]


class Member(Doc):
    id: Id
    name: Line
    time_zone: Line = "UTC"
    availability: Annotated[tuple[When, ...], Field(max_length=60)] | None = None  # none given: every round
    hours: Hours | None = None  # a round must lie within them, whatever else is available
    experience: Literal["experienced", "trainee"] = "experienced"
    seen: Annotated[tuple[Id, ...], Field(max_length=40)] = ()  # scenarios met before the first round
    may_be_candidate: bool = True
    may_rate: bool = True
    may_facilitate: bool = True


class Round(Doc):
    id: Id
    starts: AwareDatetime | None = None  # needed where availability is given in times
    minutes: Annotated[int, Field(ge=5, le=480)] = 60
    rooms: Annotated[int, Field(ge=1, le=20)] | None = None  # none given: as few as seat everyone


class Scenario(Doc):
    id: Id
    roles: Annotated[tuple[Id, ...], Field(max_length=6)]  # the panel's seats


class Count(Doc):
    """How many in a room."""

    least: Annotated[int, Field(ge=0, le=8)]
    most: Annotated[int, Field(ge=0, le=8)]


class Seats(Doc):
    """What a room has besides its candidate and its panel. People sit everywhere; bots only in `bots`."""

    raters: Count = Count(least=2, most=2)
    observers: Annotated[int, Field(ge=0, le=20)] = 0  # at most so many in a room
    facilitator: Literal["member", "outside"] = "outside"  # outside: somebody who is not in the cohort
    bots: tuple[Id, ...] = ()  # roles a bot may fill


class Conflict(Doc):
    """Two people who never share a room, or who share one but never rate each other."""

    members: tuple[Id, Id]
    never: Literal["together", "rate"] = "together"


class Pin(Doc):
    """A member has a place in this round; what else is given holds too."""

    member: Id
    round: Id
    room: Annotated[int, Field(ge=1, le=20)] | None = None
    scenario: Id | None = None
    seat: Id | None = None  # candidate, facilitator, rater, observer or a role


class Weights(Doc):
    """What one unit above the arithmetic bound costs: the order of importance, as numbers."""

    candidate: Weight = 200  # everyone candidate equally often
    idle: Weight = 150  # somebody available who has no seat
    links: Weight = 100  # one rating design, not several islands
    bots: Weight = 30  # a seat that a bot has to fill
    roles: Weight = 20  # everyone plays every role, and rates, equally often
    pairs: Weight = 6  # how often two people meet
    ratings: Weight = 6  # how often a rater rates the same candidate


class Settings(Doc):
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    effort: Annotated[int, Field(ge=0, le=50)] = 1  # how long plans are improved; 0: the first feasible one
    time_limit: Annotated[int, Field(ge=1, le=3600)] = 120  # seconds after which the best so far is taken
    trainees_beside_experienced: bool = True  # a trainee's room holds somebody experienced
    weights: Weights = Weights()


class Cohort(Doc):
    """The whole file."""

    members: Annotated[tuple[Member, ...], Field(min_length=4, max_length=60)]
    rounds: Annotated[tuple[Round, ...], Field(min_length=1, max_length=12)]
    scenarios: Annotated[tuple[Scenario, ...], Field(min_length=1, max_length=40)]
    seats: Seats = Seats()
    conflicts: Annotated[tuple[Conflict, ...], Field(max_length=500)] = ()
    pins: Annotated[tuple[Pin, ...], Field(max_length=720)] = ()  # everybody in every round
    settings: Settings = Settings()
