"""What the auditor writes; each error names its field."""

from django import forms

KINDS = [
    ("scoring", "Adjusted marks (scores)"),
    ("recommendation", "Recommendation (selection)"),
    ("decision", "Decision (selection)"),
]
MOST = 1_000_000  # characters of a table


class TableForm(forms.Form):
    """A table of labels, as a file or pasted."""

    table = forms.CharField(
        required=False, max_length=MOST, widget=forms.Textarea(attrs={"rows": 6}), label="Paste the table"
    )
    file = forms.FileField(required=False, label="Or choose a CSV file")

    def clean_file(self) -> str:
        """The file's text."""
        given = self.cleaned_data["file"]
        if given is None:
            return ""
        if given.size > MOST:
            raise forms.ValidationError(f"The file is over {MOST:,} bytes.")
        try:
            return str(given.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError("The file is no text in UTF-8.") from None

    @property
    def text(self) -> str:
        return self.cleaned_data["file"] or self.cleaned_data["table"]


class SummaryForm(forms.Form):
    """What New York's summary of results has to name beside the numbers."""

    kind = forms.ChoiceField(choices=KINDS, label="What is audited")
    tool = forms.CharField(max_length=120, initial="casesim", label="The tool's name")
    in_use_since = forms.DateField(
        label="In use since", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    data = forms.CharField(
        max_length=200,
        initial="The employer's own interviews; labels given by candidates",
        label="Source of the data",
    )
    form = forms.ChoiceField(choices=[("csv", "CSV"), ("json", "JSON")], label="As")
