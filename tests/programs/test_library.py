"""Every case of the library, played by its own candidates: they are told apart, and nothing lies idle."""

import json
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from scenarios.loader import bundled, load_bundled

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # seven seconds a case: once is enough

NAMES = ("strong", "middling", "weak")


def rehearse(slug: str, name: str) -> dict[str, Any]:
    out = StringIO()
    call_command("rehearse", slug, "--candidate", name, "--json", stdout=out)
    done: dict[str, Any] = json.loads(out.getvalue())
    done["log"] = [json.loads(line) for line in Path(done["transcript"]).read_text("utf-8").splitlines()]
    return done


@pytest.fixture(scope="module", params=[s.slug for s in bundled()])
def played(module_database, request):
    """(slug, what each candidate brought about): a few seconds a case, so played once."""
    return request.param, {name: rehearse(request.param, name) for name in NAMES}


def test_its_candidates_are_told_apart(played):
    _, done = played
    strong, middling, weak = (done[name]["composite"] for name in NAMES)
    assert strong - 0.3 > middling > weak + 0.5
    assert [done[name]["leans"] for name in NAMES] == ["hire", "no_hire", "no_hire"]
    assert done["middling"]["above"] > done["weak"]["above"] + 0.2  # near the bar, and below it


def test_each_inject_is_met_by_one_of_them(played):
    slug, done = played
    met = {line["inject"] for each in done.values() for line in each["log"] if line["type"] == "inject_fired"}
    assert met == {i.key for i in load_bundled(slug).injects}


def test_nobody_says_the_same_twice(played):
    _, done = played
    for each in done.values():
        said = Counter(line["text"] for line in each["log"] if line["type"] in ("said", "inject_spoken"))
        assert [text for text, times in said.items() if times > 1] == []
