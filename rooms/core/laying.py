"""How a room is laid: which seats there are, and what each alone is told."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rooms.core import messages as m
from scenarios.core.schema import CANDIDATE, FACILITATOR, Role, Scenario

MAX_RATERS = 12
MAX_STAND_IN = 3600  # seconds
MAX_EXTRA_TIME = 100  # per cent


def lay(scenario: Scenario, bots: Sequence[str], raters: int) -> tuple[m.SeatSpec, ...]:
    """The chairs of a room: candidate, one per role, facilitator, raters. ValueError names what is wrong."""
    if not 0 <= raters <= MAX_RATERS:
        raise ValueError(f"raters must be from 0 to {MAX_RATERS}, not {raters}")
    can_be_bots = {CANDIDATE, *(r.key for r in scenario.roles)}
    if wrong := set(bots) - can_be_bots:
        raise ValueError(f"no bot can sit in {', '.join(sorted(wrong))}")
    return (
        m.SeatSpec(
            seat=CANDIDATE,
            kind="candidate",
            role=CANDIDATE,
            title=scenario.candidate.title,
            bot=CANDIDATE in bots,
        ),
        *(
            m.SeatSpec(seat=r.key, kind="panel", role=r.key, title=f"{r.name}, {r.title}", bot=r.key in bots)
            for r in scenario.roles
        ),
        m.SeatSpec(seat=FACILITATOR, kind="facilitator", role=FACILITATOR, title="Facilitator"),
        *(
            m.SeatSpec(seat=f"rater{i}", kind="rater", role="rater", title=f"Rater {i}")
            for i in range(1, raters + 1)
        ),
    )


class Terms(NamedTuple):
    """What is agreed with and for the people of one room.

    `notice`: paragraphs to which the candidate must agree before the start; none: nothing is asked.
    `extra_time`: per cent in every phase. `focus`: rater's seat -> the dimensions to watch above all.
    `model`: the language model through which the panel's bots speak, by its name; "" for the script alone.
    """

    notice: tuple[str, ...] = ()
    extra_time: int = 0
    focus: Mapping[str, tuple[str, ...]] = {}
    model: str = ""


NOTHING_AGREED = Terms()


def opening(
    scenario: Scenario,
    seats: tuple[m.SeatSpec, ...],
    stand_in: int = 0,
    seniority: str = "",
    terms: Terms = NOTHING_AGREED,
) -> list[m.AnyEvent]:
    """The first events of every log. `stand_in`: seconds, see RoomOpened. `seniority`: its key."""
    if not 0 <= stand_in <= MAX_STAND_IN:
        raise ValueError(f"stand_in must be from 0 to {MAX_STAND_IN} seconds, not {stand_in}")
    opened = m.RoomOpened(
        title=scenario.title,
        prompt=scenario.prompt,
        seats=seats,
        stand_in=stand_in,
        seniority=scenario.seniority(seniority).name if seniority else "",
    )
    _check_terms(scenario, seats, terms)
    agreed: list[m.AnyEvent] = [m.NoticeGiven(text=terms.notice)] if terms.notice else []
    agreed += [m.Voiced(model=terms.model)] if terms.model else []
    agreed += [m.Adjusted(extra_time=terms.extra_time)] if terms.extra_time else []
    return [opened, *agreed, *_briefs(scenario, seats, terms.focus)]


def _check_terms(scenario: Scenario, seats: tuple[m.SeatSpec, ...], terms: Terms) -> None:
    if not 0 <= terms.extra_time <= MAX_EXTRA_TIME:
        raise ValueError(f"extra time must be from 0 to {MAX_EXTRA_TIME} per cent, not {terms.extra_time}")
    if terms.notice and any(s.bot for s in seats if s.kind == "candidate"):
        raise ValueError("no bot can agree to a notice: a room that assesses a person needs that person")
    if strangers := terms.focus.keys() - {s.seat for s in seats if s.kind == "rater"}:
        raise ValueError(f"focus: nobody rates in {', '.join(sorted(strangers))}")
    known = {d.key for d in scenario.rubric.dimensions}
    if odd := {key for keys in terms.focus.values() for key in keys} - known:
        raise ValueError(f"focus: the rubric has no dimension {', '.join(sorted(odd))}")


def _briefs(
    scenario: Scenario, seats: tuple[m.SeatSpec, ...], focus: Mapping[str, tuple[str, ...]]
) -> list[m.Briefed]:
    """What each seat alone is told."""
    roles = {r.key: r for r in scenario.roles}
    briefs = [m.Briefed(seat=CANDIDATE, brief=scenario.candidate.brief, to=(CANDIDATE,))]
    briefs += [_role_brief(scenario, roles[s.role]) for s in seats if s.kind == "panel"]
    for s in seats:
        if s.kind == "facilitator":
            brief = "You run this room: start it, watch the clock and the pressure, and end it."
            briefs.append(m.Briefed(seat=s.seat, brief=brief, missing=scenario.missing, to=(s.seat,)))
        if s.kind == "rater":
            brief = (
                "You listen and mark what you observe, on your own. Nobody sees your marks before you submit."
            )
            told = {"missing": scenario.missing, "focus": focus.get(s.seat, ())}
            briefs.append(m.Briefed(seat=s.seat, brief=brief, **told, to=(s.seat,)))
    return briefs


def _role_brief(scenario: Scenario, role: Role) -> m.Briefed:
    facts = [f for f in scenario.facts if f.held_by == role.key]
    data_sets = [d for d in scenario.data_sets if d.held_by == role.key]
    return m.Briefed(
        seat=role.key,
        brief=role.brief,
        position=role.position,
        evidence=role.evidence,
        yields_when=role.yields_when,
        never=role.never or "",
        facts=tuple({"key": f.key, "text": f.text, "release": f.release} for f in facts),
        data_sets=tuple({"key": d.key, "title": d.title, "flaw": d.flaw} for d in data_sets),
        to=(role.key,),
    )
