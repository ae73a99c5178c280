"""What an owner writes into the pages of records; each error names its field."""

from django import forms

from casesim.records.retention import LEAST, MOST


class RetentionForm(forms.Form):
    """After how many days what was said goes."""

    days = forms.IntegerField(
        label="Days after a room's end",
        required=False,
        min_value=LEAST,
        max_value=MOST,
        help_text=f"{LEAST} to {MOST}; empty: without an end.",
    )
