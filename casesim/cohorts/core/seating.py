"""From a room of a plan to a room that is laid, and what a later plan changes in it. Pure.

People are named as in the cohort file.
"""

from typing import Literal, NamedTuple

from casesim.programs.core.rotation.rooms import RoomSpec
from scenarios.core.schema import CANDIDATE, FACILITATOR, Doc


class Laid(Doc):
    """What a room is laid as. `people`: seat -> member."""

    case: str
    bots: tuple[str, ...]
    raters: int
    people: dict[str, str]

    @property
    def shape(self) -> tuple[str, tuple[str, ...], int]:
        """What is fixed once a room is open."""
        return (self.case, self.bots, self.raters)

    def kind(self, seat: str) -> str:
        """The kind of a seat as the planner knows it: rater2 is a rater."""
        return "rater" if seat.removeprefix("rater").isdigit() else seat


class Step(NamedTuple):
    """What to do about one place of the plan. `give`: seats that change hands, seat -> member or None."""

    do: Literal["open", "keep", "give", "replace"]
    give: dict[str, str | None]


def laid(spec: RoomSpec) -> Laid:
    """The room of a plan as it is laid. A role that nobody plays is a bot's."""
    people = {occupant.seat: occupant.member for occupant in spec.seats if occupant.member is not None}
    if spec.facilitator is not None:
        people[FACILITATOR] = spec.facilitator
    people |= {f"rater{number}": member for number, member in enumerate(spec.raters, 1)}
    empty = [occupant.seat for occupant in spec.seats if occupant.member is None]
    return Laid(
        case=spec.scenario,
        bots=tuple(sorted(seat for seat in empty if seat != CANDIDATE)),
        raters=len(spec.raters),
        people=people,
    )


def step(wanted: Laid, there: Laid | None, begun: bool) -> Step:
    """How a place of the plan comes to be `wanted`, given what is there. What has begun stays as it is."""
    if there is None:
        return Step("open", {})
    if begun or there == wanted:
        return Step("keep", {})
    if there.shape != wanted.shape:
        return Step("replace", {})
    seats = there.people.keys() | wanted.people.keys()
    give = {s: wanted.people.get(s) for s in sorted(seats) if there.people.get(s) != wanted.people.get(s)}
    return Step("give", give)
