from django.contrib import admin

from casesim.operators import ReadOnly
from scenarios.models import ScenarioVersion


@admin.register(ScenarioVersion)
class ScenarioVersionAdmin(ReadOnly):
    list_display = ("slug", "version", "workspace", "title", "published_at")
    search_fields = ("slug", "title")
