"""Frames in, frames out: each wrong one answered as docs/protocol.md declares, and nothing lost."""

import asyncio
import json
import logging
import time

import pytest
from channels.db import database_sync_to_async
from django.db import OperationalError

from rooms import queries
from rooms.core import messages as m
from rooms.live import ear as limits
from rooms.live import presence
from rooms.live.ear import Ear
from rooms.live.hub import SOCKETS
from rooms.live.log import RoomRow
from rooms.live.now import wall_ms
from rooms.live.process import process
from rooms.live.room import HubRoom
from rooms.service import close_seat, hand_over, handle_now
from rooms.transport import consumers, protocol
from tests.builders import SCENARIO, T0, make_room
from tests.transport.conftest import Socket, Table


async def test_what_one_says_everyone_hears_and_a_whisper_only_its_hearers(table: Table):
    candidate, dana, rater = [await table.seat(s) for s in ("candidate", "dana", "rater1")]
    assert await candidate.do("1", type="say", text="what matters?") == {"type": "done", "ref": "1"}
    assert await dana.do("1", type="whisper", text="hm") == {"type": "done", "ref": "1"}
    for socket in (candidate, dana, rater):
        await socket.rest()
    assert candidate.said() == rater.said() == ["what matters?"]
    assert dana.said() == ["what matters?", "hm"]
    assert "hm" not in "".join(candidate.frames + rater.frames)


async def test_a_command_repeated_on_two_sockets_happens_once(table: Table):
    one, other = await table.seat("candidate"), await table.seat("candidate")
    for socket in (one, other, one):
        assert await socket.do("same", type="say", text="once") == {"type": "done", "ref": "same"}
    assert (await one.do("same", type="say", text="other"))["code"] == "conflict"
    await one.rest()
    assert one.said() == ["once"]


async def test_after_a_cut_a_client_is_given_exactly_what_is_missing(table: Table):
    candidate = await table.seat("candidate")
    await candidate.do("1", type="say", text="a")
    await candidate.rest()
    had = len(candidate.items)
    lead = await table.seat("lead")
    for number in range(5):
        await lead.do(str(number), type="say", text=f"while you were away {number}")
    epoch = json.loads(candidate.frames[0])["epoch"]
    back = Socket(table.room_id, table.opened.tokens["candidate"])
    table.sockets.append(back)
    back.items = list(candidate.items[:had])
    await back.open(after=had, epoch=epoch)
    await back.rest()
    assert back.said() == ["a", *[f"while you were away {n}" for n in range(5)]]
    assert json.loads(back.frames[0])["from"] == had


@pytest.mark.parametrize(("epoch", "after"), [("another", 3), (None, 5_000)])
async def test_who_claims_another_epoch_or_to_be_ahead_is_started_over(table: Table, epoch, after):
    socket = await table.seat("candidate", epoch=epoch, after=after)
    frame = json.loads(socket.frames[0])
    assert frame["from"] == 0
    assert frame["items"][0]["n"] == 1


def talk(room_id: str, lines: int) -> None:
    for n in range(lines):
        handle_now(room_id, "lead", m.Say(text=f"line {n}"), f"n{n}")


async def test_a_long_feed_comes_in_pages_without_a_gap(table: Table):
    await database_sync_to_async(talk)(table.room_id, 450)
    late = await table.seat("candidate")
    await late.rest()
    assert late.said() == [f"line {n}" for n in range(450)]
    assert len(late.frames) >= 3


WRONG = [
    ("not json", "malformed", None),
    ("[1]", "malformed", None),
    ('"do"', "malformed", None),
    ("{}", "malformed", None),
    ('{"type":"do"}', "invalid", None),
    ('{"type":"hello"}', "malformed", None),
    ('{"type":"do","ref":"a","command":{"type":"dance"}}', "unknown_command", "a"),
    ('{"type":"do","ref":"a","command":{}}', "unknown_command", "a"),
    ('{"type":"do","ref":"a","command":{"type":"say"}}', "invalid", "a"),
    ('{"type":"do","ref":"a","command":{"type":"say","text":""}}', "invalid", "a"),
    ('{"type":"do","ref":"a","command":{"type":"say","text":7}}', "invalid", "a"),
    ('{"type":"do","ref":"a","command":{"type":"say","text":"x","to":"lead"}}', "invalid", "a"),
    ('{"type":"do","ref":"a","command":{"type":"say","text":"' + "x" * 4001 + '"}}', "invalid", "a"),
    ('{"type":"do","ref":"a","command":{"type":"say","text":"nul \\u0000"}}', "invalid", "a"),
    ('{"type":"do","ref":"a","command":{"type":"say","text":"\\ud800"}}', "malformed", None),
    ('{"type":"do","ref":"' + "x" * 65 + '","command":{"type":"say","text":"x"}}', "invalid", None),
    ('{"type":"do","ref":"a b","command":{"type":"say","text":"x"}}', "invalid", "a b"),
    ('{"type":"do","ref":"a","command":{"type":"extend","seconds":NaN}}', "malformed", None),
    ('{"type":"do","ref":"a","command":{"type":"extend","seconds":1e400}}', "invalid", "a"),
    ('{"type":"sync","after":-1}', "invalid", None),
    ('{"type":"sync","after":"3"}', "invalid", None),
    ('{"type":"sync","after":1,"more":1}', "invalid", None),
    ("[" * 50_000, "malformed", None),
    ('{"type":"do","ref":"a","command":{"type":"tick"}}', "not_your_part", "a"),
    ('{"type":"do","ref":"a","command":{"type":"start"}}', "not_your_part", "a"),
    ('{"type":"do","ref":"a","command":{"type":"ready"}}', "not_now", "a"),
]


@pytest.mark.parametrize(("text", "code", "ref"), WRONG)
async def test_a_wrong_frame_is_answered_and_the_socket_lives_on(table: Table, caplog, text, code, ref):
    socket = await table.seat("candidate")
    with caplog.at_level(logging.ERROR):
        await socket.raw(text)
        assert (await socket.answer(ref))["code"] == code
    assert code in protocol.REFUSALS
    assert caplog.records == []
    assert (await socket.do("next", type="say", text="still here"))["type"] == "done"


async def test_an_oversized_frame_closes_the_socket_with_its_code(table: Table):
    socket = await table.seat("candidate")
    await socket.raw("x" * (protocol.FRAME + 1))
    await socket.rest()
    assert socket.closed == 4009
    assert (await (await table.seat("candidate")).do("1", type="say", text="back"))["type"] == "done"


async def test_a_binary_frame_closes_the_socket_with_its_code(table: Table):
    socket = await table.seat("candidate")
    await socket.wire.send_input({"type": "websocket.receive", "bytes": b"\x00"})
    await socket.rest()
    assert socket.closed == 4003


async def test_a_flood_is_told_to_slow_down_and_then_closed(table: Table):
    socket = await table.seat("candidate")
    for _ in range(protocol.BURST + 2 * protocol.FLOOD):
        await socket.raw("{}")
    await socket.until(lambda: socket.closed)
    assert socket.closed == 4029
    assert socket.answers[None]["code"] == "slow_down"


async def test_who_asks_for_everything_again_and_again_is_given_it_once_it_waits(table: Table):
    await database_sync_to_async(talk)(table.room_id, 150)
    socket = await table.seat("candidate")
    for _ in range(protocol.BURST // 2):
        await socket.raw('{"type":"sync","after":0}')
    await socket.rest()
    assert socket.closed is None
    assert len(socket.frames) < 10


HOST = (b"host", b"testserver")


def cookie(table: Table, seat: str, token: str | None = None) -> tuple[bytes, bytes]:
    value = token or table.opened.tokens[seat]
    return (b"cookie", f"seat-{table.room_id}-{seat}={value}".encode())


@pytest.mark.parametrize("origin", [b"https://evil.example", b"null", b"http://testserver.evil.example"])
async def test_a_cookie_from_a_foreign_page_opens_nothing(table: Table, origin):
    headers = [HOST, cookie(table, "candidate"), (b"origin", origin)]
    socket = await Socket(table.room_id, "", "seat=candidate", headers).open()
    assert socket.closed == 4500


async def test_a_cookie_without_an_origin_opens_nothing(table: Table):
    socket = await Socket(table.room_id, "", "seat=candidate", [HOST, cookie(table, "candidate")]).open()
    assert socket.closed == 4500


async def test_a_browser_enters_with_its_cookie(table: Table):
    headers = [HOST, cookie(table, "dana"), cookie(table, "lead"), (b"origin", b"http://testserver")]
    socket = await Socket(table.room_id, "", "seat=lead", headers).open()
    table.sockets.append(socket)
    assert socket.head["you"]["seat"] == "lead"


@pytest.mark.parametrize("token", ["", "x" * 32, "short", "é" * 32, "x" * 5_000])
async def test_a_stranger_is_turned_away_before_a_byte_of_the_room(table: Table, token):
    headers = [HOST, (b"authorization", f"Bearer {token}".encode())]
    socket = await Socket(table.room_id, "", "", headers).open()
    assert socket.closed in (4500, 4501)
    assert socket.frames == []


async def test_another_rooms_or_seats_token_opens_nothing(table: Table):
    token = table.opened.tokens["dana"]
    assert (await Socket("no-such-room", token).open()).closed == 4501
    assert (await Socket(table.room_id, token, "seat=lead").open()).closed == 4501
    headers = [HOST, cookie(table, "lead", token), (b"origin", b"http://testserver")]
    assert (await Socket(table.room_id, "", "seat=lead", headers).open()).closed == 4501


async def test_what_fell_due_while_nobody_looked_is_applied_before_anybody_is_shown_the_room(table: Table):
    table.opened = await database_sync_to_async(make_room)(started=True, now=T0)
    socket = await table.seat("candidate")
    assert [i["type"] for i in socket.items].count("phase_started") == 2


async def test_the_clock_ends_a_phase_by_itself(table: Table):
    socket = await table.seat("facilitator")
    await socket.do("1", type="extend", seconds=-599)
    await socket.until(lambda: socket.head["phase"]["key"] == "two")
    ended = next(i for i in socket.items if i["type"] == "phase_ended")
    assert ended["why"] == "its time is up"


async def test_a_seat_handed_over_closes_its_old_socket_and_opens_to_the_new_token(table: Table):
    old = await table.seat("candidate")
    token = await database_sync_to_async(hand_over)(table.room_id, "candidate")
    async with asyncio.timeout(3):
        await old.until(lambda: False)
    assert old.closed == 4501
    assert (await Socket(table.room_id, table.opened.tokens["candidate"]).open()).closed == 4501
    new = Socket(table.room_id, token)
    table.sockets.append(new)
    await new.open()
    assert new.head["you"]["seat"] == "candidate"


async def test_a_closed_seat_closes_its_sockets_and_no_others(table: Table):
    candidate, dana = await table.seat("candidate"), await table.seat("dana")
    await database_sync_to_async(close_seat)(table.room_id, "dana")
    async with asyncio.timeout(3):
        await dana.until(lambda: False)
    assert (dana.closed, candidate.closed) == (4501, None)


async def test_a_server_that_goes_away_finishes_what_waits_and_says_come_back(table: Table):
    socket = await table.seat("candidate")
    for n in range(20):
        await socket.send(type="do", ref=f"n{n}", command={"type": "say", "text": f"word {n}"})
    await asyncio.sleep(0.05)
    await process().stop()
    await socket.rest()
    assert socket.closed == 4000
    done = [ref for ref, answer in socket.answers.items() if answer["type"] == "done"]
    record = await database_sync_to_async(queries.record)(table.room_id)
    said = [x.event.text for x in record if isinstance(x.event, m.Said)]
    assert said == [f"word {n}" for n in range(len(said))]
    assert set(done) <= {f"n{n}" for n in range(len(said))}


async def test_a_server_that_is_going_lets_nobody_in(table: Table):
    await table.seat("candidate")
    going = asyncio.create_task(process().stop())
    await asyncio.sleep(0)
    late = await Socket(table.room_id, table.opened.tokens["dana"]).open()
    assert (late.closed, late.frames) == (4000, [])
    await table.sockets.pop().rest()
    await going
    assert (await Socket(table.room_id, table.opened.tokens["dana"]).open()).closed == 4000


async def test_who_comes_while_the_database_is_away_is_told_to_come_back(table: Table, monkeypatch):
    await table.seat("candidate")

    def away(*_: object) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(consumers, "seat_by_credentials", away)
        assert (await Socket(table.room_id, table.opened.tokens["dana"]).open()).closed == 4000
    assert (await table.seat("dana")).closed is None


def test_a_socket_that_takes_much_and_never_answers_is_given_up():
    ear = Ear(HubRoom(RoomRow("r", "e", 0, 0, ""), SCENARIO), "candidate")
    ear.push("x" * (limits.SUSPICIOUS + 1))
    later = time.monotonic() + limits.SILENT + 1
    assert ear.stuck(later)
    ear.acknowledge()
    assert not ear.stuck(later)
    for _ in range(3):
        ear.push("x" * (limits.BYTES // 2))
    assert ear.close_code == 4008


async def test_a_quiet_listener_is_never_given_up(table: Table):
    ear = Ear(HubRoom(RoomRow("r", "e", 0, 0, ""), SCENARIO), "candidate")
    ear.push("x" * 1_000)
    assert not ear.stuck(time.monotonic() + 3_600)


async def test_a_dropped_seat_is_stood_in_for_after_its_grace_and_handed_back(table: Table, monkeypatch):
    monkeypatch.setattr(presence, "REFRESH", 0.1)
    table.opened = await database_sync_to_async(make_room)(started=True, now=wall_ms(), stand_in=1)
    candidate, dana = await table.seat("candidate"), await table.seat("dana")
    await dana.do("1", type="take_seat", name="Dana Berg")
    await dana.close()
    table.sockets.remove(dana)

    def seat() -> dict:
        return next(s for s in candidate.head["seats"] if s["seat"] == "dana")

    await candidate.until(lambda: seat()["occupant"] == "bot")
    assert seat()["away"] == "Dana Berg"
    back = await table.seat("dana")
    await candidate.until(lambda: seat()["occupant"] == "person")
    assert seat()["name"] == "Dana Berg"
    assert (await back.do("2", type="say", text="where were we?"))["type"] == "done"


async def test_the_room_says_that_bots_and_reports_wait_while_no_worker_answers(table: Table, monkeypatch):
    monkeypatch.setattr(presence, "REFRESH", 0.1)
    socket = await table.seat("candidate")
    await socket.until(lambda: socket.head.get("waits") is True)
    assert (await socket.do("1", type="say", text="and yet we talk"))["type"] == "done"


def shout(room_id: str, lines: int) -> None:
    for n in range(lines):
        handle_now(room_id, "lead", m.Say(text=f"{n} " + "x" * 3_990), f"s{n}")


async def test_a_feed_of_many_megabytes_is_given_whole(table: Table):
    await database_sync_to_async(shout)(table.room_id, 600)
    socket = await table.seat("candidate")
    await socket.rest()
    assert socket.closed is None
    assert [text.split()[0] for text in socket.said()] == [str(n) for n in range(600)]


def revise_for_ever(room_id: str) -> list[str]:
    long = dict.fromkeys(("choice", "why", "gives_up", "would_change"), "x" * 600)
    handle_now(room_id, "candidate", m.Commit(**long), "c")
    codes = []
    for n in range(130):
        try:
            handle_now(room_id, "candidate", m.Revise(decision="D1", **long), f"r{n}")
        except m.Refused as no:
            codes.append(no.code)
    return codes


async def test_the_board_cannot_grow_until_nobody_can_read_it(table: Table):
    assert await database_sync_to_async(revise_for_ever)(table.room_id) == ["full"] * 10
    late = await table.seat("facilitator")
    await late.rest()
    assert late.closed is None
    assert len(json.dumps(late.head)) < limits.BYTES / 2


async def test_while_redis_does_not_say_who_is_here_nobody_is_stood_in_for(table: Table, monkeypatch):
    async def silent(*_: object) -> None:
        return None

    monkeypatch.setattr(presence, "here", silent)
    monkeypatch.setattr(presence, "REFRESH", 0.1)
    table.opened = await database_sync_to_async(make_room)(started=True, now=wall_ms(), stand_in=1)
    candidate, dana = await table.seat("candidate"), await table.seat("dana")
    await dana.do("1", type="take_seat", name="Dana Berg")
    await dana.close()
    table.sockets.remove(dana)
    await candidate.rest(1.6)
    assert next(s for s in candidate.head["seats"] if s["seat"] == "dana")["occupant"] == "person"


async def test_a_seat_taken_over_while_its_person_is_here_is_handed_back(table: Table, monkeypatch):
    monkeypatch.setattr(presence, "REFRESH", 0.1)
    dana = await table.seat("dana")
    await dana.do("1", type="take_seat", name="Dana Berg")
    await database_sync_to_async(handle_now)(table.room_id, "clock", m.StandIn(seat="dana"), "late")
    mine = lambda: next(s for s in dana.head["seats"] if s["seat"] == "dana")  # noqa: E731
    await dana.until(lambda: mine()["occupant"] == "bot")
    await dana.until(lambda: mine()["occupant"] == "person")


async def test_one_seat_may_have_many_sockets_but_not_any_number(table: Table):
    sockets = [await table.seat("candidate") for _ in range(SOCKETS)]
    assert {s.closed for s in sockets} == {None}
    one_more = await Socket(table.room_id, table.opened.tokens["candidate"]).open()
    assert one_more.closed == 4503


@pytest.mark.parametrize("origin", [b"http://[", b"//", b"http://\xff"])
async def test_an_origin_that_is_no_address_is_turned_away_like_any_other(table: Table, origin):
    headers = [HOST, cookie(table, "candidate"), (b"origin", origin)]
    socket = await Socket(table.room_id, "", "seat=candidate", headers).open()
    assert socket.closed == 4500


async def test_another_programs_odd_cookie_shuts_nobody_out(table: Table):
    name, value = cookie(table, "lead")
    headers = [HOST, (name, b'prefs={"a": 1}; ' + value), (b"origin", b"http://testserver")]
    socket = Socket(table.room_id, "", "seat=lead", headers)
    table.sockets.append(socket)
    await socket.open()
    assert socket.head["you"]["seat"] == "lead"
