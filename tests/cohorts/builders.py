"""A cohort with people, rounds and cases, in few words."""

import time
from datetime import UTC, datetime

import rooms.queries
from casesim.accounts.access import standing
from casesim.accounts.models import User, Workspace
from casesim.cohorts import planning, service
from casesim.cohorts.access import Here
from casesim.cohorts.models import Cohort, CohortScenario, Plan, PlanRun
from casesim.cohorts.opening import open_rooms
from casesim.cohorts.queries import Held, held
from casesim.cohorts.tasks import plan as plan_task
from rooms.core import messages as m
from rooms.service import handle_now
from scoring.core.sheets import Draft, DraftMark
from scoring.service import build_report, submit_scoresheet
from tests.accounts.builders import joined, workspace
from tests.builders import T0, published, scenario

FIRST = datetime(2030, 3, 4, 17, 0, tzinfo=UTC)


def case(slug: str) -> int:
    """A published case of that name with a panel of three: six or seven people fill a room."""
    return published(scenario(slug=slug, title=f"Case {slug.title()}"))


def cohort(
    names: str = "ana ben cem dia eva fay",
    rounds: int = 3,
    cases: str = "alpha beta gamma",
    slug: str = "acme",
) -> Here:
    """A cohort coached by Cole, the organiser, who is no member of it."""
    acme = workspace(slug)
    coach = joined(acme, f"cole-{slug}" if slug != "acme" else "cole", "organiser")
    here = Here(coach, service.create(coach, "Spring"), None)
    for name in names.split():
        service.add(here, joined(acme, name, "member").person)
    if rounds:
        service.add_rounds(here, FIRST, 75, rounds, 7)
    for name in cases.split():
        CohortScenario.objects.create(cohort=here.cohort, version_id=case(name))
    return here


def run(asked: PlanRun) -> PlanRun:
    """Do a run as a worker would."""
    plan_task.apply(args=[asked.pk], throw=True)
    asked.refresh_from_db()
    return asked


def planned(here: Here, best_effort: bool = False) -> Plan:
    """A plan of this cohort."""
    done = run(planning.ask(here.cohort, here.standing.person, best_effort, T0))
    assert done.plan is not None, done.refusal or done.error
    return done.plan


def place(here: Here, name: str) -> Here:
    """The cohort as this member stands in it."""
    person = User.objects.get(email=f"{name}@acme.test")
    found = standing(person, Workspace.objects.get(pk=here.cohort.workspace_id).slug)
    assert found is not None
    return Here(found, Cohort.objects.get(pk=here.cohort.pk), here.cohort.members.get(person=person))


def play(each: Held, levels: str = "33", report: bool = False) -> None:
    """Play a planned room to its end and hand in every rater's sheet, each mark on what was said.

    `report`: make it, which takes a while.
    """
    said = "I would ask what an error costs."
    room = each.planned.room
    for seat, who in each.laid.people.items():
        handle_now(room, seat, m.TakeSeat(name=f"{who} as {seat}"), f"sit {seat}")
    handle_now(room, "facilitator", m.Start(anyway=True), "start")
    handle_now(room, "candidate", m.Say(text=said), "say")
    handle_now(room, "candidate", m.Say(text="That is all."), "say more")
    handle_now(room, "facilitator", m.End(), "end")
    for seat in each.laid.people:
        if seat.startswith("rater"):
            rate(room, seat, levels, said)
    if report:
        build_report(room)


def rate(room: str, seat: str, levels: str, said: str) -> None:
    """Hand in a rater's sheet: one level a dimension, framing and risk."""
    n = next(x.n for x in rooms.queries.lines(room, seat) if getattr(x.event, "text", "") == said)
    marks = tuple(
        DraftMark(dimension=key, level=int(level), evidence=(n,))
        for key, level in zip(("framing", "risk"), levels, strict=True)
    )
    submit_scoresheet(room, seat, Draft(marks=marks, closing=3), time.time_ns() // 1_000_000)


def opened(here: Here) -> list[Held]:
    """The rooms of a new plan."""
    open_rooms(here.standing, here.cohort, planned(here), T0)
    return held(here.cohort)
