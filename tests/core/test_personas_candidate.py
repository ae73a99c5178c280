"""The candidate of a rehearsal: each line of the script once, when it is due, to what is really put."""

import pytest

from rooms.bots.candidate import GAP, candidate_move
from rooms.bots.view import Item, Move, View
from rooms.core import messages as m
from scenarios.core.script import ScriptLine

T0 = 1_760_000_000_000  # ms
INJECTS = {"Legal wrote. What now?": "legal"}


def line(do: m.AnyCommand, after: int = 0, **trigger: str) -> ScriptLine:
    return ScriptLine(after=after, do=do.model_dump(exclude_none=True), **(trigger or {"phase": "one"}))


def say(text: str) -> m.Say:
    return m.Say(text=text)


COMMIT = m.Commit(choice="Hold", why="loss", gives_up="a day", would_change="fewer")
REVISE = m.Revise(decision="D1", choice="Hold less", why="loss", gives_up="a day", would_change="fewer")


def view(*items: tuple[float, m.AnyEvent], **changes: object) -> View:
    """The candidate's view after (seconds, event)s; phase one began at 0, phase two begins at 600."""
    seen = tuple(Item(n, T0 + int(s * 1000), event) for n, (s, event) in enumerate(items, 1))
    at = {
        "status": "live",
        "phase": "one",
        "phase_started_at": T0,
        "ends_at": T0 + 600_000,
        "now": T0,
    }
    return View(seat="candidate", role=None, seed=1, items=seen, **(at | changes))


def said(text: str, by: str = "candidate", **more: object) -> m.Said:
    return m.Said(by=by, text=text, **more)


def test_lines_of_a_phase_come_in_the_order_in_which_they_are_due() -> None:
    script = (line(say("third"), 90), line(say("first"), 10), line(say("second"), 20))
    assert candidate_move(script, {}, view()) == Move(T0 + 10_000, say("first"))
    told = [(10.0, said("first"))]
    assert candidate_move(script, {}, view(*told)) == Move(T0 + 20_000, say("second"))
    told += [(20.0, said("second")), (90.0, said("third"))]
    assert candidate_move(script, {}, view(*told)) is None


def test_a_breath_lies_between_two_lines() -> None:
    script = (line(say("one"), 10), line(say("two"), 10))
    assert candidate_move(script, {}, view((10, said("one")))) == Move(T0 + 10_000 + GAP, say("two"))


def test_a_line_that_stands_twice_is_said_twice() -> None:
    script = (line(say("again"), 10), line(say("again"), 60))
    assert candidate_move(script, {}, view((10, said("again")))) == Move(T0 + 60_000, say("again"))
    assert candidate_move(script, {}, view((10, said("again")), (60, said("again")))) is None


def test_another_phases_line_waits_and_one_of_a_phase_that_is_over_stays_unsaid() -> None:
    script = (line(say("one"), 10), line(say("two"), 5, phase="two"))
    second = {"phase": "two", "phase_started_at": T0 + 600_000, "ends_at": T0 + 1_200_000}
    assert candidate_move(script, {}, view(**second)) == Move(T0 + 605_000, say("two"))


def test_a_pause_moves_what_is_due() -> None:
    script = (line(say("one"), 10),)
    assert candidate_move(script, {}, view(phase_started_at=T0 + 50_000)) == Move(T0 + 60_000, say("one"))


def test_an_inject_is_answered_when_it_is_put_and_not_before() -> None:
    script = (line(say("a person reads it"), 15, on="inject:legal"),)
    assert candidate_move(script, INJECTS, view((1, said("Legal wrote. What then?", by="lead")))) is None
    put = (100, m.InjectSpoken(by="lead", text="Legal wrote.  What now?"))
    assert candidate_move(script, INJECTS, view(put)) == Move(T0 + 115_000, say("a person reads it"))


def test_each_objection_is_answered_with_the_next_line_for_one() -> None:
    script = (line(say("at most five"), 12, on="objection"), line(say("and it ends"), 12, on="objection"))
    first = (100.0, said("Why?", by="dana", about="D1", stance="objects"))
    assert candidate_move(script, {}, view(first)) == Move(T0 + 112_000, say("at most five"))
    answered = (112.0, said("at most five"))
    yields = (115.0, said("Fine.", by="dana", about="D1", stance="yields"))
    assert candidate_move(script, {}, view(first, answered, yields)) is None
    second = (200.0, said("And?", by="omar", about="D1", stance="objects"))
    assert candidate_move(script, {}, view(first, answered, yields, second)) == Move(
        T0 + 212_000, say("and it ends")
    )


def test_a_decision_is_revised_once_it_is_on_the_board() -> None:
    script = (line(REVISE, 5), line(COMMIT, 30))
    assert candidate_move(script, {}, view()) == Move(T0 + 30_000, COMMIT)
    decided = (30, m.Decided(by="candidate", mark="D1", **COMMIT.model_dump(exclude={"type"})))
    assert candidate_move(script, {}, view(decided)) == Move(T0 + 30_000 + GAP, REVISE)


COMMANDS: tuple[tuple[m.AnyCommand, m.AnyEvent], ...] = (
    (say("so"), said("so")),
    (m.Summarise(text="in short"), m.Summarised(by="candidate", text="in short")),
    (m.Assume(text="two a day"), m.Assumed(by="candidate", mark="A1", text="two a day")),
    (m.Ask(role="omar", text="who?"), m.Asked(by="candidate", role="omar", text="who?")),
    (m.RequestData(what="labels"), m.DataRequested(by="candidate", mark="R1", what="labels", role="omar")),
    (m.RaiseHand(), m.HandRaised(by="candidate", up=True)),
    (COMMIT, m.Decided(by="candidate", mark="D1", **COMMIT.model_dump(exclude={"type"}))),
)


@pytest.mark.parametrize(("command", "event"), COMMANDS)
def test_every_kind_of_line_is_known_again_once_it_has_happened(
    command: m.AnyCommand, event: m.AnyEvent
) -> None:
    script = (line(command, 5),)
    assert candidate_move(script, {}, view()) == Move(T0 + 5_000, command)
    assert candidate_move(script, {}, view((5, event))) is None


def test_the_same_words_of_another_seat_do_not_count() -> None:
    script = (line(say("so"), 5),)
    assert candidate_move(script, {}, view((1, said("so", by="lead")))) == Move(T0 + 5_000, say("so"))


@pytest.mark.parametrize("changes", [{"quiet": True}, {"status": "paused"}, {"status": "lobby"}])
def test_a_silenced_candidate_and_one_in_a_room_that_stands_still_wait(changes: dict[str, object]) -> None:
    assert candidate_move((line(say("so"), 5),), {}, view(**changes)) is None


def test_what_the_phase_has_no_time_for_is_not_begun() -> None:
    assert candidate_move((line(say("so"), 5),), {}, view(ends_at=T0 + 5_000)) is None


def test_a_table_is_looked_at_once_it_is_open_and_once_alone() -> None:
    look = m.Look(data_set="orders", column="amount")
    script = (line(look, 10), line(look, 20))
    assert candidate_move(script, {}, view()) is None
    given = m.DataGiven(by="omar", mark="R1", text="", grant=m.Grant(key="orders", title="O", about="o"))
    assert candidate_move(script, {}, view((5, given))) == Move(T0 + 10_000, look)
    looked = m.Looked(by="candidate", data_set="orders", column="amount")
    assert candidate_move(script, {}, view((5, given), (10, looked))) is None
