"""What became of a planted fault: told from words, questions and queries, before and after it was out."""

import pytest

from rooms.core import messages as m
from rooms.core.policy import DATA_ROOM
from scenarios.core.recipes import Narrowing
from scoring.core.findings import findings
from scoring.core.record import Entry, entries
from tests.builders import VISITS, Play, inject, scenario
from tests.core.test_datasets import BAD, DAY, SHOP, fault

LATE = fault(
    "delayed_labels",
    target="bad",
    clock="day",
    median=40,
    looked=["day", "bad"],
    noticed_words=["matur", "labels are late"],
    asked_words=["how late"],
    told_by=["late", "labels_late"],
)
RECIPE = {
    "rows": 100,
    "as_of": "2026-08-01",
    "clock": "day",
    "columns": [DAY, SHOP, BAD],
    "faults": [LATE],
}
CASE = scenario(
    [inject("labels_late", "one", "omar", at=30)],
    data_sets=[{**VISITS, "recipe": RECIPE}],
)
SAY = m.Say(text="The newest labels need time to mature.")
QUERY = m.RecordQuery(by="candidate", sql="SELECT day, avg(bad) FROM visits GROUP BY day")


def room(grant: bool = True, narrow: Narrowing | None = None) -> Play:
    play = Play(CASE).start()
    if grant:
        play.do("candidate", m.RequestData(what="visits"))
        play.do("omar", m.GiveData(request="R1", data_set="visits", narrow=narrow))
    return play


def found(play: Play):
    record: tuple[Entry, ...] = entries([SeenLine(line.seq, line.at, line.event) for line in play.log])
    [finding] = findings(CASE, record)
    return finding


class SeenLine:
    """A line of a log as `rooms.queries` gives it."""

    def __init__(self, seq: int, at: int, event: m.AnyEvent) -> None:
        self.n, self.seq, self.at, self.event = 0, seq, at, event


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        (SAY, "noticed"),
        (m.Assume(text="labels are late by weeks"), "noticed"),
        (m.Ask(role="omar", text="How late do they come?"), "asked"),
        (m.Say(text="And how late is that, Omar?"), "asked"),
        (m.RequestData(what="visits", purpose="to see how late labels are"), "asked"),
        (m.Say(text="We should move fast."), "missed"),
    ],
)
def test_words_tell_what_became_of_a_fault(command, outcome):
    play = room()
    play.do("candidate", command)
    assert found(play).outcome == outcome


def test_the_moment_is_quoted_with_its_place_in_the_phase():
    play = room()
    play.do("candidate", SAY, after=100)
    [trace] = found(play).traces
    assert (trace.text, trace.phase_name, trace.into, trace.after_told) == (SAY.text, "One", 102_000, False)


def test_a_query_that_names_all_columns_is_a_look_and_a_refused_one_is_not():
    play = room()
    play.do(DATA_ROOM, QUERY.model_copy(update={"problem": "stopped"}))
    play.do(DATA_ROOM, QUERY.model_copy(update={"sql": "SELECT daytime, bad FROM visits"}))
    assert found(play).outcome == "missed"
    play.do(DATA_ROOM, QUERY)
    assert found(play).outcome == "looked"


@pytest.mark.parametrize("teller", ["inject", "fact"])
def test_what_is_said_after_it_was_told_is_taken_up_and_not_noticed(teller):
    play = room()
    if teller == "inject":
        play.do("facilitator", m.Fire(inject="labels_late"))
    else:
        play.do("omar", m.Reveal(fact="late"))
    play.do("candidate", SAY)
    told = found(play)
    assert (told.outcome, told.traces[0].after_told) == ("told", True)


def test_what_was_noticed_before_it_was_told_stays_noticed():
    play = room()
    play.do("candidate", SAY)
    play.do("facilitator", m.Fire(inject="labels_late"))
    play.do("candidate", SAY)
    assert [t.after_told for t in found(play).traces] == [False, True]
    assert found(play).outcome == "noticed"


def test_the_panels_words_are_not_the_candidates():
    play = room()
    play.do("dana", SAY)
    assert found(play).outcome == "missed"


@pytest.mark.parametrize(
    ("grant", "narrow"),
    [(False, None), (True, Narrowing(without=("bad",))), (True, Narrowing(columns=("day",)))],
)
def test_a_fault_nobody_could_see_is_not_missed(grant, narrow):
    assert found(room(grant, narrow)).outcome == "closed"
