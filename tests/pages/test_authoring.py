"""Authors without a shell: write, check, preview, rehearse, publish; and never in another workspace."""

import io
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from casesim.authoring import queries, service, trials
from casesim.authoring.models import Draft, Trial
from casesim.authoring.starter import scripts, starter
from scenarios import queries as scenario_queries
from scenarios.models import ScenarioVersion
from tests.accounts.builders import joined, workspace

pytestmark = pytest.mark.django_db

TEXT = starter("mine")


class Author:
    """An author of a workspace at a browser."""

    def __init__(self, made, name: str, role: str = "author") -> None:
        self.here = joined(made, name, role)
        self.client = Client()
        self.client.force_login(self.here.person)

    def url(self, name: str, draft: str = "mine", **more: object) -> str:
        path = {"workspace": self.here.workspace.slug, **more}
        return reverse(f"authoring:{name}", kwargs=path | ({"draft": draft} if name != "scenarios" else {}))

    def get(self, name: str, **more: object) -> str:
        answer = self.client.get(self.url(name, **more))
        assert answer.status_code == 200
        return answer.content.decode()

    def post(self, name: str, data: dict, follow: bool = True, **more: object):
        return self.client.post(self.url(name, **more), data, follow=follow)

    def draft(self, slug: str = "mine", text: str = TEXT) -> Draft:
        return service.begin(self.here, slug, text, scripts(), 1)


def upload(name: str, raw: bytes | str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw.encode() if isinstance(raw, str) else raw)


@pytest.fixture
def ada() -> Author:
    return Author(workspace("acme"), "ada")


def save(author: Author, text: str, seen: str | None = None):
    seen = service.digest(Draft.objects.get(slug="mine").text) if seen is None else seen
    return author.post("draft", {"text": text, "seen": seen})


def test_an_author_begins_with_the_starter_which_is_clean_and_has_scripts(ada):
    page = ada.post("scenarios", {"name": "mine", "source": ""}).content.decode()
    assert 'data-test="state">clean<' in page
    assert [s.name for s in Draft.objects.get().scripts.order_by("name")] == ["strong", "weak"]


def test_an_author_begins_with_a_file_or_with_a_scenario_of_the_library(ada):
    ada.post("scenarios", {"name": "mine", "file": upload("x.yaml", TEXT + "# mine\n")})
    ada.post("scenarios", {"name": "other", "source": "library:fraud"})
    assert Draft.objects.get(slug="mine").text.endswith("# mine\n")
    other = Draft.objects.get(slug="other")
    assert other.text.startswith("# Fraud at the checkout") and other.scripts.count() == 3
    assert ada.post("scenarios", {"name": "mine"}).status_code == 422  # the name is taken


def test_every_problem_is_shown_with_its_line_and_what_to_do(ada):
    ada.draft()
    page = save(ada, TEXT.replace("seconds: 300", "seconds: soon")).content.decode()
    number = TEXT[: TEXT.index("seconds: 300")].count("\n") + 1
    assert f"Line {number}" in page
    assert "seconds: soon" in page and "Write a whole number." in page
    assert Draft.objects.get().text == TEXT.replace("seconds: 300", "seconds: soon")  # kept all the same


HOSTILE = [
    ("a: &x [1]\nb: *x\n", "anchors"),
    ("a: !!python/object/apply:os.system [ls]\n", "tags are not allowed"),
    ("[" * 500, "nested more than"),
    ("a: [\n", "no YAML"),
    ("", "required"),
    ("<script>alert(1)</script>: 1\n", "&lt;script&gt;"),
    ("rubric: ../../settings.py\n", "there is no rubric"),
    ("\x00", "Null characters"),
]


@pytest.mark.parametrize(("text", "said"), HOSTILE, ids=[said for _, said in HOSTILE])
def test_hostile_text_is_told_what_is_wrong_and_harms_nothing(ada, text, said):
    ada.draft()
    page = save(ada, text).content.decode()
    assert said in page
    assert "<script>alert" not in page


def test_a_file_that_is_too_large_or_no_text_is_refused(ada):
    ada.draft()
    for raw, said in ((b"x" * (1024 * 1024 + 1), "larger than 1024 KiB"), (b"\xff\xfe", "not text in UTF-8")):
        answer = ada.post("upload", {"file": upload("x.yaml", raw)})
        assert answer.status_code == 422 and said in answer.content.decode()
    assert Draft.objects.get().text == TEXT


def test_two_authors_who_write_at_once_lose_nothing(ada):
    bea = Author(ada.here.workspace, "bea")
    ada.draft()
    seen = service.digest(TEXT)
    assert save(ada, TEXT + "# ada\n", seen).status_code == 200
    late = save(bea, TEXT + "# bea\n", seen)
    assert late.status_code == 409 and "# bea" in late.content.decode()
    assert Draft.objects.get().text == TEXT + "# ada\n"


def test_the_preview_shows_each_audience_its_own(ada):
    ada.draft()
    page = ada.get("preview")
    everyone, _, rest = page.partition("The candidate alone")
    assert "Ines leads the session" in everyone and "In the pilot" not in everyone
    doubter = rest[rest.index("Karel Novak alone") : rest.index("Rosa Lind alone")]
    assert "In the pilot one ticket in twenty" in doubter and "Key accounts flag everything" not in doubter
    assert "What makes a ticket urgent" in rest[rest.index("Facilitator and raters") :]


def test_a_clean_draft_is_published_into_its_workspace_alone(ada):
    other = Author(workspace("other"), "olga", "owner")
    ada.draft()
    page = ada.post("publish", {}).content.decode()
    assert "mine, version 1, is published" in page
    assert [e.slug for e in scenario_queries.catalogue(ada.here.workspace.pk)] == ["mine"]
    assert scenario_queries.catalogue(other.here.workspace.pk) == ()
    assert "Which ticket first?" not in other.get("scenarios")


def test_what_is_not_clean_is_not_published(ada):
    ada.draft(text=TEXT.replace("role: keeper", "role: nobody", 1))
    page = ada.post("publish", {}).content.decode()
    assert "not clean yet" in page
    assert ScenarioVersion.objects.count() == 0


def test_a_draft_of_another_workspace_is_not_there(ada):
    ada.draft()
    trial = service.ask_trial(ada.here, Draft.objects.get(), 1, "", 1)
    for name in ("draft", "preview", "timeline", "rehearse"):
        for path in ("acme", "other"):
            olga = Author(workspace(f"other-{name}-{path}"), f"olga-{name}-{path}", "owner")
            slug = olga.here.workspace.slug if path == "other" else "acme"
            assert olga.client.get(olga.url(name, workspace=slug)).status_code == 404
    olga = Author(workspace("last"), "olga", "owner")
    olga.draft()
    assert olga.client.get(olga.url("trial", trial=trial.pk)).status_code == 404  # another draft's


def test_a_member_who_is_no_author_sees_neither_tab_nor_page(ada):
    mia = Author(ada.here.workspace, "mia", "member")
    assert mia.client.get(mia.url("scenarios")).status_code == 404
    page = mia.client.get(reverse("programs:workspace", args=["acme"])).content.decode()
    assert "/acme/scenarios/" not in page
    assert "/acme/scenarios/" in ada.client.get(reverse("programs:workspace", args=["acme"])).content.decode()


def test_a_sheet_is_tried_first_and_taken_when_somebody_says_so(ada):
    ada.draft()
    raw = ada.client.get(ada.url("sheet", kind="csv")).content
    changed = raw.replace(b"Somebody waits longer", b"Who waits?")
    page = ada.post("timeline", {"sheet": upload("t.csv", changed)}).content.decode()
    assert "Somebody waits longer" in page and "Who waits?" in page
    assert Draft.objects.get().text == TEXT
    ada.post("take_sheet", {})
    assert Draft.objects.get().text == TEXT.replace("title: Somebody waits longer", "title: Who waits?")


def test_a_sheet_that_was_tried_before_the_draft_changed_is_not_taken(ada):
    ada.draft()
    raw = ada.client.get(ada.url("sheet", kind="csv")).content
    ada.post("timeline", {"sheet": upload("t.csv", raw.replace(b"Somebody waits longer", b"Who waits?"))})
    save(ada, TEXT + "# changed\n")
    page = ada.post("take_sheet", {}).content.decode()
    assert "Give it once more" in page
    assert Draft.objects.get().text == TEXT + "# changed\n"


def test_bad_cells_and_bad_files_are_named_and_change_nothing(ada):
    ada.draft()
    raw = ada.client.get(ada.url("sheet", kind="csv")).content
    bad = ada.post("timeline", {"sheet": upload("t.csv", raw.replace(b"curveball", b"joke"))})
    assert bad.status_code == 422 and "column kind" in bad.content.decode()
    worse = ada.post("timeline", {"sheet": upload("t.xlsx", b"no zip")})
    assert worse.status_code == 422 and "no XLSX workbook" in worse.content.decode()
    unclean = ada.post("timeline", {"sheet": upload("t.csv", raw.replace(b",keeper,", b",nobody,"))})
    assert unclean.status_code == 422 and "there is no role &#x27;nobody&#x27;" in unclean.content.decode()
    assert Draft.objects.get().text == TEXT


@pytest.fixture
def quick(monkeypatch) -> list[int]:
    """A broker that only notes what it is sent, and calls that play one run each."""
    sent: list[int] = []
    monkeypatch.setattr(trials, "send", lambda task, pk: sent.append(pk))
    monkeypatch.setattr(trials, "A_MOMENT", 0.0)
    return sent


def test_a_rehearsal_is_played_a_moment_at_a_time_and_twice_is_once(ada, quick):
    ada.draft()
    page = ada.post("rehearse", {"runs": 2, "seniority": "senior"}).content.decode()
    trial = Trial.objects.get()
    assert quick == [trial.pk] and "0 of 4" in page
    trials.work(trial.pk)
    trials.work(trial.pk)
    answer = ada.client.get(ada.url("progress", trial=trial.pk)).json()
    assert answer == {"ended": False, "done": 2, "of": 4}
    for _ in range(3):  # one call too many
        trials.work(trial.pk)
    assert ada.client.get(ada.url("progress", trial=trial.pk)).json() == {"ended": True, "done": 4, "of": 4}
    page = ada.get("trial", trial=trial.pk)
    assert "strong above weak" in page and 'class="pacing-candidate"' in page
    assert " style=" not in page and "<script>" not in page
    trial.refresh_from_db()
    assert trial.played.count() == 0 and trial.found["runs"] == {"strong": 2, "weak": 2}


def test_one_rehearsal_of_a_workspace_at_a_time_and_a_lost_call_is_made_up_for(ada, quick):
    draft = ada.draft()
    ada.post("rehearse", {"runs": 1})
    again = ada.post("rehearse", {"runs": 1})
    assert again.status_code == 422 and "under way" in again.content.decode()
    now = time.time_ns() // 1_000_000
    trials.sweep(now)
    assert len(quick) == 1
    trials.sweep(now + trials.LOST + 5_000)
    assert len(quick) == 2
    assert queries.trials(draft)[0].ended_at is None


def test_what_cannot_be_rehearsed_says_why(ada, quick):
    draft = ada.draft()
    service.put_script(draft, "odd", '{"phase": "overture", "do": {"type": "say", "text": "hm"}}\n{"x"')
    page = ada.post("rehearse", {"runs": 1}).content.decode()
    assert "there is no phase &#x27;overture&#x27;" in page and "this is no JSON" in page
    ada.post("script", {"remove": "odd"})
    assert ada.post("rehearse", {"runs": 99}).status_code == 422
    draft.scripts.all().delete()
    assert "Give a script first" in ada.post("rehearse", {"runs": 1}).content.decode()
    assert Trial.objects.count() == 0


def test_a_script_is_given_as_a_file_and_named_by_it(ada):
    ada.draft()
    line = io.BytesIO(b'{"phase": "change", "do": {"type": "say", "text": "hm"}}\n').read()
    ada.post("script", {"script": upload("middling.jsonl", line)})
    assert "middling" in ada.get("rehearse")
    assert ada.post("script", {"script": upload("Böse Datei.jsonl", line)}).status_code == 422


def test_a_deleted_draft_takes_its_rehearsals_and_leaves_what_was_published(ada):
    ada.draft()
    ada.post("publish", {})
    service.ask_trial(ada.here, Draft.objects.get(), 1, "", 1)
    ada.post("delete", {})
    assert (Draft.objects.count(), Trial.objects.count(), ScenarioVersion.objects.count()) == (0, 0, 1)
