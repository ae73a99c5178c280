from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest

from casesim.accounts.models import AuditEntry, Invitation, Membership, User, Workspace
from casesim.accounts.service import noted
from casesim.operators import ReadOnly


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Persons. One made here has no password and signs in by a code to their address."""

    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_superuser")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save; a new person gets no password that anybody could guess."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: what somebody did stays theirs. Take away `is_active` instead."""
        return False


@admin.register(Workspace)
class WorkspaceAdmin(ReadOnly):
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Who is in which workspace: an operator helps where the owners cannot, and that is noted."""

    list_display = ("workspace", "person", "role", "joined_at")
    list_filter = ("role",)
    search_fields = ("workspace__name", "person__email")
    fields = ("workspace", "person", "role")

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Save, and say so in the workspace's own log."""
        super().save_model(request, obj, form, change)
        who = cast(User, request.user)
        noted(who, "set role as operator", f"{obj.person.email} is now {obj.role}", obj.workspace_id)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: owners remove people, and what hangs on it, on their own page."""
        return False


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ("workspace", "role", "places", "domain", "expires_at", "revoked_at", "made_by")
    exclude = ("token_digest",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ("at", "workspace", "actor_name", "act", "object")
    search_fields = ("actor_name", "act", "object")
