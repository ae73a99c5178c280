"""A signed-in person at the socket: in by their session while they hold the seat, and out when not."""

import asyncio

from channels.db import database_sync_to_async
from django.conf import settings
from django.test import Client

from casesim.accounts import service
from casesim.accounts.access import standing
from casesim.accounts.models import User, Workspace
from rooms.models import Room
from rooms.service import give_seat
from tests.accounts.builders import joined, workspace
from tests.transport.conftest import Socket, Table

ORIGIN = (b"origin", b"http://testserver")


def seated(room_id: str, name: str, seat: str) -> User:
    """A new member of the room's workspace, in this seat."""
    if not Workspace.objects.filter(slug="acme").exists():
        Room.objects.filter(pk=room_id).update(workspace=workspace("acme", olga="owner"))
    person = newcomer("acme", name, "member")
    give_seat(room_id, seat, person.pk)
    return person


def newcomer(slug: str, name: str, role: str) -> User:
    """Somebody in a workspace, without a seat."""
    here = Workspace.objects.filter(slug=slug).first() or workspace(slug)
    return joined(here, name, role).person


def session(person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


async def socket(table: Table, person: User | str, seat: str, *more: tuple[bytes, bytes]) -> Socket:
    key = person if isinstance(person, str) else await database_sync_to_async(session)(person)
    headers = [(b"host", b"testserver"), (b"cookie", f"sessionid={key}".encode()), *more]
    opened = Socket(table.room_id, "", f"seat={seat}", headers)
    table.sockets.append(opened)
    return await opened.open()


async def closes(opened: Socket) -> int | None:
    async with asyncio.timeout(4):
        await opened.until(lambda: False)
    return opened.closed


async def test_who_holds_the_seat_speaks_from_it(table: Table):
    dana = await database_sync_to_async(seated)(table.room_id, "dana", "dana")
    opened = await socket(table, dana, "dana", ORIGIN)
    assert await opened.do("1", type="say", text="here I am") == {"type": "done", "ref": "1"}


async def test_the_socket_opens_to_who_holds_the_seat_and_to_nobody_else(table: Table):
    """The same visitors as in the table of every URL."""
    holder = await database_sync_to_async(seated)(table.room_id, "lee", "lead")
    wrong_seat = await database_sync_to_async(seated)(table.room_id, "omar", "omar")
    met = {}
    for visitor, person in {
        "anonymous": "",
        "forged": "x" * 32,
        "stranger": await database_sync_to_async(newcomer)("other", "stranger", "owner"),
        "member": await database_sync_to_async(newcomer)("acme", "mia", "member"),
        "organiser": await database_sync_to_async(newcomer)("acme", "ora", "organiser"),
        "owner": await database_sync_to_async(User.objects.get)(email="olga@acme.test"),
        "operator": await database_sync_to_async(User.objects.create_superuser)("ops@acme.test", "pw"),
        "wrong_seat": wrong_seat,
        "holder": holder,
    }.items():
        met[visitor] = (await socket(table, person, "lead", ORIGIN)).closed
    assert met == {**dict.fromkeys(met, 4501), "holder": None}


async def test_a_session_is_only_good_from_a_page_of_this_server(table: Table):
    dana = await database_sync_to_async(seated)(table.room_id, "dana", "dana")
    foreign = (b"origin", b"http://evil.test")
    assert (await socket(table, dana, "dana")).closed == 4500
    assert (await socket(table, dana, "dana", foreign)).closed == 4500


async def test_a_changed_password_ends_the_session_at_the_socket_too(table: Table):
    dana = await database_sync_to_async(seated)(table.room_id, "dana", "dana")
    key = await database_sync_to_async(session)(dana)
    dana.set_password("another one")
    await database_sync_to_async(dana.save)()
    assert (await socket(table, key, "dana", ORIGIN)).closed == 4501


async def test_a_seat_given_to_another_person_closes_the_firsts_socket(table: Table):
    dana = await database_sync_to_async(seated)(table.room_id, "dana", "dana")
    opened = await socket(table, dana, "dana", ORIGIN)
    await database_sync_to_async(seated)(table.room_id, "omar", "dana")
    assert await closes(opened) == 4501
    assert (await socket(table, dana, "dana", ORIGIN)).closed == 4501


async def test_who_is_taken_out_of_the_workspace_leaves_its_rooms_and_nobody_else_does(table: Table):
    dana = await database_sync_to_async(seated)(table.room_id, "dana", "dana")
    omar = await database_sync_to_async(seated)(table.room_id, "omar", "omar")
    gone, stays = await socket(table, dana, "dana", ORIGIN), await socket(table, omar, "omar", ORIGIN)

    def remove() -> None:
        olga = standing(User.objects.get(email="olga@acme.test"), "acme")
        service.remove_member(olga, dana.pk)

    await database_sync_to_async(remove)()
    assert await closes(gone) == 4501
    await stays.rest()
    assert (stays.closed, (await socket(table, dana, "dana", ORIGIN)).closed) == (None, 4501)


async def test_a_person_and_a_link_hold_one_seat_side_by_side(table: Table):
    dana = await database_sync_to_async(seated)(table.room_id, "dana", "dana")
    by_link, by_account = await table.seat("dana"), await socket(table, dana, "dana", ORIGIN)
    assert await by_link.do("1", type="say", text="by link") == {"type": "done", "ref": "1"}
    await by_account.rest()
    assert by_account.said() == ["by link"]
