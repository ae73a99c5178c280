"""What the auditor writes; each error names its field."""

from django import forms

KINDS = [
    ("scoring", "Adjusted marks (scores)"),
    ("recommendation", "Recommendation (selection)"),
    ("decision", "Decision (selection)"),
]


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
