"""A loop in real browsers: two rooms, a guest by one link, three invited raters, a bot, one report."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_organiser import Window
from tests.builders import inject, role, scenario
from tests.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BUILT = 60_000  # ms: the sweep looks every half a minute, and a report takes a moment
PEOPLE = {"olga": "Olga Ortega", "rita": "Rita Reed", "ben": "Ben Berg", "tina": "Tina Thorn"}
PHASE = {"seconds": 600, "prompt": "Go.", "focus": "thinking", "led_by": "dana"}
CASE = {
    "roles": [role("dana", "dissenter")],
    "phases": [{"key": "one", "name": "One", **PHASE}],
    "facts": [],
    "data_sets": [],
    "injects": [{**inject("push", "one", "dana", at=1), "dimensions": ["framing", "risk"]}],
}
SET_UP = """
import hashlib, json
from casesim.accounts.models import Membership, User, Workspace
from casesim.accounts.service import sign_in_link
from scenarios.core.schema import Scenario
from scenarios.models import ScenarioVersion
for document in json.loads(open({path!r}).read()):
    case = Scenario.model_validate(document)
    text = case.model_dump_json()
    digest = hashlib.sha256(text.encode()).hexdigest()
    ScenarioVersion.objects.create(slug=case.slug, version=1, title=case.title, document=text, digest=digest)
made = Workspace.objects.create(slug="loops", name="Acme Loops")
for name, called in {people!r}.items():
    User.objects.create_superuser(name + "@loops.test", name=called)
olga = User.objects.get(email="olga@loops.test")
Membership.objects.create(workspace=made, person=olga, role="owner")
people = User.objects.filter(email__endswith="@loops.test")
print(json.dumps({{each.email.split("@")[0]: sign_in_link(each) for each in people}}))
"""


@pytest.fixture
def company(browser: Any, site: Site, tmp_path: Path) -> dict[str, Window]:
    """Two short cases, a workspace, and people with accounts; only Olga is in it yet."""
    cases = [scenario(**CASE), scenario(**CASE, slug="second", title="A second case")]
    documents = [json.loads(case.model_dump_json()) for case in cases]
    (tmp_path / "cases.json").write_text(json.dumps(documents))
    made = SET_UP.format(path=str(tmp_path / "cases.json"), people=PEOPLE)
    links = json.loads(site.manage("shell", "-v0", "-c", made))
    windows = {name: Window(browser, site) for name in (*PEOPLE, "cora")}
    for name in PEOPLE:
        windows[name].page.goto(links[name])
        windows[name].press("Sign in")
    return windows


def test_a_company_takes_a_candidate_through_two_rooms_to_one_report(company: dict[str, Window]):
    olga, cora = company["olga"], company["cora"]
    invited(company)
    set_up(olga)
    agrees(olga, cora)
    for number, (title, raters) in enumerate(
        (("First room", ("rita", "ben")), ("Second room", ("ben", "tina"))), 1
    ):
        runs(olga, cora, title)
        for rater in raters:
            rates(company[rater], title, number)
    reads_and_signs(olga)
    told(olga, cora)
    assert {name: window.wrong for name, window in company.items() if window.wrong} == {}


def invited(company: dict[str, Window]) -> None:
    """Three raters follow one invitation."""
    olga = company["olga"]
    olga.page.goto("/workspaces/loops/members/")
    olga.write("For how many people", "3")
    olga.press("Make a link")
    link = olga.value("invitation")
    for name in ("rita", "ben", "tina"):
        company[name].page.goto(link)
        company[name].press(f"Accept as {name}@loops.test")
        company[name].sees("Welcome to Acme Loops")


def set_up(olga: Window) -> None:
    """A loop with two rooms: other cases, other panels, one rater in both, one told what to watch."""
    olga.page.goto("/workspaces/loops/")
    olga.follow("Loops")
    olga.follow("New loop")
    olga.write("Candidate's name", "Cora Lind")
    olga.page.get_by_label("Extra time, in per cent", exact=True).fill("25")
    olga.page.get_by_label("Rubric", exact=True).select_option(label="Small, version 1")
    olga.press("Make the loop")
    room(olga, "A small case", "First room", "Rita Reed", "Ben Berg")
    room(olga, "A second case", "Second room", "Ben Berg", "Tina Thorn")
    expect(olga.page.locator('[data-test="room"]')).to_have_count(2)


def room(olga: Window, case: str, title: str, *raters: str) -> None:
    if not olga.page.get_by_role("link", name=f"Add a room with {case}").is_visible():
        olga.page.get_by_text("Add a room", exact=True).click()
    olga.page.get_by_role("link", name=f"Add a room with {case}").click()
    olga.write("Title (optional)", title)
    for number, rater in enumerate(raters, 1):
        olga.page.get_by_label(f"Rater {number}", exact=True).select_option(label=rater)
    olga.press("Add the room")
    olga.sees(title)


def agrees(olga: Window, cora: Window) -> None:
    """One link; nothing starts before she agreed; she enters each room from her page."""
    olga.press("Make the candidate's link")
    link = olga.value("link")
    cora.page.goto(link)
    cora.sees("What is recorded")
    cora.sees("25 % longer")
    assert link.rsplit("/", 2)[1] not in cora.page.url
    cora.page.get_by_role("button", name="I agree, for all rooms to come").click()
    cora.sees("Thank you")


def runs(olga: Window, cora: Window, title: str) -> None:
    """The room with its bot, from the lobby to the end."""
    home = cora.page.url
    cora.page.get_by_role("button", name=f"Enter {title}").click()
    cora.page.locator('[data-test="name"]').first.fill("Cora Lind")
    cora.press("Sit down")
    olga.page.goto("/")
    olga.page.get_by_role("link", name=title).first.click()
    olga.press("Sit down")
    olga.press("Start anyway")
    expect(cora.page.locator('[data-test="countdown"]').first).to_be_visible()
    expect(cora.page.locator('[data-test="extra-time"]').first).to_contain_text("+25 % time, agreed")
    cora.page.locator('[data-test="composer-text"]').first.fill("Which error hurts more, and whom?")
    cora.page.locator('[data-test="send"]').first.click()
    expect(olga.page.locator('[data-test="transcript"]').first).to_contain_text("Which error hurts more")
    # the bot in the panel's seat puts what is due
    expect(cora.page.locator('[data-test="transcript"]').first).to_contain_text(
        "words of push", timeout=30_000
    )
    olga.page.locator('[data-test="advance"]').first.click()
    olga.page.locator('[data-test="advance-yes"]').first.click()
    expect(cora.page.locator('[data-test="ended"]').first).to_be_visible(timeout=15_000)
    cora.page.goto(home)


def rates(rater: Window, title: str, place: int) -> None:
    """Both dimensions, with a moment each, blind."""
    rater.page.goto("/")
    rater.page.get_by_role("link", name=title).first.click()
    for card in rater.page.locator("details.mark-card").all():
        if card.get_attribute("open") is None:
            card.locator("summary").first.click()
        card.locator(".level").nth(place).click()
        rater.page.locator('#transcript [data-test="evidence"]').first.click()
        expect(card.locator("[data-quotes] .quote").first).to_be_visible()
    rater.page.locator("section.closing .level").nth(2).click()
    rater.page.locator('[data-test="submit"]').first.click()
    expect(rater.page.locator('[data-test="submitted"]').first).to_be_visible()


def reads_and_signs(olga: Window) -> None:
    """Both rooms, four sheets, one estimate; then her name under a decision."""
    olga.page.goto("/workspaces/loops/loops/")
    olga.follow("Cora Lind")
    olga.page.get_by_role("link", name="Report").click()
    expect(olga.page.locator('[data-test="verdict"]').first).to_be_visible(timeout=BUILT)
    expect(olga.page.locator('[data-test="missing"]')).to_have_count(0, timeout=BUILT)
    expect(olga.page.locator('[data-test="rooms"] tbody tr')).to_have_count(2)
    expect(olga.page.locator('[data-test="raters"] tbody tr')).to_have_count(
        3
    )  # Ben is one rater in two rooms
    expect(olga.page.locator('[data-test="marks"]').first).to_contain_text("room 1, room 2")
    olga.page.get_by_role("link", name="Debrief").first.click()
    olga.sees("Which error hurts more")
    olga.page.go_back()
    olga.page.get_by_label("No hire", exact=True).check()
    olga.page.locator("#reason").fill("The panel talked it over.")
    olga.press("Sign the decision")
    expect(olga.page.locator('[data-test="signature"]')).to_contain_text("Olga Ortega")


def told(olga: Window, cora: Window) -> None:
    """The candidate reads the decision and contests it; it stands on the loop's page."""
    olga.page.goto("/")
    olga.page.get_by_role("link", name="Decided: tell the candidate").click()
    olga.write("Words for the candidate", "You asked whom an error hurts: keep doing that.")
    olga.press("Tell the candidate")
    cora.page.reload()
    cora.sees("keep doing that")
    cora.write("What you contest, and why", "The second case had no data.")
    cora.press("Contest the decision")
    olga.page.reload()
    olga.sees("The second case had no data.")
