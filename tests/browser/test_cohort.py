"""A cohort from its link to its progress pages: a coach and six members in real browsers, three rounds."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_organiser import Window
from tests.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = ["Ana", "Ben", "Cem", "Dia", "Eva", "Fay"]
PREPARE = """
import json
from casesim.accounts.models import Membership, User, Workspace
from casesim.accounts.service import sign_in_link
from tests.cohorts.builders import case
made = Workspace.objects.create(slug="coaching", name="Acme")
names = "Cole Ana Ben Cem Dia Eva Fay".split()
people = {name: User.objects.create_user(f"{name.lower()}@coaching.test", name=name) for name in names}
Membership.objects.create(workspace=made, person=people["Cole"], role="organiser")
for slug in ("alpha", "beta", "gamma"):
    case(slug)
print(json.dumps({name: sign_in_link(person) for name, person in people.items()}))
"""
# the hour itself is played through the door, as tests/browser/test_panel.py plays it by hand
PLAY = """
import json
from casesim.cohorts.models import Cohort
from casesim.cohorts.queries import held, names
from tests.cohorts.builders import play
cohort = Cohort.objects.get(workspace__slug="coaching")
there = held(cohort)
for each in there[:2]:
    play(each, "32", report=True)
called = names(cohort)
print(json.dumps({seat: called[who] for seat, who in there[0].laid.people.items()}))
"""


@pytest.fixture
def window(browser: Browser, site: Site) -> Any:
    return lambda: Window(browser, site)


def signed_in(window: Any, link: str) -> Any:
    here = window()
    here.page.goto(link)
    here.press("Sign in")
    return here


def test_a_coach_runs_a_cohort_of_six_from_the_link_to_the_progress_pages(site, window):
    links = json.loads(site.manage("shell", "-v0", "-c", PREPARE).splitlines()[-1])
    cole = signed_in(window, links["Cole"])
    cole.page.goto("/workspaces/coaching/cohorts/")
    cole.write("Name", "Spring")
    cole.press("Make the cohort")
    for title in ("Case Alpha", "Case Beta", "Case Gamma"):
        cole.page.get_by_label(title, exact=True).check()
    cole.press("Choose these")
    cole.write("First round begins", "2031-03-03T17:00")
    cole.write("How many rounds", "3")
    cole.press("Add the rounds")
    expect(cole.page.locator('[data-test="round-line"]')).to_have_count(3)
    cole.page.get_by_text("Invite by link").click()
    cole.press("Make a link")
    invitation = cole.value("invitation")

    members = {}
    for name in NAMES:
        members[name] = one = signed_in(window, links[name])
        one.page.goto(invitation)
        one.press(f"Accept as {name.lower()}@coaching.test")
        one.press("Join the cohort")
        one.press("Save")
        one.sees("Your rounds")

    cole.page.goto(cole.page.url.replace("/invite/", "/"))
    expect(cole.page.locator('[data-test="member"]')).to_have_count(6)
    cole.sees("every round")
    cole.follow("Plan")
    cole.press("Make the plan")
    expect(cole.page.get_by_role("button", name="Open the rooms")).to_be_visible(timeout=60_000)
    expect(cole.page.locator('[data-test="member-line"]')).to_have_count(6)
    cole.press("Open the rooms")
    cole.sees("3 rooms opened")
    cole.press("Bring the rooms to this plan")
    cole.sees("Nothing had to change")

    seats = json.loads(site.manage("shell", "-v0", "-c", PLAY).splitlines()[-1])
    candidate, rater = members[seats["candidate"]], members[seats["rater1"]]
    rater.page.goto("/")
    rater.page.get_by_role("link", name="Say what went well and what to change").first.click()
    rater.write("What went well", "You asked what an error costs.")
    rater.write("What to do differently next time", "Say sooner which way you go.")
    rater.press("Keep it")
    candidate.page.goto("/")
    candidate.page.get_by_role("link", name="Say how it was for you").first.click()
    candidate.write("What went well", "I began with the cost.")
    candidate.write("What to do differently next time", "I stopped too early.")
    candidate.press("Keep it")
    candidate.sees("Say sooner which way you go.")
    expect(candidate.page.locator('[data-test="growth"]')).to_have_count(2)
    candidate.page.get_by_label("Growth by dimension", exact=True).last.check()
    candidate.press("Save")
    candidate.page.locator('[data-test="moments"] a').first.click()
    expect(candidate.page.locator("li:target")).to_contain_text("I would ask what an error costs.")

    rater.page.reload()
    rater.follow(seats["candidate"])
    expect(rater.page.locator('[data-test="growth"]')).to_have_count(2)
    expect(rater.page.locator("body")).not_to_contain_text("I stopped too early.")
    cole.follow("Coaching")
    expect(cole.page.locator('[data-test="coach-line"]')).to_have_count(6)
    cole.sees("Round 3")
    assert [each.wrong for each in (cole, *members.values())] == [[]] * 7
