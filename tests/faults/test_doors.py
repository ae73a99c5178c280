"""Who may come in: on a real server, over HTTP and WebSocket, before and after the link was taken away."""

import asyncio
import time
from http.client import HTTPConnection
from typing import NamedTuple

import pytest

from tests.faults.conftest import Note, Stages
from tests.faults.stage import Served, Stage
from tests.faults.table import Tables
from tests.faults.wire import Wire

pytestmark = pytest.mark.slow


class Knock(NamedTuple):
    """A handshake: the path's room and seat, and its headers."""

    room: str
    query: str
    headers: dict[str, str]


def knocks(stage: Stage, web: Served) -> tuple[dict[str, Knock], dict[str, Knock]]:
    """Those who may come in, and those who may not."""
    (room, tokens), (_, others) = stage.rooms[:2]
    here, evil = f"http://127.0.0.1:{web.port}", "https://evil.example"
    mine, query = {"Authorization": f"Bearer {tokens['lead']}"}, "?seat=lead"
    cookie = {"Cookie": f"seat-{room}-lead={tokens['lead']}"}
    good = {
        "a bearer": Knock(room, "", mine),
        "a bearer that names its seat": Knock(room, query, mine),
        "a cookie from our page": Knock(room, query, {**cookie, "Origin": here}),
    }
    bad = {
        "nobody": Knock(room, "", {}),
        "nobody, from our page": Knock(room, query, {"Origin": here}),
        "nonsense": Knock(room, "", {"Authorization": "Bearer " + "x" * 32}),
        "a token in another scheme": Knock(room, "", {"Authorization": f"Basic {tokens['lead']}"}),
        "another room's token": Knock(room, "", {"Authorization": f"Bearer {others['lead']}"}),
        "another seat than the token's": Knock(room, "?seat=omar", mine),
        "another seat's cookie": Knock(
            room, query, {"Cookie": f"seat-{room}-lead={tokens['omar']}", "Origin": here}
        ),
        "a room that is not": Knock("0" * 12, "", mine),
        "a cookie and a foreign page": Knock(room, query, {**cookie, "Origin": evil}),
        "a cookie and no origin": Knock(room, query, cookie),
        "a cookie and a page without an address": Knock(room, query, {**cookie, "Origin": "null"}),
        "a bearer from a foreign page": Knock(room, "", {**mine, "Origin": evil}),
        "another host": Knock(room, query, {**cookie, "Origin": here, "Host": "evil.example"}),
    }
    return good, bad


async def answer(web: Served, knock: Knock) -> tuple[int, bytes]:
    """The handshake's status, and whatever came with it if it was turned away."""
    it = await Wire.open(web.port, f"/ws/rooms/{knock.room}/{knock.query}", knock.headers)
    await it.hang_up()
    return it.status, it.body


async def test_only_a_seats_own_token_from_our_own_page_opens_a_socket_and_no_refusal_tells_more(
    stages: Stages,
):
    stage = stages()
    web = await stage.web()
    good, bad = knocks(stage, web)
    assert {name: (await answer(web, knock))[0] for name, knock in good.items()} == dict.fromkeys(good, 101)
    refusals = {name: await answer(web, knock) for name, knock in bad.items()}
    assert {name: status for name, (status, _) in refusals.items() if status != 403} == {}
    assert len({body for _, body in refusals.values()}) == 1  # a stranger cannot tell what there is
    room, tokens = stage.rooms[0]
    for secret in (room, *tokens.values()):
        assert secret.encode() not in refusals["nobody"][1]
    assert stage.trouble() == []


async def test_a_socket_asked_for_under_a_name_that_is_not_this_servers_is_turned_away_like_a_page(
    stages: Stages,
):
    stage = stages()
    web = await stage.web()
    room, tokens = stage.rooms[0]
    cookie = {"Cookie": f"seat-{room}-lead={tokens['lead']}"}
    there = {**cookie, "Host": "evil.example", "Origin": "http://evil.example"}
    assert (await answer(web, Knock(room, "?seat=lead", there)))[0] in (400, 403)


async def test_no_page_tells_a_stranger_whether_a_room_is_there(stages: Stages):
    stage = stages()
    web = await stage.web()
    room, tokens = stage.rooms[0]
    other = dict(stage.rooms)[stage.rooms[1][0]]["lead"]
    answers = [
        get(web, f"/rooms/{where}/{seat}/", token)
        for where, seat, token in [
            (room, "lead", ""),
            (room, "lead", "x" * 32),
            (room, "lead", other),
            (room, "omar", tokens["lead"]),
            (room, "nobody", tokens["lead"]),
            ("0" * 12, "lead", tokens["lead"]),
        ]
    ]
    assert {status for status, _ in answers} == {404}
    assert len({body for _, body in answers}) == 1
    assert get(web, f"/rooms/{room}/lead/", tokens["lead"])[0] == 200
    assert get(web, f"/rooms/{room}/lead/", tokens["lead"], host="evil.example")[0] == 400
    assert get(web, f"/join/{'x' * 32}/", "")[0] == 404


def get(web: Served, path: str, token: str, host: str = "") -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", web.port, timeout=20)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request("GET", path, headers={**headers, **({"Host": host} if host else {})})
    response = connection.getresponse()
    found = response.status, response.read()
    connection.close()
    return found


def revoke(stage: Stage, room: str, seat: str) -> None:
    """As closing the seat does, by another process that rings nobody."""
    now = time.time_ns() // 1_000_000
    sql = "UPDATE rooms_seat SET revoked_at = ?, changed_at = ? WHERE room_id = ? AND seat = ?"
    stage.database.query(sql, now, now, room, seat)


async def test_a_live_socket_whose_link_was_taken_away_is_closed_and_stays_out(stages: Stages, note: Note):
    stage = stages()
    web = await stage.web()
    async with Tables(stage, [web]) as tables:
        room, gone = tables.rooms[0], tables.seat("lead")
        begun = time.monotonic()
        revoke(stage, room, "lead")
        await gone.until(lambda: gone.closes, 3 * 2)
        note("a link taken away, no bell: its live socket closed after", time.monotonic() - begun)
        assert gone.closes == [4501]
        heard = len(gone.traffic)
        tables.say()
        await asyncio.sleep(0.5)
        assert len(gone.traffic) == heard
        assert (await answer(web, Knock(room, "", {"Authorization": f"Bearer {gone.token}"})))[0] == 403
        assert tables.seat("candidate").closes == []


async def test_control_nobody_looks_and_the_socket_hears_on(stages: Stages):
    stage = stages()
    web = await stage.web(double="deaf_to_revocation")
    async with Tables(stage, [web]) as tables:
        revoke(stage, tables.rooms[0], "lead")
        await asyncio.sleep(2.5)
        text = tables.say()
        await tables.seat("lead").until(lambda: text in tables.seat("lead").heard_at)
