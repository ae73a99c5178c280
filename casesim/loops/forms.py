"""What organisers and candidates write about a loop; each error names its field."""

import zoneinfo
from collections.abc import Iterable
from typing import Any

from django import forms

from casesim.accounts.models import Membership
from casesim.loops.models import Decision
from casesim.loops.service import RoomWish
from casesim.programs.forms import NOBODY, RATERS, OpenForm
from rooms.core.laying import MAX_EXTRA_TIME
from rooms.models import Room
from scenarios.core.schema import CANDIDATE, Scenario

GUEST = ""
KEEP_DAYS, APPEAL_DAYS = 180, 14
WHEN = "%Y-%m-%dT%H:%M"

LONGEST = 4_000  # characters of what one person writes to another


class LoopForm(forms.Form):
    """A new loop: who, at which level, by which rubric, and what is promised."""

    candidate = forms.CharField(max_length=80, label="Candidate's name")
    person = forms.ChoiceField(
        required=False, label="Comes as", help_text="A guest needs no account: one link leads to all rooms."
    )
    email = forms.EmailField(
        required=False,
        label="Guest's e-mail",
        help_text="For reminders and calendar entries; it opens nothing.",
    )
    time_zone = forms.ChoiceField(
        label="Guest's time zone",
        choices=[(zone, zone.replace("_", " ")) for zone in sorted(zoneinfo.available_timezones())],
        initial="UTC",
    )
    rubric = forms.ChoiceField(help_text="Every room of the loop is rated by it.")
    seniority = forms.ChoiceField(
        required=False, label="Level", help_text="Weights, floors and pressure of every room go by it."
    )
    purpose = forms.ChoiceField(
        choices=Room.Purpose.choices,
        help_text="An assessment asks for the candidate's consent before each room; practice does not.",
    )
    extra_time = forms.IntegerField(
        min_value=0,
        max_value=MAX_EXTRA_TIME,
        initial=0,
        label="Extra time, in per cent",
        help_text="If it was agreed: every phase is so much longer. Raters read that it was agreed, and not "
        "why; the reason is not kept here.",
    )
    keep_days = forms.IntegerField(
        min_value=1,
        max_value=3650,
        initial=KEEP_DAYS,
        label="Keep what was said for how many days",
        help_text="After the last room. The candidate reads this before agreeing.",
    )
    appeal_days = forms.IntegerField(
        min_value=1,
        max_value=365,
        initial=APPEAL_DAYS,
        label="Decision can be contested for how many days",
    )

    def __init__(
        self,
        rubrics: Iterable[tuple[str, str]],
        seniorities: Iterable[tuple[str, str]],
        members: Iterable[Membership],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(member.person.pk), str(member.person)) for member in members]
        self.fields["person"].choices = [(GUEST, "A guest, by link"), *people]
        self.fields["rubric"].choices = list(rubrics)
        self.fields["seniority"].choices = [("", "As the cases are written"), *seniorities]

    def name_of(self, field: str) -> str:
        """What the chosen value of a field is called on the page; "" for the empty choice."""
        chosen = self.cleaned_data[field]
        return dict(self.fields[field].choices).get(chosen, "") if chosen else ""


class RoomForm(OpenForm):
    """One more room of a loop. The level is the loop's, and so is the candidate."""

    def __init__(
        self, scenario: Scenario, members: Iterable[Membership], *args: Any, me: int, **kwargs: Any
    ) -> None:
        super().__init__(scenario, members, *args, me=me, **kwargs)
        del self.fields["seniority"], self.fields[f"seat-{CANDIDATE}"]
        dimensions = [(d.key, d.name) for d in scenario.rubric.dimensions]
        for number in range(1, RATERS + 1):
            self.fields[f"focus-rater{number}"] = forms.MultipleChoiceField(
                label=f"Rater {number} watches above all",
                choices=dimensions,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text="None ticked: everything.",
            )
            self.fields[f"trainee-rater{number}"] = forms.BooleanField(
                label=f"Rater {number} is a trainee: their sheet counts nowhere", required=False
            )

    def raters(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """For the page: who, what to watch, whether they learn; by rater."""
        numbers = range(1, RATERS + 1)
        return [(self[f"seat-rater{n}"], self[f"focus-rater{n}"], self[f"trainee-rater{n}"]) for n in numbers]

    def seat_fields(self) -> list[forms.BoundField]:
        """The fields that name an occupant who does not rate."""
        return [each for each in super().seat_fields() if not each.name.startswith("seat-rater")]

    def wish(self, version_id: int) -> RoomWish:
        """The room as it was asked for."""
        given, seating = self.cleaned_data, self.seating()
        numbered = self._numbered()
        return RoomWish(
            version_id=version_id,
            title=given["title"],
            starts_at=self.starts_at_ms(),
            stand_in=given["stand_in"],
            bots=seating.bots,
            people=seating.people,
            raters=seating.raters,
            trainees=tuple(seat for seat, was in numbered.items() if given[f"trainee-{was}"]),
            focus={
                seat: tuple(given[f"focus-{was}"]) for seat, was in numbered.items() if given[f"focus-{was}"]
            },
        )

    def _numbered(self) -> dict[str, str]:
        """Rater's seat as it will be laid -> as it stands in the form: no chair stands empty between them."""
        asked = [f"rater{n}" for n in range(1, RATERS + 1) if self.cleaned_data[f"seat-rater{n}"] != NOBODY]
        return {f"rater{number}": was for number, was in enumerate(asked, 1)}


class TimeForm(forms.Form):
    """When people meet."""

    starts_at = forms.DateTimeField(
        label="New time",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN),
        input_formats=[WHEN],
    )


class ConflictForm(forms.Form):
    """Who may neither rate nor sit with this candidate."""

    person = forms.ChoiceField(label="Member")

    def __init__(self, members: Iterable[Membership], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(str(each.person.pk), str(each.person)) for each in members]
        self.fields["person"].widget.attrs["class"] = "input input-small"


class Prose(forms.CharField):
    """Words of several lines. The end of a line is one character, as the browser counts that sends two."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class WordsForm(forms.Form):
    """Words of one person for another."""

    text = Prose(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, label: str, *args: Any, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, help_text


class DecisionForm(forms.Form):
    """A named person's decision, and why."""

    decision = forms.ChoiceField(choices=Decision.Word.choices, widget=forms.RadioSelect)
    reason = Prose(max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    digest = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
