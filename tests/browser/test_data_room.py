"""The data room in a real browser: asked for, handed over in part, questioned with the keyboard alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_panel import SOON, Panel, Person
from tests.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def panel(browser: Browser, site: Site) -> Iterator[Panel]:
    here = Panel(browser, site.open_room("fraud", "--seniority", "staff"))
    yield here
    for person in here.people.values():
        person.page.context.close()


def test_a_table_is_asked_for_handed_over_in_part_and_questioned(panel: Panel):
    candidate, owner, facilitator = (panel.person(s) for s in ("candidate", "data_owner", "facilitator"))
    for person, name in ((candidate, "Ada"), (owner, "Tess")):
        person.write("name", name)
        person.press("take-seat")
    facilitator.press("start-anyway")
    asks(candidate)
    hands_over(owner)
    questions(candidate)
    facilitator.hears("asks the tables, Q1")
    assert {seat: person.wrong for seat, person in panel.people.items() if person.wrong} == {}


def asks(candidate: Person) -> None:
    """With a purpose, which is what the holder decides by."""
    candidate.press("tab-data")
    expect(candidate.see("dataroom")).to_contain_text("No table yet", timeout=SOON)
    candidate.mode("request_data")
    candidate.write("composer-text", "The orders of the last months")
    candidate.write("request_data-purpose", "to see how late the labels are")
    candidate.press("send")


def hands_over(owner: Person) -> None:
    """Without the buyers; the holder reads the purpose."""
    expect(owner.see("request-R1")).to_contain_text("to see how late the labels are", timeout=SOON)
    owner.see("give-R1-set").select_option("orders")
    owner.see("narrow-R1").locator("summary").first.click()
    owner.see("narrow-R1").locator("label", has_text="buyer").first.locator("input").check()
    owner.press("give-R1")


def questions(candidate: Person) -> None:
    """Tabs by arrow, a query by Ctrl+Enter, and a refusal that says why."""
    page = candidate.page
    expect(candidate.see("column-amount")).to_be_visible(timeout=SOON)
    assert candidate.see("column-buyer").count() == 0
    candidate.see("column-amount").focus()
    page.keyboard.press("Enter")
    expect(page.locator("svg.chart").first).to_be_visible(timeout=SOON)
    page.locator("#tab-dataview-columns").focus()
    page.keyboard.press("ArrowLeft")  # round to the last one
    expect(candidate.see("sql")).to_be_visible(timeout=SOON)
    candidate.write("sql", "SELECT channel, count(*) AS n FROM orders GROUP BY ALL ORDER BY 1")
    page.keyboard.press("Control+Enter")
    expect(candidate.see("answer")).to_contain_text("android", timeout=SOON)
    candidate.write("sql", "SELECT buyer FROM orders")
    page.keyboard.press("Control+Enter")
    expect(candidate.see("query-problem")).to_contain_text("buyer", timeout=SOON)
