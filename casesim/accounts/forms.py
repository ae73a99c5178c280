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


class TableForm(forms.Form):
    """A table, as a CSV file or pasted. `text` is what was given."""

    MOST = 1_000_000  # bytes
    file = forms.FileField(required=False, label="A CSV file")
    table = forms.CharField(
        required=False,
        max_length=MOST,
        label="Or paste the table",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, columns: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table"].help_text = columns

    def clean_file(self) -> str:
        """The file's text."""
        given = self.cleaned_data["file"]
        if given is None:
            return ""
        if given.size > self.MOST:
            raise forms.ValidationError(f"The file is over {self.MOST:,} bytes.")
        try:
            return str(given.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError("The file is no text in UTF-8. Save it as CSV UTF-8.") from None

    @property
    def text(self) -> str:
        return self.cleaned_data["file"] or self.cleaned_data["table"]
