"""What an organiser writes to open a room and to fill its seats; each error names its field."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from casesim.accounts.models import Membership
from casesim.accounts.queries import unpractised
from rooms.core.laying import MAX_STAND_IN, Terms
from rooms.service import MAX_CODE_MINUTES
from scenarios.core.schema import CANDIDATE, FACILITATOR, Scenario

LINK, BOT, NOBODY = "link", "bot", "nobody"
RATERS = 4


@dataclass(frozen=True, slots=True)
class Seating:
    """Who sits where: seats for bots, seat to person, and how many raters there are."""

    bots: tuple[str, ...]
    people: dict[str, int]
    raters: int


class OpenForm(forms.Form):
    """A new room: its title and time, and who or what is to sit in each seat."""

    title = forms.CharField(max_length=200, required=False)
    starts_at = forms.DateTimeField(
        label="When",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )
    seniority = forms.ChoiceField(required=False, help_text="Weights, floors and pressure go by it.")
    stand_in = forms.IntegerField(
        label="Stand-in after how many seconds",
        min_value=0,
        max_value=MAX_STAND_IN,
        initial=60,
        help_text="Then a bot sits in for an absent panel member. 0: never.",
    )

    model = forms.BooleanField(required=False, label="Bots speak through a language model")

    def __init__(
        self,
        scenario: Scenario,
        members: Iterable[Membership],
        *args: Any,
        me: int,
        model: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._model = model
        self.fields["model"].help_text = (
            f"{model} finds the words for what the panel's bots say; the script still decides when and about "
            "what, and steps in when the model fails. Everybody in the room is told."
        )
        if not model:
            del self.fields["model"]
        self.fields["title"].widget.attrs["placeholder"] = scenario.title
        levels = [(each.key, each.name) for each in scenario.seniorities]
        self.fields["seniority"].choices = [("", "As the case is written"), *levels]
        there = list(members)
        people = [(str(member.person.pk), str(member.person)) for member in there]
        unready = unpractised(there[0].workspace_id, [m.person_id for m in there]) if there else []
        self.unready = {str(person.pk) for person in unready}
        link, bot = (LINK, "A guest, by link"), (BOT, "A bot")
        self.fields[f"seat-{CANDIDATE}"] = _seat("Candidate", [link, bot, *people], LINK)
        for role in scenario.roles:
            self.fields[f"seat-{role.key}"] = _seat(role.name, [link, bot, *people], BOT, role.title)
        self.fields[f"seat-{FACILITATOR}"] = _seat("Facilitator", [link, *people], str(me))
        for number in range(1, RATERS + 1):
            choices = [(NOBODY, "Nobody"), link, *people]
            usual = LINK if number <= 2 else NOBODY
            self.fields[f"seat-rater{number}"] = _seat(f"Rater {number}", choices, usual)

    def seat_fields(self) -> list[forms.BoundField]:
        """The fields that name an occupant, for the page."""
        return [self[name] for name in self.fields if name.startswith("seat-")]

    def clean(self) -> dict[str, Any]:
        """Nobody sits in two seats: whoever judges or plays must not be the one who is judged."""
        given = super().clean() or self.cleaned_data
        taken: set[str] = set()
        for name, who in list(given.items()):  # add_error takes out what is wrong
            if name.startswith("seat-") and who not in (LINK, BOT, NOBODY):
                if who in taken:
                    self.add_error(name, "This person has another seat already.")
                taken.add(who)
                if who in self.unready and _is_rater(name.removeprefix("seat-")):
                    self.add_error(name, "Must practise on recordings before rating for real.")
        return given

    def seating(self) -> Seating:
        """Who sits where. Raters are numbered anew, so that no chair stands empty between them."""
        wishes = {
            name[5:]: str(value) for name, value in self.cleaned_data.items() if name.startswith("seat-")
        }
        raters = [who for seat, who in wishes.items() if _is_rater(seat) and who != NOBODY]
        others = {seat: who for seat, who in wishes.items() if not _is_rater(seat)}
        seats = others | {f"rater{number}": who for number, who in enumerate(raters, 1)}
        return Seating(
            bots=tuple(seat for seat, who in seats.items() if who == BOT),
            people={seat: int(who) for seat, who in seats.items() if who not in (LINK, BOT)},
            raters=len(raters),
        )

    def terms(self) -> Terms:
        """What is told to the room's people: who puts the bots' words, if a model does."""
        return Terms(model=self._model if self.cleaned_data.get("model") else "")

    def starts_at_ms(self) -> int | None:
        """When people meet, in ms since 1970."""
        when: datetime | None = self.cleaned_data["starts_at"]
        return int(when.timestamp() * 1000) if when is not None else None


class GiveForm(forms.Form):
    """Who of the workspace holds a seat; empty: nobody by account."""

    person = forms.ChoiceField(required=False)

    def __init__(self, members: Iterable[Membership], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(member.person.pk), str(member.person)) for member in members]
        self.fields["person"].choices = [("", "Nobody by account"), *people]

    def person_id(self) -> int | None:
        return int(self.cleaned_data["person"]) if self.cleaned_data["person"] else None


class CodeForm(forms.Form):
    """Which seats the room's code opens, and for how long."""

    minutes = forms.IntegerField(
        label="Good for how many minutes", min_value=1, max_value=MAX_CODE_MINUTES, initial=30
    )
    seats = forms.MultipleChoiceField(
        label="Seats it opens",
        widget=forms.CheckboxSelectMultiple,
        help_text="Whoever has the code may take any of these. A panel's or a rater's seat shows what a "
        "candidate must not read.",
    )

    def __init__(self, seats: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seats"].choices = list(seats)


def _seat(label: str, choices: list[tuple[str, str]], usual: str, title: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, initial=usual, help_text=title)


def _is_rater(seat: str) -> bool:
    return seat.removeprefix("rater").isdigit()
