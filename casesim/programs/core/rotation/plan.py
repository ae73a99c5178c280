"""A plan as it is handed out: who sits where in each round, what it is worth, what it could not do.

The same cohort and seed give the same plan, byte for byte, unless `finish` is `time`.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from casesim.programs.core.rotation.schema import Doc


class Seat(Doc):
    """One chair: a member's, a bot's, or nobody's."""

    seat: str  # candidate, facilitator, rater, observer or a role
    member: str | None = None
    bot: bool = False


class Room(Doc):
    room: Annotated[int, Field(ge=1, le=20)]  # its number in the round
    scenario: str
    seats: tuple[Seat, ...]


class Round(Doc):
    round: str
    starts: AwareDatetime | None
    minutes: int
    rooms: tuple[Room, ...]
    idle: tuple[str, ...]  # could come and have no seat


class Goal(Doc):
    """`value` is at least `bound` in every plan with as many people in as many seats; `gap` lies between."""

    goal: str
    weight: int
    value: int
    bound: int
    gap: int


class Share(Doc):
    """What one member does in the whole plan."""

    member: str
    seats: dict[str, int]  # kind of seat -> how often
    idle: int  # rounds
    met: int  # different people
    most_met: int  # how often the one met most
    rated: int  # different candidates
    linked: int | None  # raters who rate a candidate this member rates; None: does not rate


class Pair(Doc):
    members: tuple[str, str]
    meetings: int
    ratings: int  # of one by the other, both ways


class Island(Doc):
    """Raters and candidates whose marks can be compared."""

    raters: tuple[str, ...]
    candidates: tuple[str, ...]


class WeakestLink(Doc):
    """Raters split in two where they have the fewest candidates in common, and how many those are."""

    shared: int  # counted once for each pair of raters from both sides
    side: tuple[str, ...]
    other: tuple[str, ...]


class Linking(Doc):
    """Whether severity can be told from ability: only on one island."""

    connected: bool
    ratings: int
    needed: int  # so many raters and candidates cannot be one island with fewer
    islands: tuple[Island, ...]
    weakest: WeakestLink | None  # None: fewer than two raters


class Unmet(Doc):
    """A rule that this plan does not keep, in words and by name."""

    rule: str
    says: str
    round: str | None = None
    members: tuple[str, ...] = ()


class Change(Doc):
    """What is new in somebody's calendar. None: not in a room."""

    member: str
    round: str
    before: str | None
    after: str | None


class Plan(Doc):
    """The whole document."""

    version: Literal[1] = 1
    digest: str  # of the cohort it was made from
    seed: int
    finish: Literal[
        "bound", "trials", "time"
    ]  # why the search ended: nothing better exists, or it had its time
    rounds: tuple[Round, ...]
    shares: tuple[Share, ...]
    pairs: tuple[Pair, ...]
    linking: Linking
    objective: int  # the weighted gaps
    goals: tuple[Goal, ...]
    unmet: tuple[Unmet, ...] = ()
    changes: tuple[Change, ...] = ()


class Refusal(Doc):
    """No plan, and why. `certain`: there is none; or else none was found in time."""

    version: Literal[1] = 1
    digest: str
    certain: bool
    clashes: tuple[str, ...]  # what cannot hold together
    remedy: tuple[str, ...]  # the least that would have to give
