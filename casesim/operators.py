"""What every app's operator pages share."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest


class ReadOnly(admin.ModelAdmin):
    """Operators may look and change nothing: logs, published versions, and what services keep consistent."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
