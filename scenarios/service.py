"""Publish a version of a scenario."""

import hashlib
import json

from django.db import IntegrityError, transaction

from scenarios.core.schema import Scenario
from scenarios.models import ScenarioVersion

TRIES = 5


def publish(scenario: Scenario, workspace_id: int | None = None) -> ScenarioVersion:
    """The version that holds this scenario: the one that is there, or a new one. No workspace: everybody's.

    Says nothing about the scenario's sense: whoever reads one from outside uses `loader.load`.
    """
    document = canonical(scenario)
    digest = hashlib.sha256(document.encode()).hexdigest()
    for _ in range(TRIES - 1):
        try:
            return _publish(scenario, document, digest, workspace_id)
        except IntegrityError:  # somebody took the number at the same moment
            continue
    return _publish(scenario, document, digest, workspace_id)


def canonical(scenario: Scenario) -> str:
    """The scenario as JSON that is the same for the same scenario, however it was written.

    Fields without a value are left out, so a field the schema gains later makes no new version.
    """
    data = scenario.model_dump(mode="json", exclude_none=True)
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _publish(scenario: Scenario, document: str, digest: str, workspace_id: int | None) -> ScenarioVersion:
    with transaction.atomic():
        versions = ScenarioVersion.objects.filter(slug=scenario.slug, workspace=workspace_id)
        if (same := versions.filter(digest=digest).first()) is not None:
            return same
        last = versions.order_by("-version").first()
        return ScenarioVersion.objects.create(
            workspace_id=workspace_id,
            slug=scenario.slug,
            version=last.version + 1 if last else 1,
            title=scenario.title,
            document=document,
            digest=digest,
        )
