"""Where each app's pages hang."""

from importlib.util import find_spec

from django.urls import include, path

APPS = ["rooms.urls", "scoring.urls", "scenarios.urls"]

urlpatterns = [
    path("health/", include(("casesim.health", "health"))),
    *[path("", include(module)) for module in APPS if find_spec(module)],
]
