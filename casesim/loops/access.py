"""Fetch a loop and ask permission in one call. Whoever may not gets 404, and no page tells why."""

from django.http import Http404, HttpRequest

from casesim.accounts.access import Standing, workspace_for
from casesim.loops.models import Loop
from casesim.loops.tokens import cookie_name, digest


def loop_for(request: HttpRequest, workspace: str, loop_id: int) -> tuple[Standing, Loop]:
    """The loop, for whoever runs loops in its workspace. Http404 else."""
    here = workspace_for(request, workspace, "run_programs")
    return here, _of(here, loop_id)


def loop_for_member(request: HttpRequest, workspace: str, loop_id: int) -> tuple[Standing, Loop]:
    """The loop, for a member of its workspace: what they see of it is asked of `queries.your_seats`."""
    here = workspace_for(request, workspace, "see")
    return here, _of(here, loop_id)


def loop_for_candidate(request: HttpRequest, loop_id: int) -> Loop:
    """The loop, for its candidate: by the loop's link, or signed in as that person. Http404 else."""
    found = Loop.objects.filter(pk=loop_id).select_related("workspace", "person").first()
    if found is None or not (_has_link(request, found) or _is_candidate(request, found)):
        raise Http404("no such loop")
    return found


def token_of(request: HttpRequest, loop: Loop) -> str:
    """The token of the loop's link that this browser followed; empty for a candidate who signed in."""
    return request.COOKIES.get(cookie_name(loop.pk), "") if _has_link(request, loop) else ""


def _of(here: Standing, loop_id: int) -> Loop:
    found = Loop.objects.filter(pk=loop_id, workspace=here.workspace).select_related("person").first()
    if found is None:
        raise Http404("no such loop")
    return found


def _has_link(request: HttpRequest, loop: Loop) -> bool:
    token = request.COOKIES.get(cookie_name(loop.pk), "")
    return bool(token) and loop.token_digest == digest(token)


def _is_candidate(request: HttpRequest, loop: Loop) -> bool:
    """Somebody who left the workspace opens nothing in it any more, as with seats."""
    person = loop.person
    if person is None or request.user != person:
        return False
    return person.memberships.filter(workspace=loop.workspace_id).exists()
