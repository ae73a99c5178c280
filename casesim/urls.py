"""Where each app's pages hang."""

from django.urls import include, path

from casesim import metrics

urlpatterns = [
    path("health/", include(("casesim.health", "health"))),
    path("metrics", metrics.show, name="metrics"),
    path("", include("rooms.urls")),
    path("", include("scoring.urls")),
    path("", include("scenarios.urls")),
]
