"""Published scenarios, read."""

from functools import lru_cache

from scenarios.core.schema import Scenario
from scenarios.models import ScenarioVersion


@lru_cache(maxsize=256)
def scenario(version_id: int) -> Scenario:
    """The document of a published version. ScenarioVersion.DoesNotExist if there is none."""
    return Scenario.model_validate_json(ScenarioVersion.objects.get(pk=version_id).document)
