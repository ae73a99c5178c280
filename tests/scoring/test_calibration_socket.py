"""The socket that tells how far a calibration is: to whom, what, and when it ends."""

import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.conf import settings
from django.test import Client

from casesim.accounts.models import Membership, User
from scoring import calibrations
from scoring.models import CalibrationRun
from scoring.transport import consumers
from scoring.transport.routing import websocket_urlpatterns
from tests.accounts.builders import workspace
from tests.builders import T0

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = (b"origin", b"http://testserver")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(consumers, "EVERY", 0.05)


@pytest.fixture
def acme():
    return workspace("acme", olga="organiser", mia="member")


def session(name):
    client = Client()
    client.force_login(User.objects.get(email=f"{name}@acme.test"))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def handshake(key, slug="acme", host=b"testserver", more=(ORIGIN,)):
    cookie = f"{settings.SESSION_COOKIE_NAME}={key}".encode()
    return ApplicationCommunicator(
        URLRouter(websocket_urlpatterns),
        {
            "type": "websocket",
            "path": f"/ws/workspaces/{slug}/calibration/",
            "query_string": b"",
            "headers": [(b"host", host), (b"cookie", cookie), *more],
        },
    )


async def opened(wire):
    await wire.send_input({"type": "websocket.connect"})
    return await wire.receive_output(5)


async def told(wire):
    message = await wire.receive_output(5)
    return json.loads(message["text"]) if message["type"] == "websocket.send" else message["code"]


@pytest.mark.parametrize(
    ("who", "more", "code"),
    [
        ("olga", {"more": ()}, 4500),
        ("olga", {"more": ((b"origin", b"http://evil.example"),)}, 4500),
        ("olga", {"more": ((b"origin", b"http://["),)}, 4500),
        ("olga", {"host": b"evil.example", "more": ((b"origin", b"http://evil.example"),)}, 4500),
        ("olga", {"slug": "other"}, 4501),
        ("olga", {"slug": "nowhere"}, 4501),
        ("mia", {}, 4501),
        ("", {}, 4501),
        ("nonsense", {}, 4501),
    ],
)
async def test_strangers_are_turned_away_before_the_accept(acme, who, more, code):
    await database_sync_to_async(workspace)("other", omar="owner")
    key = await database_sync_to_async(session)(who) if who in ("olga", "mia") else who
    assert await opened(handshake(key, **more)) == {"type": "websocket.close", "code": code}


async def test_it_tells_how_far_the_run_is_whenever_it_is_another(acme):
    wire = handshake(await database_sync_to_async(session)("olga"))
    assert (await opened(wire))["type"] == "websocket.accept"
    assert await told(wire) == {"type": "progress", "open": False, "stage": "", "done": 0}
    run = await database_sync_to_async(calibrations.ask)(acme.pk, T0)
    assert await told(wire) == {"type": "progress", "open": True, "stage": "", "done": 0}
    await CalibrationRun.objects.filter(pk=run.pk).aupdate(stage="spreads", done=3)
    assert await told(wire) == {"type": "progress", "open": True, "stage": "spreads", "done": 3}
    assert await wire.receive_nothing(0.2)
    await database_sync_to_async(calibrations.cancel)(acme.pk, T0)
    assert (await told(wire))["open"] is False
    await wire.send_input({"type": "websocket.disconnect"})
    await wire.wait()
    assert not consumers._open


@pytest.mark.parametrize(
    "losing",
    [
        lambda: Membership.objects.filter(person__email="olga@acme.test").delete(),
        lambda: Membership.objects.filter(person__email="olga@acme.test").update(role="member"),
        lambda: [
            user.set_password("another") or user.save()
            for user in User.objects.filter(email="olga@acme.test")
        ],
    ],
    ids=["removed", "no longer an organiser", "password changed"],
)
async def test_who_loses_the_right_loses_the_socket(acme, losing):
    wire = handshake(await database_sync_to_async(session)("olga"))
    await opened(wire)
    await told(wire)
    await database_sync_to_async(losing)()
    assert await told(wire) == 4501
    await wire.send_input({"type": "websocket.disconnect"})
    await wire.wait()


async def test_whoever_talks_to_it_is_closed(acme):
    wire = handshake(await database_sync_to_async(session)("olga"))
    await opened(wire)
    await told(wire)
    await wire.send_input({"type": "websocket.receive", "text": "[" * 100_000})
    assert await told(wire) == 4003
    await wire.wait()


async def test_there_is_a_bound_to_sockets(acme, monkeypatch):
    monkeypatch.setattr(consumers, "MOST", 1)
    key = await database_sync_to_async(session)("olga")
    first, second = handshake(key), handshake(key)
    await opened(first)
    assert await opened(second) == {"type": "websocket.close", "code": 4503}
    await first.send_input({"type": "websocket.disconnect"})
    await first.wait()
    third = handshake(key)
    assert (await opened(third))["type"] == "websocket.accept"
    await third.send_input({"type": "websocket.disconnect"})
    await third.wait()


async def test_a_server_that_goes_away_says_come_back(acme):
    wire = handshake(await database_sync_to_async(session)("olga"))
    await opened(wire)
    await told(wire)
    wire.future.cancel()
    assert await told(wire) == 4000
    await asyncio.gather(wire.future, return_exceptions=True)
