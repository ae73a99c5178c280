"""A whole panel in a real browser, lobby to signed report: every person in a window of their own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOON = 15_000  # ms: what a person does
BOTS = 60_000  # ms: bots think before they speak


@dataclass
class Person:
    """One window. Anything the console complains of fails the test."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def enter(self, link: str) -> "Person":
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.goto(link)
        return self

    def see(self, hook: str) -> Locator:
        return self.page.locator(f'[data-test="{hook}"]').first

    def press(self, hook: str) -> None:
        self.see(hook).click(timeout=SOON)

    def write(self, hook: str, text: str) -> None:
        self.see(hook).fill(text, timeout=SOON)

    def mode(self, mode: str) -> None:
        self.see(f"mode-{mode}").check(timeout=SOON, force=True)

    def hears(self, text: str | re.Pattern[str], within: int = SOON) -> None:
        expect(self.see("transcript")).to_contain_text(text, timeout=within)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.wrong.append(message.text)


@dataclass
class Panel:
    browser: Browser
    room: dict[str, Any]
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, seat: str) -> Person:
        if seat not in self.people:
            link = next(s["join"] for s in self.room["seats"] if s["seat"] == seat)
            self.people[seat] = Person(self.browser.new_context().new_page()).enter(link)
        return self.people[seat]


@pytest.fixture
def panel(browser: Browser, site: Site) -> Iterator[Panel]:
    here = Panel(browser, site.open_room("fraud", "--fill"))
    yield here
    for person in here.people.values():
        person.page.context.close()


def test_a_whole_panel_from_the_lobby_to_a_signed_report(panel: Panel):
    candidate, facilitator = panel.person("candidate"), panel.person("facilitator")
    lobby(candidate, facilitator)
    raters = [panel.person("rater1"), panel.person("rater2")]
    talk(candidate, facilitator)
    pressure(candidate, facilitator, raters[0])
    course(candidate, facilitator)
    sheets(raters)
    report(facilitator, raters[0])
    assert {seat: person.wrong for seat, person in panel.people.items() if person.wrong} == {}


def lobby(candidate: Person, facilitator: Person) -> None:
    """Nobody starts before the candidate is ready, and the facilitator sees who is waited for."""
    candidate.write("name", "Ada Moreau")
    candidate.press("take-seat")
    expect(facilitator.see("gate")).to_contain_text("Ada Moreau", timeout=SOON)
    candidate.press("ready")
    expect(facilitator.see("gate")).to_contain_text("Everyone is ready", timeout=SOON)
    facilitator.press("start")
    for person in (candidate, facilitator):
        expect(person.see("countdown")).to_be_visible(timeout=SOON)


def talk(candidate: Person, facilitator: Person) -> None:
    """Said, assumed, decided, asked for: all of it on both pages, and the panel answers by itself."""
    candidate.write("composer-text", "Before a model: which outcome matters most, and to whom?")
    candidate.press("send")
    facilitator.hears("which outcome matters most")
    candidate.mode("assume")
    candidate.write("composer-text", "We may decline an order, but not hold it for a day.")
    candidate.press("send")
    candidate.mode("commit")
    for name, text in (
        ("choice", "Decline automatically above a score of 0.9"),
        ("why", "the loss sits in the top of the list"),
        ("gives-up", "some good orders"),
        ("would-change", "appeals above two per cent within two weeks"),
    ):
        candidate.write(f"commit-{name}", text)
    candidate.press("send")
    expect(candidate.see("board")).to_contain_text("D1", timeout=SOON)
    expect(candidate.see("board")).to_contain_text("Decline automatically above a score of 0.9")
    expect(candidate.see("board")).to_contain_text("not hold it for a day")
    expect(candidate.see("board")).to_contain_text("Jonas", timeout=BOTS)  # the dissenter objects by himself


def pressure(candidate: Person, facilitator: Person, rater: Person) -> None:
    """An inject is edited and fired by hand; the rater is told what it probes, the candidate is not."""
    inject = facilitator.page.locator('article.inject[data-state="waiting"]').first
    key = str(inject.get_attribute("data-test")).removeprefix("inject-")
    facilitator.press(f"inject-{key}-open")
    facilitator.write(f"inject-{key}-text", "A word from outside the script: the budget is halved.")
    facilitator.press(f"inject-{key}-fire")
    candidate.hears("the budget is halved")
    rater.hears("the budget is halved")
    rater.hears("Listen for")
    assert "Listen for" not in candidate.see("transcript").inner_text()
    facilitator.see("quiet").check(force=True)
    facilitator.see("quiet").uncheck(force=True)


def course(candidate: Person, facilitator: Person) -> None:
    """Through all six phases to the end; a reload in the middle loses nothing."""
    candidate.page.reload()
    candidate.hears("which outcome matters most")
    for number in range(6):
        facilitator.press("advance")
        facilitator.press("advance-yes")
        if number < 5:
            expect(candidate.see("phase-name")).not_to_be_empty(timeout=SOON)
            candidate.mode("say")
            candidate.write("composer-text", f"Phase {number + 2}: the biggest risk is drift.")
            candidate.press("send")
            facilitator.hears(f"Phase {number + 2}:")
    for person in (candidate, facilitator):
        expect(person.see("ended")).to_be_visible(timeout=SOON)


def sheets(raters: list[Person]) -> None:
    """Seven dimensions marked with evidence by each rater, blind to the other."""
    for number, rater in enumerate(raters):
        page = rater.page
        for card in page.locator("details.mark-card").all():
            if card.get_attribute("open") is None:
                card.locator("summary").first.click()
            card.locator(".level").nth(1 + number % 2).click()
            page.locator('#transcript [data-test="evidence"]').first.click()
            expect(card.locator("[data-quotes] .quote").first).to_be_visible(timeout=SOON)
        page.locator("section.closing .level").nth(2).click()
        rater.press("submit")
        expect(rater.see("submitted")).to_be_visible(timeout=SOON)


def report(facilitator: Person, rater: Person) -> None:
    """Unlocked once both are in; built by the worker; signed by a named person."""
    facilitator.press("next")
    expect(facilitator.see("debrief")).to_be_visible(timeout=SOON)
    url = facilitator.page.url.replace("/debrief/", "/report/")
    for _ in range(20):
        facilitator.page.goto(url)
        if facilitator.see("verdict").count():
            break
        facilitator.page.wait_for_timeout(1_000)
    expect(facilitator.see("verdict")).to_be_visible()
    expect(facilitator.see("limits")).not_to_be_empty()
    page = facilitator.page
    page.locator('input[name="decision"]').first.check()
    page.fill('[name="name"]', "Noor Haddad")
    page.fill('[name="reason"]', "The panel talked it over.")
    facilitator.press("sign")
    expect(facilitator.see("signature")).to_contain_text("Noor Haddad", timeout=SOON)
    rater.page.goto(rater.page.url.replace("/sheet/", "/report/"))
    expect(rater.see("signature")).to_contain_text("Noor Haddad", timeout=SOON)
