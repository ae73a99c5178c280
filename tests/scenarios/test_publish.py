"""Published versions: immutable, numbered, and published once."""

import json

import pytest
from django.db import IntegrityError

from scenarios import queries, service
from scenarios.loader import load_bundled
from scenarios.models import Immutable, ScenarioVersion

FRAUD = load_bundled("fraud")
CHANGED = FRAUD.model_copy(update={"title": "Fraud, told anew"})

pytestmark = pytest.mark.django_db


def test_publishing_twice_gives_one_version():
    first, second = service.publish(FRAUD), service.publish(FRAUD)
    assert (first.pk, first.version) == (second.pk, 1)
    assert ScenarioVersion.objects.count() == 1


def test_a_changed_scenario_is_a_new_version_and_the_old_one_stays():
    first, second = service.publish(FRAUD), service.publish(CHANGED)
    assert [first.version, second.version] == [1, 2]
    assert queries.scenario(first.pk) == FRAUD
    assert queries.scenario(second.pk) == CHANGED
    assert queries.latest("fraud") == second
    assert queries.version(first.pk) == first


def test_publishing_an_older_document_again_makes_no_third_version():
    first = service.publish(FRAUD)
    service.publish(CHANGED)
    assert service.publish(FRAUD) == first


def test_a_published_version_can_be_neither_changed_nor_deleted():
    row = service.publish(FRAUD)
    row.title = "Another"
    with pytest.raises(Immutable):
        row.save()
    with pytest.raises(Immutable):
        row.delete()
    with pytest.raises(Immutable):
        ScenarioVersion.objects.get(pk=row.pk).save(update_fields=["title"])
    assert ScenarioVersion.objects.get(pk=row.pk).title == FRAUD.title


def test_two_versions_of_one_number_cannot_be_stored():
    row = service.publish(FRAUD)
    with pytest.raises(IntegrityError):
        ScenarioVersion.objects.create(slug=row.slug, version=1, title="x", document="{}", digest="0" * 64)


def test_a_number_taken_at_the_same_moment_is_not_the_end(monkeypatch):
    service.publish(FRAUD)
    publish, failures = service._publish, [IntegrityError("taken")]

    def taken_once(*args):
        if failures:
            raise failures.pop()
        return publish(*args)

    monkeypatch.setattr(service, "_publish", taken_once)
    assert service.publish(CHANGED).version == 2


def test_the_document_is_canonical_and_its_digest_is_its_own():
    row = service.publish(FRAUD)
    document = json.loads(row.document)
    assert row.document == json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert "null" not in row.document.replace("nullify", "")
    assert len(row.digest) == 64


def test_a_version_is_read_from_the_database_once(django_assert_num_queries):
    row = service.publish(FRAUD)
    with django_assert_num_queries(1):
        assert queries.scenario(row.pk) is queries.scenario(row.pk)


def test_an_id_that_is_given_again_after_a_rollback_means_the_new_document():
    row = service.publish(FRAUD)
    queries.scenario(row.pk)
    ScenarioVersion.objects.filter(pk=row.pk).delete()
    document = service.canonical(CHANGED)
    ScenarioVersion.objects.create(
        pk=row.pk, slug="fraud", version=1, title="x", document=document, digest="0" * 64
    )
    assert queries.scenario(row.pk) == CHANGED


def test_what_is_not_published_is_not_there():
    with pytest.raises(ScenarioVersion.DoesNotExist, match="no scenario 'fraud' is published"):
        queries.latest("fraud")
    with pytest.raises(ScenarioVersion.DoesNotExist):
        queries.scenario(4711)
    assert queries.catalogue() == ()


def test_the_catalogue_holds_the_newest_version_of_each_scenario():
    service.publish(FRAUD)
    second = service.publish(CHANGED)
    other = service.publish(FRAUD.model_copy(update={"slug": "another", "title": "Another"}))
    assert [(e.version_id, e.title) for e in queries.catalogue()] == [
        (other.pk, "Another"),
        (second.pk, "Fraud, told anew"),
    ]
    entry = queries.catalogue()[1]
    assert (entry.minutes, len(entry.phases), entry.injects) == (60, 6, len(FRAUD.injects))
