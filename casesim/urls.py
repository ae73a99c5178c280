"""Where each app's pages hang."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from casesim import metrics

# Operators sign in where everybody does, with its rate limits.
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("health/", include(("casesim.health", "health"))),
    path("metrics", metrics.show, name="metrics"),
    path("operators/", admin.site.urls),
    path("account/", include("allauth.account.urls")),
    path("", include("casesim.accounts.urls")),
    path("", include("casesim.todo.urls")),
    path("", include("casesim.records.urls")),
    path("", include("casesim.programs.urls")),
    path("", include("casesim.authoring.urls")),
    path("", include("casesim.fairness.urls")),
    path("", include("casesim.cohorts.urls")),
    path("", include("casesim.loops.urls")),
    path("", include("rooms.urls")),
    path("", include("scoring.urls")),
    path("", include("scenarios.urls")),
]
