"""Fetch a cohort and ask permission in one call. Whoever may not, and whoever is not in it, gets 404."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from casesim.accounts.access import Standing, workspace_for
from casesim.cohorts.models import Cohort, Member


@dataclass(frozen=True, slots=True)
class Here:
    """A person's place in a cohort. `member` None: a coach who does not take part."""

    standing: Standing
    cohort: Cohort
    member: Member | None

    @property
    def coaches(self) -> bool:
        return "run_programs" in self.standing.rights


def coached(request: HttpRequest, workspace: str, cohort: int) -> Here:
    """The cohort, for those who run it."""
    return _here(workspace_for(request, workspace, "run_programs"), cohort)


def cohort_for(request: HttpRequest, workspace: str, cohort: int) -> Here:
    """The cohort, for its members and for those who run it."""
    here = _here(workspace_for(request, workspace, "see"), cohort)
    if here.member is None and not here.coaches:
        raise Http404("no such cohort")
    return here


def own(request: HttpRequest, workspace: str, cohort: int) -> tuple[Here, Member]:
    """The cohort and one's own place in it, for its members alone."""
    here = _here(workspace_for(request, workspace, "see"), cohort)
    if here.member is None:
        raise Http404("no such cohort")
    return here, here.member


def member_of(here: Here, member: int) -> Member:
    """A member of this cohort. Http404 if there is none of that number."""
    found = Member.objects.filter(pk=member, cohort=here.cohort).select_related("person", "gone_from").first()
    if found is None:
        raise Http404("no such member")
    return found


def _here(standing: Standing, cohort: int) -> Here:
    found = Cohort.objects.filter(pk=cohort, workspace=standing.workspace).select_related("coach").first()
    if found is None:
        raise Http404("no such cohort")
    member = Member.objects.filter(cohort=found, person=standing.person).select_related("person").first()
    return Here(standing, found, member)
