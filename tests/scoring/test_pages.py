"""Scoring's pages: who may open which, what they show, and what they never show."""

import json
import re

import pytest
from django.test import Client

from casesim.accounts.models import AuditEntry
from rooms.core import messages as m
from rooms.core.policy import LISTENER
from rooms.queries import record, utterances
from rooms.service import handle_now
from scoring import queries, rules, service
from scoring.core.decision.rule import Rule
from scoring.models import Calibration, RatingClosed, Scoresheet, Signature

SEATS = ("candidate", "ops", "facilitator", "rater1", "rater2")
NOTE = "NOTE-OF-ANA she doubted twice"


def submit(table, seat, levels, note=""):
    return service.submit_scoresheet(table.id, seat, table.draft(seat, levels, note=note), table.now)


def get(table, seat, page, **more):
    return table.browser(seat).get(f"/rooms/{table.id}/{seat}/{page}", **more)


def post(table, seat, page, form):
    return table.browser(seat).post(f"/rooms/{table.id}/{seat}/{page}", form)


def form(levels="333", n=None, **more):
    fields = {"closing": "3", "version": "1", **more}
    for key, level in zip(("framing", "data", "risk"), levels, strict=True):
        fields |= {f"level-{key}": "none" if level == "-" else level, f"evidence-{key}": str(n or "")}
    return fields


@pytest.fixture
def rated(table):
    """A room with both sheets in and its report built."""
    submit(table, "rater1", "433", NOTE)
    submit(table, "rater2", "213")
    service.build_report(table.id)
    return table


# the answers are in the order of SEATS
BEFORE = {
    "sheet/": (404, 404, 404, 200, 200),
    "debrief/": (404, 200, 200, 200, 200),
    "report/": (404, 404, 200, 200, 200),
    "report.json": (404, 404, 404, 404, 404),
    "compare/": (404, 404, 200, 404, 404),
}
AFTER = {
    "sheet/": (404, 404, 404, 200, 200),
    "debrief/": (404, 200, 200, 200, 200),
    "report/": (404, 200, 200, 200, 200),
    "report.json": (404, 200, 200, 200, 200),
    "compare/": (404, 404, 200, 404, 404),
}
POSTS = {
    "sheet/draft/": (404, 404, 404, 422, 422),
    "debrief/close/": (404, 404, 302, 404, 404),
    "report/sign/": (404, 404, 404, 404, 404),
}


@pytest.mark.parametrize(("page", "answers"), BEFORE.items())
def test_who_may_open_what_before_the_sheets_are_unlocked(table, page, answers):
    assert tuple(get(table, seat, page).status_code for seat in SEATS) == answers


@pytest.mark.parametrize(("page", "answers"), AFTER.items())
def test_who_may_open_what_once_they_are_unlocked(rated, page, answers):
    assert tuple(get(rated, seat, page).status_code for seat in SEATS) == answers


@pytest.mark.parametrize(("page", "answers"), POSTS.items())
def test_who_may_change_what_before_the_sheets_are_unlocked(table, page, answers):
    wrong = {"level-framing": "77"}
    assert tuple(post(table, seat, page, wrong).status_code for seat in SEATS) == answers


def test_only_the_facilitator_can_sign(rated):
    given = {
        "digest": queries.current_report(rated.id).row.digest,
        "decision": "hire",
        "name": "x",
        "reason": "y",
    }
    answers = {seat: post(rated, seat, "report/sign/", given).status_code for seat in SEATS}
    assert answers == {"candidate": 404, "ops": 404, "rater1": 404, "rater2": 404, "facilitator": 302}


@pytest.mark.parametrize("page", [*AFTER, *POSTS])
def test_a_stranger_and_whoever_sits_elsewhere_find_nothing(rated, opens, page):
    other = opens()
    for visitor in (rated.browser("rater1"), other.browser("rater2"), Client()):
        for place in (f"/rooms/{rated.id}/rater2/{page}", f"/rooms/nowhere/rater2/{page}"):
            answers = {visitor.get(place).status_code, visitor.post(place).status_code}
            assert answers <= {404, 405}


# --- blindness -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seat", ["rater2", "facilitator", "ops"])
def test_no_page_shows_anothers_marks_before_the_sheets_are_unlocked(table, seat):
    def pages():
        return "".join(
            get(table, seat, page).content.decode()
            for page in ("sheet/", "debrief/", "report/", "report.json", "")
        )

    submit(table, "rater1", "433", NOTE)
    service.build_report(table.id)
    assert "NOTE-OF-ANA" not in pages()
    submit(table, "rater2", "333")
    service.build_report(table.id)
    assert "NOTE-OF-ANA" in pages()  # the control: it was there to be seen


def test_before_unlocking_the_debrief_names_who_is_owed(table):
    submit(table, "rater1", "433", NOTE)
    page = get(table, "facilitator", "debrief/").content.decode()
    assert "1 of 2 scoresheets still owed" in page
    assert "Ben" in page
    assert "Close rating" in page
    assert "Close rating" not in get(table, "rater2", "debrief/").content.decode()


def test_closing_rating_opens_the_debrief(table):
    submit(table, "rater1", "433", NOTE)
    assert post(table, "facilitator", "debrief/close/", {}).status_code == 302
    page = get(table, "rater2", "debrief/").content.decode()
    assert "NOTE-OF-ANA" in page
    assert "Fay closed rating on" in page
    assert RatingClosed.objects.count() == 1


# --- the scoresheet -----------------------------------------------------------------------------------


def test_the_sheet_stands_beside_the_transcript_with_every_anchor(table):
    page = get(table, "rater1", "sheet/").content.decode()
    assert 'id="transcript"' in page
    assert "data-evidence" in page
    assert page.count("Does it as level 4 says.") == 4  # three dimensions and the closing judgement
    assert "When it did not come up." in page
    assert "0 of 3" in page


def test_a_sheet_suggests_where_to_look_and_fills_nothing_in(table):
    assert "Where a machine would look" not in get(table, "rater1", "sheet/").content.decode()
    number = next(
        u.utterance for line in record(table.id) if (u := line.event).type == "said" and u.utterance
    )
    handle_now(table.id, LISTENER, m.Hear(utterance=number, acts=("doubts_data",)), "heard:1", table.now)
    page = get(table, "rater1", "sheet/").content.decode()
    (moment,) = (u for u in utterances(table.id, "rater1") if u.acts)
    assert page.count("Where a machine would look (1)") == 1
    assert f'<a href="#n{moment.n}">' in page
    assert re.findall('name="evidence-[a-z]+" value="([^"]*)"', page) == ["", "", ""]
    assert not re.search('type="radio"[^>]* checked', page)


def test_a_sheet_can_be_submitted_without_a_script(table):
    n = table.n("rater1", "doubt")
    answer = post(table, "rater1", "sheet/", form("43-", n, **{"note-data": "a\r\nb", "incident": "noise"}))
    assert (answer.status_code, answer.url) == (302, f"/rooms/{table.id}/rater1/sheet/")
    (sheet,) = queries.sheets(table.id)
    assert [(m.level, m.note, len(m.evidence)) for m in sheet.marks] == [
        (4, "", 1),
        (3, "a\nb", 1),
        (None, "", 1),
    ]
    assert (sheet.closing, sheet.incident) == (3, "noise")
    page = get(table, "rater1", "sheet/").content.decode()
    assert "Submitted on" in page
    assert "data-evidence" not in page
    assert 'name="level-framing"' in get(table, "rater1", "sheet/?change=1").content.decode()


def test_a_bad_submission_says_what_is_missing_and_keeps_the_draft(table):
    answer = post(table, "rater1", "sheet/", {"level-framing": "2", "note-risk": "KEPT", "version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Attach a moment as evidence, or note why there is none." in page
    assert "The closing judgement is still open." in page
    assert "KEPT" in page
    assert "KEPT" in get(table, "rater1", "sheet/").content.decode()


def test_a_draft_is_kept_as_one_writes_and_the_answer_says_when(table):
    answer = post(table, "rater1", "sheet/draft/", form("4--", 3))
    assert set(answer.json()) == {"saved", "problems"}
    assert answer.status_code == 200
    page = get(table, "rater1", "sheet/").content.decode()
    assert re.search(r'name="level-framing" value="4"[^>]* checked', page)


def test_a_quote_is_the_logs_whatever_the_browser_sends(table):
    n = table.n("rater1", "doubt")
    post(
        table,
        "rater1",
        "sheet/draft/",
        form("4--", n, quote="I am certain.", **{"quote-framing": "I am certain."}),
    )
    page = get(table, "rater1", "sheet/").content.decode()
    assert "“I doubt the labels.”" in page
    assert "certain" not in page


def test_a_draft_with_evidence_from_nowhere_says_so_and_keeps_the_rest(table):
    answer = post(table, "rater1", "sheet/draft/", form("4--", 999))
    assert answer.json()["problems"] == ["Item 999 of your transcript is nothing that was said."] * 3
    assert Scoresheet.objects.get().ratings.get(dimension="framing").level == 4


@pytest.mark.parametrize("wrong", [{"level-framing": "x"}, {"level-framing": "9"}, {"note-risk": "n" * 2001}])
def test_a_form_of_nobodys_making_is_answered_and_changes_nothing(table, wrong):
    assert post(table, "rater1", "sheet/draft/", wrong).status_code == 422
    assert post(table, "rater1", "sheet/", wrong).status_code == 422
    assert not Scoresheet.objects.exists()


def test_a_draft_of_a_version_submitted_elsewhere_is_turned_away(table):
    post(table, "rater1", "sheet/", form("333", table.n("rater1", "doubt")))
    assert post(table, "rater1", "sheet/draft/", form("111", 3)).status_code == 409
    assert post(table, "rater1", "sheet/", form("111", 3)).status_code == 422
    assert len(queries.sheets(table.id)) == 1


def test_a_draft_can_be_kept_without_a_script(table):
    assert post(table, "rater1", "sheet/draft/", form("4--", 0, plain="1")).status_code == 302
    wrong = post(table, "rater1", "sheet/draft/", form("4--", 999, plain="1"))
    assert (wrong.status_code, b"Item 999 of your transcript" in wrong.content) == (200, True)


# --- debrief and report ------------------------------------------------------------------------------


def test_the_debrief_begins_with_the_largest_disagreement(rated):
    page = get(rated, "rater2", "debrief/").content.decode()
    assert re.findall(r'data-test="talk-(\w+)"', page) == ["framing", "data", "risk"]
    assert page.count("▲ 2 levels") == 4  # framing and data, in the table and above their quotes
    assert "I doubt the labels." in page


def test_the_report_waits_until_the_worker_has_built_it(table):
    submit(table, "rater1", "433")
    submit(table, "rater2", "213")
    assert "waits for the worker" in get(table, "facilitator", "report/").content.decode()


def test_the_report_shows_marks_agreement_probes_weights_and_limits(rated):
    page = get(rated, "facilitator", "report/").content.decode()
    for shown in (
        "Debrief first",
        "▲ 2 levels",
        "Ana marks",
        "than an average rater over 40 interviews",
        "How this came about",
        "only 6 marks can be paired; alpha needs at least 10",
        "The cost",
        "What about the labels?",
        "Score at checkout",
        "the panel of 2025",
        "What this report cannot say",
        "cannot remove a bias that all of them share",
        queries.current_report(rated.id).row.digest,
    ):
        assert shown in page, shown


def test_a_report_that_only_describes_shows_neither_bar_nor_probability(rated):
    rules.declare(Calibration.objects.get().workspace_id, Rule(recommends=False), "Fay", rated.now)
    service.build_report(rated.id)
    page = get(rated, "facilitator", "report/").content.decode()
    assert "No recommendation" in page
    assert "Ana marks" in page
    for hidden in ("probability of lying above", "bar 2.5", "Who set the bar", "Expected loss"):
        assert hidden not in page, hidden


def test_who_opens_a_report_or_takes_it_along_is_noted(rated):
    for seat, page in (("facilitator", "report/"), ("facilitator", "report.json"), ("candidate", "report/")):
        get(rated, seat, page)
    entries = AuditEntry.objects.order_by("pk").values_list("actor_name", "act", "object")
    assert list(entries) == [
        ("Fay, a guest", "opened report", f"room {rated.id} as facilitator"),
        ("Fay, a guest", "took report as JSON", f"room {rated.id} as facilitator"),
    ]


def test_the_report_can_be_taken_along_as_json(rated):
    answer = get(rated, "rater1", "report.json")
    assert answer.content.decode() == queries.current_report(rated.id).row.document
    assert json.loads(answer.content)["says"] == "debrief"
    assert answer["Content-Disposition"] == f'attachment; filename="report-{rated.id}.json"'


def test_a_stale_report_says_so_and_cannot_be_signed(rated):
    submit(rated, "rater2", "433")
    page = get(rated, "facilitator", "report/").content.decode()
    assert "out of date" in page
    assert "sign-form" not in page


def test_a_decision_is_signed_on_the_page_with_its_reason(rated):
    page = get(rated, "facilitator", "report/").content.decode()
    digest = re.search(r'name="digest" value="(\w+)"', page)[1]
    given = {"digest": digest, "decision": "hire", "name": "Fay Good"}
    refused = post(rated, "facilitator", "report/sign/", given)
    assert (refused.status_code, b"say why" in refused.content, b"Fay Good" in refused.content) == (
        422,
        True,
        True,
    )
    assert post(rated, "facilitator", "report/sign/", {**given, "reason": "We talked."}).status_code == 302
    page = get(rated, "rater1", "report/").content.decode()
    assert "signed by <strong>Fay Good</strong>" in page
    assert "We talked." in page
    assert Signature.objects.count() == 1


def test_no_page_needs_an_inline_script_or_style(rated):
    for page in ("sheet/", "sheet/?change=1", "debrief/", "report/"):
        text = get(rated, "rater1", page).content.decode()
        assert not re.findall(r'<style|\sstyle="|\son\w+="|<script(?![^>]*(src=|application/json))', text)


def test_what_a_rater_writes_is_never_markup(table):
    submit(table, "rater1", "433", "<b>bold</b>")
    submit(table, "rater2", "433")
    service.build_report(table.id)
    for page in ("debrief/", "report/"):
        text = get(table, "rater2", page).content.decode()
        assert "&lt;b&gt;bold" in text
        assert "<b>bold" not in text


# --- two rooms side by side -----------------------------------------------------------------------------


def test_two_rooms_of_ones_own_are_compared(opens):
    one, other = opens().play(), opens().sit()
    browser = one.browser("facilitator")
    browser.cookies.update(other.browser("facilitator").cookies)
    html = browser.get(f"/rooms/{one.id}/facilitator/compare/?with={other.id}").content.decode()
    assert "Only the first candidate met 2 of the injects that every candidate is owed" in html


@pytest.mark.parametrize("seat", ["candidate", "rater1", None])
def test_a_room_one_does_not_run_sounds_like_one_that_is_not_there(opens, seat):
    one, other = opens().play(), opens().play()
    browser = one.browser("facilitator")
    if seat is not None:
        browser.cookies.update(other.browser(seat).cookies)
    told = browser.get(f"/rooms/{one.id}/facilitator/compare/?with={other.id}").content.decode()
    unknown = browser.get(f"/rooms/{one.id}/facilitator/compare/?with=0123456789ab").content.decode()
    assert told.replace(other.id, "X") == unknown.replace("0123456789ab", "X")
    assert "You run no room" in told
