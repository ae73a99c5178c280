"""Fetch a workspace's room and ask permission in one call."""

from django.http import Http404, HttpRequest

import rooms.queries
from casesim.accounts.access import Standing, workspace_for
from casesim.accounts.core.permissions import Act
from rooms.queries import RoomInfo


def room_for(request: HttpRequest, workspace: str, room_id: str, act: Act) -> tuple[Standing, RoomInfo]:
    """The room, if it is of this workspace and this request's person may do this there. Http404 else."""
    here = workspace_for(request, workspace, act)
    try:
        found = rooms.queries.room(room_id)
    except LookupError:
        raise Http404("no such room") from None
    if found.workspace_id != here.workspace.pk:
        raise Http404("no such room")
    return here, found
