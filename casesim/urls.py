"""Where each app's pages hang."""

from django.urls import include, path

urlpatterns = [
    path("health/", include(("casesim.health", "health"))),
    path("", include("rooms.urls")),
    path("", include("scoring.urls")),
    path("", include("scenarios.urls")),
]
