"""What an author gives on the page; each error names its field."""

import re
from typing import Any

from django import forms

from casesim.authoring.service import MOST_RUNS
from casesim.authoring.timelines import LARGEST as LARGEST_SHEET
from casesim.authoring.timelines import MEDIA
from scenarios.core.schema import Scenario
from scenarios.loader import LARGEST

STARTER = ""
SCRIPT = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def _text(upload: Any, most: int) -> str:
    """The text of an uploaded file, or a ValidationError that says why there is none."""
    if upload.size > most:
        raise forms.ValidationError(f"The file is larger than {most // 1024} KiB.")
    try:
        return str(upload.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise forms.ValidationError("The file is not text in UTF-8.") from None


class BeginForm(forms.Form):
    """A new draft: what it is called, and what it begins with."""

    name = forms.RegexField(
        r"^[a-z][a-z0-9-]{1,59}$",
        help_text="Small letters, digits and -. It is the draft's address.",
        error_messages={"invalid": "Use small letters, digits and -, a letter first, 2 to 60 of them."},
    )
    source = forms.ChoiceField(label="Begin with", required=False)
    file = forms.FileField(
        label="Or your own YAML file",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
        help_text=f"{LARGEST // 1024} KiB at most.",
    )

    def __init__(self, sources: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above)
        field.choices = [(STARTER, "A small commented scenario"), *sources]

    def clean_file(self) -> str:
        given = self.cleaned_data["file"]
        return _text(given, LARGEST) if given is not None else ""


class TextForm(forms.Form):
    """The draft's text, typed or uploaded."""

    text = forms.CharField(
        label="YAML",
        strip=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 26, "spellcheck": "false", "class": "yaml", "wrap": "off"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """With the line ends of a file: browsers send others."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


class UploadForm(forms.Form):
    """A YAML file instead of the text."""

    file = forms.FileField(label="YAML file", widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}))

    def clean_file(self) -> str:
        return _text(self.cleaned_data["file"], LARGEST)


class SheetForm(forms.Form):
    """A timeline as a spreadsheet. `kind` is csv or xlsx."""

    sheet = forms.FileField(
        label="Spreadsheet",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=f".xlsx or .csv, {LARGEST_SHEET // 1024} KiB at most.",
    )

    def clean_sheet(self) -> bytes:
        given = self.cleaned_data["sheet"]
        self.kind = given.name.rpartition(".")[2].casefold()
        if self.kind not in MEDIA:
            raise forms.ValidationError("Give an .xlsx or a .csv file.")
        if given.size > LARGEST_SHEET:
            raise forms.ValidationError(f"The file is larger than {LARGEST_SHEET // 1024} KiB.")
        return bytes(given.read())


class ScriptForm(forms.Form):
    """A script of a scripted candidate, as a file."""

    script = forms.FileField(
        label="Script (.jsonl)",
        widget=forms.FileInput(attrs={"accept": ".jsonl"}),
        help_text="Its file's name is its name: strong.jsonl, middling.jsonl, weak.jsonl, or your own.",
    )

    def clean_script(self) -> str:
        given = self.cleaned_data["script"]
        self.name = given.name.rpartition(".")[0].casefold()
        if not SCRIPT.fullmatch(self.name):
            raise forms.ValidationError("Name the file in small letters and digits.")
        return _text(given, LARGEST)


class TrialForm(forms.Form):
    """How often it is rehearsed, and for whom."""

    runs = forms.IntegerField(
        label="Runs of each script",
        min_value=1,
        max_value=MOST_RUNS,
        initial=20,
    )
    seniority = forms.ChoiceField(required=False)

    def __init__(self, scenario: Scenario | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["seniority"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above)
        known = scenario.seniorities if scenario is not None else ()
        field.choices = [("", "As written"), *((x.key, x.name) for x in known)]
