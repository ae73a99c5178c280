"""What the auditor writes; each error names its field."""

from django import forms

KINDS = [
    ("scoring", "Adjusted marks (scores)"),
    ("recommendation", "Recommendation (selection)"),
    ("decision", "Decision (selection)"),
]
LINE = 200  # characters


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


class NoticeForm(forms.Form):
    """What the notice to candidates names."""

    employer = forms.CharField(max_length=120, label="The employer")
    tool = forms.CharField(max_length=120, initial="casesim", label="The tool's name")
    characteristics = forms.CharField(
        max_length=2000, widget=forms.Textarea(attrs={"rows": 7}), label="What is judged, one a line"
    )
    data = forms.CharField(
        max_length=200,
        initial="what is said and decided in the conversation, from its written record",
        label="Kinds and sources of data",
    )
    retention = forms.CharField(max_length=200, label="How long it is kept")
    contact = forms.CharField(max_length=200, label="Where to ask for another way, or for help")

    def clean_characteristics(self) -> tuple[str, ...]:
        """The lines, each once."""
        lines = (line.strip() for line in self.cleaned_data["characteristics"].splitlines())
        found = tuple(dict.fromkeys(line for line in lines if line))
        if too_long := [line for line in found if len(line) > LINE]:
            raise forms.ValidationError(f"{too_long[0][:40]}...: over {LINE} characters.")
        return found
