"""What a persona owes: an answer to every request for data and to every question put to it. Pure."""

from collections.abc import Iterable
from typing import TypeVar

from rooms.bots.holding import changes_nothing, command, promise_due, ruling
from rooms.bots.notes import Question, Uttered, met
from rooms.bots.outlook import ANSWERS_A_PHASE, STALE, Turn
from rooms.bots.view import Move
from rooms.core import messages as m
from rooms.core.words import hits
from scenarios.core.schema import CANDIDATE, Access, DataSet, Fact

T = TypeVar("T", Fact, DataSet)


def answer_request(turn: Turn) -> Move | None:
    """Hand over, or say why not."""
    for mark, request in turn.notes.requests.items():
        due = _due(turn, mark, request)
        if (
            due is not None
            and isinstance(request.event, m.DataRequested)
            and request.event.role == turn.role.key
        ):
            return Move(due, _answer_request(turn, mark, request, request.event))
    return None


def _due(turn: Turn, mark: str, request: Uttered) -> int | None:
    """When to answer a request; None while one has promised the answer for later."""
    if mark not in turn.notes.promised:
        return turn.at(request, 2_000)
    at = promise_due(turn.notes.promised[mark], turn.view, turn.notes.since)
    return None if at is None else turn.lull(at)


def _answer_request(
    turn: Turn, mark: str, request: Uttered, event: m.DataRequested
) -> m.GiveData | m.DelayData | m.RefuseData:
    table = _best(turn.view.data_sets, request.text)
    rule = ruling(table, event, turn.notes, turn.view) if table is not None else None
    if table is not None and rule is not None and not changes_nothing(rule, table, turn.notes):
        return command(rule, table, mark, _grounds(turn, request, rule))
    if table is not None and rule is not None:
        return _refuse(turn, mark, request, (), "have_it", table.title)
    if table is not None and table.key in turn.notes.tables_out:
        return _refuse(turn, mark, request, (), "have_it", table.title)
    if table is not None and table.refuse_until and not met(table.refuse_until, turn.notes, turn.view):
        return _refuse(turn, mark, request, (table.refusal,), "not_yet")
    if table is not None:
        return m.GiveData(request=mark, data_set=table.key)
    fact = _best(_held_back(turn), request.text)
    if fact is not None:
        return m.GiveData(request=mark, fact=fact.key)
    return _refuse(turn, mark, request, turn.role.voice.no_answer, "have_nothing")


def _grounds(turn: Turn, request: Uttered, rule: Access) -> str:
    """The rule's own words; met a second time, others."""
    stock = {"refuse": "not_yet", "delay": "not_yet", "narrow": "as_before", "grant": "here_it_is"}[rule.do]
    options = turn.fresh((rule.says,)) or turn.stock(stock, said=turn.quote(request.text))
    return turn.draw(options, request.n) or rule.says


def _refuse(
    turn: Turn, mark: str, request: Uttered, own: Iterable[str], stock: str, title: str = ""
) -> m.RefuseData:
    said = turn.quote(request.text)
    options = turn.filled(own, said=said) or turn.stock(stock, said=said, title=title)
    why = turn.draw(options, request.n) or f"{mark}: I have nothing new on that."
    return m.RefuseData(request=mark, why=why)


def answer_question(turn: Turn) -> Move | None:
    """Give up a fact that was asked for, or say that one has no answer."""
    if len(turn.own()) >= ANSWERS_A_PHASE + turn.pace.a_phase:
        return None
    for question in turn.notes.questions:
        if question.seat == turn.view.seat and turn.view.now - question.said.at < STALE:
            command = _answer(turn, question)
            if command is not None:
                return Move(turn.at(question.said, 1_500), command)
    return None


def _answer(turn: Turn, question: Question) -> m.Reveal | m.Say | None:
    said = question.said
    if said.by == CANDIDATE and (fact := _best(_held_back(turn), said.text)) is not None:
        return m.Reveal(fact=fact.key)
    line = turn.draw(_no_answer(turn, said.text), said.n)
    return m.Say(text=line) if line else None


def _no_answer(turn: Turn, asked: str) -> list[str]:
    quote, told = turn.quote(asked), [f for f in turn.view.facts if f.key in turn.notes.facts_out]
    if _best(turn.view.data_sets, asked) is not None:
        options = turn.stock("as_a_request")
    elif _best(told, asked) is not None:
        options = turn.stock("told_already", said=quote)
    else:
        options = turn.filled(turn.role.voice.no_answer, said=quote)
    return options or turn.stock("nothing_to_add", said=quote) or turn.stock("nothing_at_all")


def _held_back(turn: Turn) -> list[Fact]:
    return [f for f in turn.view.facts if f.key not in turn.notes.facts_out]


def _best(things: Iterable[T], asked: str) -> T | None:
    """The one whose words the question holds most of; None if it holds none of any."""
    scored = [(hits(asked, thing.asked_words), thing) for thing in things]
    best = max(scored, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] > 0 else None
