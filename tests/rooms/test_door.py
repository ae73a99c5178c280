"""The one door, over a real database."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from rooms import queries
from rooms.core import messages as m
from rooms.core.state import fold
from rooms.live import group, log
from rooms.live.group import Folds, Job, commit
from rooms.live.writer import Writer
from rooms.models import Room, RoomEvent
from rooms.service import handle_now, known, open_room
from tests.builders import COMMIT, T0, make_room, published

pytestmark = pytest.mark.django_db


def said(room_id: str) -> list[str]:
    return [x.event.text for x in queries.record(room_id) if isinstance(x.event, m.Said)]


def test_a_new_room_has_a_seat_a_role_and_tells_each_only_its_own_brief():
    opened = make_room()
    assert list(opened.tokens) == ["candidate", "lead", "dana", "omar", "facilitator", "rater1", "rater2"]
    for seat in ("lead", "dana"):
        briefs = [x.event for x in queries.lines(opened.room_id, seat) if isinstance(x.event, m.Briefed)]
        assert [b.brief for b in briefs] == [f"SECRET-BRIEF-{seat}"]


def test_a_room_with_a_bot_where_none_can_sit_is_not_opened():
    with pytest.raises(ValueError, match="facilitator"):
        open_room(published(), bots=("facilitator",))
    with pytest.raises(ValueError, match="raters"):
        open_room(published(), raters=99)


def test_the_same_ref_twice_is_one_event_and_the_same_answer():
    room = make_room(started=True).room_id
    for _ in range(3):
        handle_now(room, "candidate", m.Say(text="once"), "r1", now=T0 + 5)
    assert said(room) == ["once"]


def test_the_same_ref_with_another_body_is_a_conflict():
    room = make_room(started=True).room_id
    handle_now(room, "candidate", m.Say(text="once"), "r1", now=T0 + 5)
    with pytest.raises(m.Refused) as no:
        handle_now(room, "candidate", m.Say(text="other"), "r1", now=T0 + 6)
    assert no.value.code == "conflict"
    assert said(room) == ["once"]


def test_two_seats_may_use_the_same_ref():
    room = make_room(started=True).room_id
    handle_now(room, "candidate", m.Say(text="a"), "r1", now=T0 + 5)
    handle_now(room, "lead", m.Say(text="b"), "r1", now=T0 + 5)
    assert said(room) == ["a", "b"]


def test_a_refused_command_leaves_no_trace_and_harms_no_other_of_its_group():
    room = make_room(started=True).room_id
    before = RoomEvent.objects.filter(room_id=room).count()
    jobs = [
        Job(room, "candidate", m.Say(text="a"), "1", T0 + 5),
        Job(room, "candidate", m.Whisper(text="no"), "2", T0 + 5),
        Job("no-such-room", "candidate", m.Say(text="b"), "3", T0 + 5),
        Job(room, "candidate", m.Say(text="a"), "1", T0 + 5),
        Job(room, "candidate", m.Say(text="c"), "4", T0 + 5),
    ]
    answers, growths = commit(jobs, Folds())
    assert [a and a.code for a in answers] == [None, "not_your_part", "no_such", None, None]
    assert said(room) == ["a", "c"]
    assert [len(g.entries) for g in growths] == [RoomEvent.objects.filter(room_id=room).count() - before]


def test_a_command_that_meets_a_fault_of_ours_is_answered_and_harms_no_other(monkeypatch):
    room = make_room(started=True).room_id
    real = group.decide

    def faulty(scenario, state, seat, command, now, bot):
        if seat == "dana":
            raise ZeroDivisionError
        return real(scenario, state, seat, command, now, bot)

    monkeypatch.setattr(group, "decide", faulty)
    jobs = [Job(room, s, m.Say(text=s), "1", T0 + 5) for s in ("dana", "lead")]
    answers, _ = commit(jobs, Folds())
    assert [a and a.code for a in answers] == ["failed", None]
    assert said(room) == ["lead"]


def test_time_never_goes_back_in_the_log():
    room = make_room(started=True).room_id
    handle_now(room, "candidate", m.Say(text="a"), "1", now=T0 + 9_000)
    handle_now(room, "candidate", m.Say(text="b"), "2", now=T0 + 1_000)
    ats = [x.at for x in queries.record(room)]
    assert ats == sorted(ats)


def test_folding_the_log_gives_the_state_the_writer_keeps():
    """Zulip's test: what was kept along the way equals what is read afresh, after every kind of command."""
    room = make_room(started=True, bots=("lead",)).room_id
    moves = [
        ("candidate", m.TakeSeat(name="Ada")),
        ("candidate", m.Say(text="what matters?")),
        ("candidate", m.Ask(role="omar", text="late?")),
        ("candidate", m.Assume(text="a week")),
        ("candidate", COMMIT),
        ("dana", m.Say(text="no", about="D1", stance="objects")),
        ("candidate", m.Revise(decision="D1", choice="c", why="w", gives_up="g", would_change="x")),
        ("dana", m.Say(text="fine", about="D1", stance="yields")),
        ("candidate", m.RequestData(what="labels")),
        ("omar", m.GiveData(request="R1", data_set="labels")),
        ("candidate", m.RequestData(what="more")),
        ("omar", m.RefuseData(request="R2", why="no")),
        ("omar", m.Reveal(fact="late")),
        ("dana", m.Whisper(text="hm")),
        ("candidate", m.Summarise(text="so")),
        ("candidate", m.RaiseHand()),
        ("listener", m.Hear(utterance=1, acts=("clarifies",))),
        ("facilitator", m.QuietBots()),
        ("facilitator", m.UnseatBot(seat="lead")),
        ("facilitator", m.SeatBot(seat="lead")),
        ("facilitator", m.Pause()),
        ("facilitator", m.Extend(seconds=60)),
        ("facilitator", m.Resume()),
        ("facilitator", m.Advance(phase="one")),
        ("clock", m.Tick()),
        ("facilitator", m.End()),
    ]
    for number, (seat, command) in enumerate(moves):
        kept = handle_now(room, seat, command, str(number), now=T0 + 10_000 * number)
        assert kept == fold((x.at, x.event) for x in queries.record(room))
    assert known(room).state.status == "ended"


def test_a_fold_that_goes_on_leaves_the_state_it_began_from_as_it_was():
    room = make_room(started=True).room_id
    before = handle_now(room, "candidate", m.Say(text="one"), "1")
    kept = repr(before)
    handle_now(room, "candidate", m.Assume(text="two"), "2")
    lines = queries.record(room)[before.seq :]
    after = fold(((x.at, x.event) for x in lines), before)
    assert (after.seq, len(after.assumptions)) == (before.seq + 1, 1)
    assert repr(before) == kept
    assert fold((), before) == before


def test_an_event_cannot_be_changed():
    room = make_room().room_id
    with pytest.raises(DatabaseError, match="never updated"), transaction.atomic():
        RoomEvent.objects.filter(room_id=room, seq=1).update(body="{}")


@pytest.mark.django_db(transaction=True)
def test_many_threads_at_one_room_lose_double_and_reorder_nothing():
    room = make_room(started=True).room_id
    wrong: list[Exception] = []

    def speak(seat: str) -> None:
        try:
            for number in range(10):
                for _ in range(2):  # each command is sent twice
                    handle_now(room, seat, m.Say(text=f"{seat} {number}"), f"n{number}", now=T0 + 5)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=speak, args=(s,)) for s in ("candidate", "lead", "dana", "omar")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    lines = log.read(room)
    assert [x.seq for x in lines] == list(range(1, len(lines) + 1))
    for seat in ("candidate", "lead", "dana", "omar"):
        assert [t for t in said(room) if t.startswith(seat)] == [f"{seat} {n}" for n in range(10)]


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_is_stopped_finishes_what_waits_and_ends():
    room = make_room(started=True).room_id
    answers: list[tuple[Job, object]] = []
    writer = Writer(lambda done, _: answers.extend(done))
    for number in range(5):
        writer.put(Job(room, "candidate", m.Say(text=f"w{number}"), f"w{number}", T0 + 5))
    writer.start()
    writer.stop()
    assert not writer.alive()
    assert [answer for _, answer in answers] == [None] * 5
    assert said(room) == [f"w{number}" for number in range(5)]


def test_a_fold_of_another_epoch_is_thrown_away():
    room = make_room(started=True).room_id
    assert known(room).state.status == "live"
    RoomEvent.objects.filter(room_id=room, seq__gt=5).delete()
    Room.objects.filter(pk=room).update(epoch="restored", last_seq=5)
    assert known(room).state.seq == 5
    assert known(room).state.status == "lobby"
