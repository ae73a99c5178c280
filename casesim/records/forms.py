"""What an owner writes into the pages of records; each error names its field."""

from django import forms

from casesim.records.retention import LEAST, MOST

LONGEST = 200_000  # bytes of a table of people


class RetentionForm(forms.Form):
    """After how many days what was said goes."""

    days = forms.IntegerField(
        label="Days after a room's end",
        required=False,
        min_value=LEAST,
        max_value=MOST,
        help_text=f"{LEAST} to {MOST}; empty: without an end.",
    )


class PeopleForm(forms.Form):
    """A table of people, as a file or pasted."""

    file = forms.FileField(required=False, label="A CSV file")
    table = forms.CharField(
        required=False,
        max_length=LONGEST,
        label="Or paste the table",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="The first line names the columns: email, name, role, time_zone. Only email is needed.",
    )

    def clean_file(self) -> str:
        """The file's text."""
        given = self.cleaned_data["file"]
        if given is None:
            return ""
        if given.size > LONGEST:
            raise forms.ValidationError(f"The file is over {LONGEST:,} bytes.")
        try:
            return str(given.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError("The file is no text in UTF-8. Save it as CSV UTF-8.") from None

    @property
    def text(self) -> str:
        return self.cleaned_data["file"] or self.cleaned_data["table"]
