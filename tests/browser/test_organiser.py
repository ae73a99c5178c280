"""From an empty server to a room with people in it, in real browsers: organiser, invited rater, guest."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MAKE_OPERATOR = """
from casesim.accounts.models import User
User.objects.create_superuser("olga@acme.test", name="Olga Ortega")
"""
CODE = re.compile(r"(?m)^([A-Z0-9]{3,4}-[A-Z0-9]{3,4})$")


class Window:
    """One person's browser. Anything its console complains of fails the test."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.page: Page = browser.new_context(base_url=site.url).new_page()
        self.wrong: list[str] = []
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)

    def value(self, hook: str) -> str:
        return self.page.locator(f'[data-test="{hook}"]').first.input_value()


@pytest.fixture
def window(browser: Browser, site: Site) -> Any:
    return lambda: Window(browser, site)


def last_code(site: Site) -> str:
    """The code of the newest e-mail: without a mail server they are written to the console."""
    return CODE.findall((site.var / "log" / "web.log").read_text())[-1]


def test_an_organiser_opens_a_room_for_an_invited_rater_and_a_guest(site, window):
    site.manage("shell", "-v0", "-c", MAKE_OPERATOR)
    olga, rita, guest = window(), window(), window()

    olga.page.goto(site.manage("sign_in_link", "olga@acme.test").strip())
    olga.press("Sign in")
    olga.sees("Nothing is waiting for you")
    olga.follow("Workspaces")
    olga.write("Name", "Acme Hiring")
    olga.press("Make it")
    olga.write("Only addresses at (optional)", "acme.test")
    olga.press("Make a link")

    rita.page.goto(olga.value("invitation"))
    rita.follow("Make an account")
    rita.write("Your name", "Rita Reed")
    rita.write("Email", "rita@acme.test")
    rita.write("Password", "correct horse battery")
    rita.press("Make the account")
    rita.sees("Is this your address?")
    rita.write("Code", last_code(site))
    rita.press("Go on")
    rita.press("Accept as rita@acme.test")
    rita.sees("Welcome to Acme Hiring")

    olga.follow("Rooms")
    olga.follow("Open a room")
    olga.page.locator('a[href$="/rooms/new/fraud/"]').click()
    olga.write("Title (optional)", "Gus, on fraud")
    olga.page.get_by_label("Rater 1", exact=True).select_option(label="Rita Reed")
    olga.page.get_by_label("Rater 2", exact=True).select_option(label="Nobody")
    olga.press("Open the room")
    olga.press("Make the link")

    guest.page.goto(olga.value("link"))
    guest.page.locator('[data-test="name"]').first.fill("Gus")
    guest.press("Sit down")

    rita.page.goto("/")
    rita.page.get_by_role("link", name="Gus, on fraud").click()
    expect(rita.page).to_have_url(re.compile("/rater1/sheet/$"))

    olga.follow("Enter as Facilitator")
    expect(olga.page.locator('[data-test="name"]').first).to_have_value("Olga Ortega")
    olga.press("Sit down")
    olga.press("Start anyway")
    for person in (olga, guest):
        expect(person.page.locator('[data-test="countdown"]').first).to_be_visible()
    assert (olga.wrong, rita.wrong, guest.wrong) == ([], [], [])
