"""A cohort with people, rounds and cases, in few words."""

from datetime import UTC, datetime

from casesim.accounts.access import standing
from casesim.accounts.models import User, Workspace
from casesim.cohorts import planning, service
from casesim.cohorts.access import Here
from casesim.cohorts.models import Cohort, CohortScenario, Plan, PlanRun
from casesim.cohorts.tasks import plan as plan_task
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
