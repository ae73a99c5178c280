"""What people write into the pages of accounts and workspaces; each error names its field."""

import zoneinfo
from typing import Any

from django import forms
from django.core.validators import DomainNameValidator
from django.http import HttpRequest

from casesim.accounts.core.permissions import ROLES, may_give
from casesim.accounts.core.permissions import Role as RoleName
from casesim.accounts.models import Role, User, Workspace
from casesim.accounts.service import MAX_DAYS, MAX_PLACES


class NameForm(forms.Form):
    """What signing up asks for besides address and password."""

    name = forms.CharField(
        max_length=120, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep the name; allauth calls this."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class PersonForm(forms.ModelForm):
    """Name and time zone."""

    time_zone = forms.ChoiceField(
        choices=[(zone, zone.replace("_", " ")) for zone in sorted(zoneinfo.available_timezones())],
        help_text="Times on your pages are shown in this zone.",
    )

    class Meta:
        model = User
        fields = ("name", "time_zone")


class WorkspaceForm(forms.ModelForm):
    """A new workspace."""

    class Meta:
        model = Workspace
        fields = ("name",)


class RoleForm(forms.Form):
    """A member's new role."""

    role = forms.ChoiceField(choices=Role.choices)


class InviteForm(forms.Form):
    """An invitation's limits."""

    role = forms.ChoiceField(initial="member")
    places = forms.IntegerField(label="For how many people", min_value=1, max_value=MAX_PLACES, initial=1)
    days = forms.IntegerField(label="Open for how many days", min_value=1, max_value=MAX_DAYS, initial=7)
    domain = forms.CharField(
        label="Only addresses at",
        required=False,
        max_length=253,
        help_text="A domain such as example.org; empty: any address.",
    )

    def __init__(self, giver: RoleName, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, Role(role).label) for role in ROLES if may_give(giver, role)]

    def clean_domain(self) -> str:
        domain = str(self.cleaned_data["domain"]).strip().lower().removeprefix("@")
        if domain:
            DomainNameValidator(message="Write a domain such as example.org.")(domain)
        return domain
