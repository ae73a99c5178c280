from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from casesim.accounts.models import AuditEntry, Invitation, Membership, User, Workspace
from casesim.operators import ReadOnly


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Persons. One made here has no password and signs in by a code to their address."""

    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    search_fields = ("email", "name")
    fields = ("email", "name", "time_zone", "is_active", "is_superuser")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save; a new person gets no password that anybody could guess."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: what somebody did stays theirs. Take away `is_active` instead."""
        return False


@admin.register(Workspace)
class WorkspaceAdmin(admin.ModelAdmin):
    """Workspaces; their people are changed on their own pages, by their owners."""

    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    list_display = ("workspace", "person", "role", "joined_at")
    list_filter = ("role",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ("workspace", "role", "places", "domain", "expires_at", "revoked_at", "made_by")
    exclude = ("token_digest",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ("at", "workspace", "actor_name", "act", "object")
    search_fields = ("actor_name", "act", "object")
