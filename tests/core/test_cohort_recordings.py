"""Bundled recordings still fold and their reasons quote what was said; what feedback says and does not."""

import pytest

from casesim.cohorts.core.feedback import compared, overall
from casesim.cohorts.core.recording import BadRecording, Reference, check, read, recorded, spoken, written
from casesim.cohorts.recordings import LIBRARY, bundled
from rooms.core import messages as m
from rooms.core.state import fold
from scenarios.loader import load_bundled
from scoring.core.sheets import Mark
from tests.builders import SCENARIO, Play

NAMES = sorted(bundled())


def lines_of(name):
    return read((LIBRARY / f"{name}.jsonl").read_text(encoding="utf-8"))


def test_three_recordings_come_with_casesim_and_span_the_scale():
    assert len(NAMES) == 3
    assert {mark.level for sheet in bundled().values() for mark in sheet.marks.values()} >= {1, 2, 3, 4}


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_recording_folds_and_every_reason_quotes_the_candidate(name):
    sheet, lines = bundled()[name], lines_of(name)
    assert fold(lines).status == "ended"
    assert check(lines, sheet, load_bundled(sheet.scenario).rubric) == []
    assert all(len(mark.quotes) >= 2 and len(mark.reason) > 80 for mark in sheet.marks.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_recording_holds_only_what_its_rater_saw(name):
    for _, event in lines_of(name):
        assert event.to is None or "rater1" in event.to
        assert not isinstance(event, m.SeatTaken) or not event.seat.startswith("rater")


def test_what_is_kept_of_a_room_is_what_one_rater_saw_and_it_reads_back():
    play = Play().start()
    play.do("rater1", m.TakeSeat(name="Somebody"))
    play.do("candidate", m.Say(text="It costs them."))
    play.do("facilitator", m.Whisper(text="SECRET press her"))
    play.do("facilitator", m.End())
    seen = [Seen(line) for line in play.log if line.event.to is None or "rater1" in line.event.to]
    lines = recorded(seen)
    text = written(lines)
    assert "SECRET press" not in text and "Somebody" not in text
    assert read(text) == lines and spoken(lines) == "It costs them."
    (opened,) = [event for _, event in lines if isinstance(event, m.RoomOpened)]
    assert [s.seat for s in opened.seats if s.kind == "rater"] == ["rater1"]


class Seen:
    """A line as rooms.queries gives it."""

    def __init__(self, line):
        self.n, self.seq, self.at, self.event = line.seq, line.seq, line.at, line.event


def test_a_line_that_is_no_event_is_named():
    with pytest.raises(BadRecording, match="line 2"):
        read('{"at":1,"to":null,"event":{"type":"room_ended","why":"x"}}\n{"at":1}\n')


# --- feedback ---------------------------------------------------------------------------------------------


def one(title="A", framing=2, risk=3, mine=(2, 3)):
    marks = {
        key: Mark(dimension=key, level=level, not_observed=level is None, note="", evidence=())
        for key, level in zip(("framing", "risk"), mine, strict=True)
    }
    reference = {
        key: Reference(level=level, reason="since") for key, level in (("framing", framing), ("risk", risk))
    }
    return compared(title, SCENARIO.rubric, marks, reference)


def test_each_dimension_is_told_apart_with_its_reason():
    framing, risk = one(mine=(1, None)).lines
    assert (framing.apart, framing.yours_name, framing.reference_name) == (-1, "level 1", "level 2")
    assert (risk.apart, risk.yours) == (None, None) and risk.reason == "since"


def test_few_recordings_give_a_leaning_without_an_interval_and_say_so():
    told = overall([one(mine=(1, 2))])
    assert (told.leaning.value, told.leaning.interval) == (-1.0, None)
    assert "harder" in told.says and "too few to call it a habit" in told.says
    assert overall([]).says == "Nothing can be said yet."


def test_three_recordings_give_an_interval_in_which_each_counts_once():
    told = overall([one(mine=(3, 4)), one(mine=(3, 3)), one(mine=(3, 4))])
    assert told.leaning.value == pytest.approx(5 / 6) and told.leaning.n == 3
    low, high = told.leaning.interval
    assert low < 5 / 6 < high and "milder" in told.says


def test_agreement_is_counted_with_what_so_few_marks_allow():
    told = overall([one(framing=1, mine=(1, 1))])
    assert (told.exact.value, told.adjacent.value, told.marks) == (0.5, 0.5, 2)
    assert told.exact.interval[0] < 0.5 < told.exact.interval[1]
    assert told.at_ends == 1  # a reference of 1 can only be exceeded
