"""The first page and the catalogue: for everyone, so with public facts only."""

import html

import pytest

from scenarios import service
from scenarios.loader import load_bundled

FRAUD = load_bundled("fraud")

pytestmark = pytest.mark.django_db


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_the_first_page_says_what_to_do_next_before_anything_is_published(client):
    page = text(client, "/")
    assert "open_room SCENARIO" in page
    assert 'href="/scenarios/"' in page


def test_the_first_page_names_a_scenario_that_is_there(client):
    service.publish(FRAUD)
    assert "manage.py open_room fraud" in text(client, "/")


def test_an_empty_catalogue_says_how_to_fill_it(client):
    assert "manage.py scenarios publish" in text(client, "/scenarios/")


def test_the_catalogue_shows_what_everyone_may_know(client):
    service.publish(FRAUD)
    page = text(client, "/scenarios/")
    shown = [FRAUD.title, FRAUD.summary, "60 minutes", f"{len(FRAUD.injects)} injects"]
    shown += [part for r in FRAUD.roles for part in (r.name, r.title, r.face)] + [
        p.name for p in FRAUD.phases
    ]
    assert [part for part in shown if part not in page] == []


def test_the_catalogue_gives_nothing_away(client):
    service.publish(FRAUD)
    page = text(client, "/scenarios/")
    secret = [part for r in FRAUD.roles for part in (r.brief, r.position, r.yields_when)]
    secret += [f.text for f in FRAUD.facts] + [d.flaw for d in FRAUD.data_sets] + list(FRAUD.missing)
    secret += [part for i in FRAUD.injects for part in (i.text, i.expected, i.title, i.key)]
    secret += [p.focus for p in FRAUD.phases]
    assert [part for part in secret if part in page] == []


@pytest.mark.parametrize("path", ["/", "/scenarios/"])
def test_a_page_is_only_read(client, path):
    assert client.post(path).status_code == 405
