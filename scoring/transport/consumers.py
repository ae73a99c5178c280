"""The socket that tells how far a workspace's calibration is. It only tells: docs/calibrations.md.

A plain ASGI application, as the rooms' is. The worker writes its progress into the database once a second;
this reads it as often, and asks anew each time whether the listener still may hear it.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http.cookie import parse_cookie

from casesim.accounts.access import signed_in, standing
from casesim.accounts.core.permissions import may
from casesim.handshake import Scope, host_fits, origin_fits
from scoring.raters import progress

EVERY = 1.0  # seconds
MOST = 100  # sockets in one process

GOING_AWAY, TALKED, FOREIGN, NOT_YOURS, TOO_MANY = 4000, 4003, 4500, 4501, 4503

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_open: set["asyncio.Task[None]"] = set()


async def calibration_consumer(scope: Scope, receive: Receive, send: Send) -> None:
    """One socket, from handshake to close."""
    await receive()  # websocket.connect
    slug, session = scope["url_route"]["kwargs"]["workspace"], _session(scope)
    if (code := await _refused(scope, slug, session)) is not None:
        await send({"type": "websocket.close", "code": code})  # before the accept: HTTP 403
        return
    await send({"type": "websocket.accept"})
    telling = asyncio.create_task(_tell(slug, session, send))
    _open.add(telling)
    try:
        # whatever it says is not read, and the talk is over: nothing is to be said here
        if (await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.close", "code": TALKED})
    except asyncio.CancelledError:
        with contextlib.suppress(Exception):  # the other side may be gone already
            await send({"type": "websocket.close", "code": GOING_AWAY})
        raise
    finally:
        _open.discard(telling)
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _refused(scope: Scope, slug: str, session: str) -> int | None:
    """The code this handshake is turned away with."""
    if not host_fits(scope) or not origin_fits(scope, by_cookie=True):
        return FOREIGN
    if len(_open) >= MOST:
        return TOO_MANY
    try:
        return NOT_YOURS if await _look(slug, session) is None else None
    except (OperationalError, InterfaceError):
        return GOING_AWAY


async def _tell(slug: str, session: str, send: Send) -> None:
    """Send the progress whenever it is another, until the listener may not hear it any more."""
    told = None
    code = NOT_YOURS
    try:
        while (found := await _look(slug, session)) is not None:
            if found != told:
                await send({"type": "websocket.send", "text": json.dumps({"type": "progress", **found})})
                told = found
            await asyncio.sleep(EVERY)
    except (OperationalError, InterfaceError):
        code = GOING_AWAY
    with contextlib.suppress(Exception):  # the other side may be gone already
        await send({"type": "websocket.close", "code": code})


@database_sync_to_async
def _look(slug: str, session: str) -> dict[str, Any] | None:
    """The progress, for whoever is signed in in this session; None if they may not see it."""
    person = signed_in(session)
    here = standing(person, slug) if person is not None else None
    if here is None or not may(here.role, "see_raters"):
        return None
    return progress(here.workspace.pk)


def _session(scope: Scope) -> str:
    headers = dict(scope["headers"])
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    return str(cookies.get(settings.SESSION_COOKIE_NAME, ""))
