"""What coaches and members write into a cohort's pages; each error names its field."""

from collections.abc import Iterable
from typing import Any

from django import forms

from casesim.accounts.models import User
from casesim.cohorts.models import Cohort, Conflict, Member, Round, Words
from casesim.cohorts.service import MOST_ROUNDS
from scenarios.core.schema import Level, Rubric

CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class NameForm(forms.Form):
    """A new cohort."""

    name = forms.CharField(max_length=80, label="Name")


class AddForm(forms.Form):
    """Somebody of the workspace who is not in the cohort yet."""

    person = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple, label="From the workspace"
    )

    def __init__(self, people: Iterable[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.filter(pk__in=[each.pk for each in people])


class InviteForm(forms.Form):
    """A link into the cohort."""

    places = forms.IntegerField(label="For how many people", min_value=1, max_value=60, initial=6)
    days = forms.IntegerField(label="Open for how many days", min_value=1, max_value=90, initial=14)


class PartForm(forms.Form):
    """What a member may do."""

    trainee = forms.BooleanField(required=False, label="Trainee: sits beside somebody experienced")
    may_be_candidate = forms.BooleanField(required=False, label="May be candidate")
    may_rate = forms.BooleanField(required=False, label="May rate")


class RoundsForm(forms.Form):
    """One round, or a row of them."""

    starts = forms.DateTimeField(
        label="First round begins",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )
    minutes = forms.IntegerField(label="Minutes", min_value=5, max_value=480, initial=75)
    count = forms.IntegerField(label="How many rounds", min_value=1, max_value=MOST_ROUNDS, initial=1)
    days = forms.IntegerField(label="Days between them", min_value=1, max_value=90, initial=7)
    rooms = forms.IntegerField(
        label="Rooms side by side",
        min_value=1,
        max_value=20,
        required=False,
        help_text="Empty: as few as seat everybody. More rooms: more turns as candidate, and more bots.",
    )


class CasesForm(forms.Form):
    """Which cases the cohort plays."""

    slugs = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="Scenarios")

    def __init__(self, choices: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slugs"].choices = list(choices)


class SeatsForm(forms.ModelForm):
    """What the cohort's rooms are like."""

    class Meta:
        model = Cohort
        fields = ("raters_least", "raters_most", "facilitator", "bots_fill")
        labels = {
            "raters_least": "Raters in a room, at least",
            "raters_most": "At most",
            "facilitator": "Who facilitates",
            "bots_fill": "A bot plays a role that no member is left for",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("raters_least", "raters_most"):
            self.fields[name].min_value, self.fields[name].max_value = 0, 8

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        least, most = given.get("raters_least"), given.get("raters_most")
        if most is not None and not 0 <= most <= 8:
            self.add_error("raters_most", "A room has 0 to 8 raters.")
        elif least is not None and most is not None and least > most:
            self.add_error("raters_least", "This is more than “at most”.")
        return given


class ConflictForm(forms.Form):
    """Two people who are kept apart."""

    one = forms.ModelChoiceField(queryset=Member.objects.none(), label="Who")
    other = forms.ModelChoiceField(queryset=Member.objects.none(), label="And who")
    never = forms.ChoiceField(choices=Conflict.Never.choices, label="Are")

    def __init__(self, cohort: Cohort, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Member.objects.filter(cohort=cohort).select_related("person")
        self.fields["one"].queryset = self.fields["other"].queryset = rows


class OwnConflictForm(forms.Form):
    """Whom a member is kept apart from, as that member says."""

    other = forms.ModelChoiceField(queryset=Member.objects.none(), label="Keep me apart from")
    never = forms.ChoiceField(choices=Conflict.Never.choices, label="We are")

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Member.objects.filter(cohort=member.cohort_id).exclude(pk=member.pk)
        self.fields["other"].queryset = rows.select_related("person")


class AvailabilityForm(forms.Form):
    """Which rounds somebody can come to, in which hours of their day, and which cases they know."""

    rounds = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, required=False, label="Rounds you can come to"
    )
    hours_from = forms.TimeField(label="Never before", required=False, widget=CLOCK)
    hours_to = forms.TimeField(label="Never after", required=False, widget=CLOCK)
    seen = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, required=False, label="Cases you know already",
        help_text="Nobody is candidate on a case they know.",
    )  # fmt: skip

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        absent = {absence.round_id for absence in member.absences.all()}
        rounds, cases = list(member.cohort.rounds.all()), member.cohort.scenarios.select_related("version")
        kwargs.setdefault("initial", {
            "rounds": [str(r.pk) for r in rounds if r.pk not in absent],
            "hours_from": member.hours_from,
            "hours_to": member.hours_to,
            "seen": [str(seen.scenario_id) for seen in member.seen.all()],
        })  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["rounds"].choices = [(str(r.pk), number) for number, r in enumerate(rounds, 1)]
        self.fields["seen"].choices = [(str(each.pk), each.version.title) for each in cases]
        self.turns = rounds

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        opens, closes = given.get("hours_from"), given.get("hours_to")
        if (opens is None) != (closes is None):
            self.add_error("hours_to" if closes is None else "hours_from", "Give both hours, or neither.")
        elif opens is not None and opens == closes:
            self.add_error("hours_to", "This is the same as “never before”.")
        return given

    def hours(self) -> tuple[str, str] | None:
        opens, closes = self.cleaned_data["hours_from"], self.cleaned_data["hours_to"]
        return None if opens is None else (f"{opens:%H:%M}", f"{closes:%H:%M}")

    def ids(self, name: str) -> set[int]:
        return {int(value) for value in self.cleaned_data[name]}


class PinForm(forms.Form):
    """A member's place in a round."""

    member = forms.ModelChoiceField(queryset=Member.objects.none(), label="Who")
    round = forms.TypedChoiceField(coerce=int, label="In round")
    seat = forms.ChoiceField(label="Sits as")
    scenario = forms.TypedChoiceField(
        coerce=int, empty_value=None, required=False, label="On the case"
    )  # fmt: skip

    def __init__(self, cohort: Cohort, seats: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cases = cohort.scenarios.select_related("version")
        self.fields["member"].queryset = Member.objects.filter(cohort=cohort).select_related("person")
        rounds: Iterable[Round] = cohort.rounds.all()
        self.fields["round"].choices = [(r.pk, f"Round {n}") for n, r in enumerate(rounds, 1)]
        self.fields["seat"].choices = [("", "any seat"), *seats]
        self.fields["seat"].required = False
        self.fields["scenario"].choices = [("", "any case"), *((c.pk, c.version.title) for c in cases)]


class GoneForm(forms.Form):
    """Who dropped out, and since when."""

    member = forms.ModelChoiceField(queryset=Member.objects.none(), label="Who is gone")
    round = forms.ModelChoiceField(queryset=Round.objects.none(), label="From round")

    def __init__(self, cohort: Cohort, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Member.objects.filter(cohort=cohort, gone_from=None).select_related("person")
        self.fields["member"].queryset = rows
        self.fields["round"].queryset = Round.objects.filter(cohort=cohort)
        self.fields["round"].label_from_instance = lambda r: f"{r.starts:%-d %B %Y}"


class WordsForm(forms.ModelForm):
    """What went well and what to change."""

    class Meta:
        model = Words
        fields = ("plus", "delta")
        labels = {"plus": "What went well", "delta": "What to do differently next time"}


class KeepForm(forms.Form):
    """A room kept as a recording: what it is, and how each dimension should be marked and why."""

    title = forms.CharField(max_length=200)
    about = forms.CharField(label="What a rater should know first", widget=forms.Textarea(attrs={"rows": 2}))
    agreed = forms.BooleanField(label="Everybody who can be heard in it agreed that raters practise on it")

    def __init__(self, rubric: Rubric, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rubric = rubric
        for d in rubric.dimensions:
            self._asked(d.key, d.name, d.levels)
        self._asked("closing", rubric.closing.asks, rubric.closing.levels)

    def _asked(self, key: str, label: str, levels: Iterable[Level]) -> None:
        choices = [
            ("none", "not observed"),
            *((str(each.value), f"{each.value} {each.name}") for each in levels),
        ]
        self.fields[f"level-{key}"] = forms.ChoiceField(label=label, choices=choices)
        self.fields[f"reason-{key}"] = forms.CharField(
            label="Why, with what was said",
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def sheet(self) -> dict[str, Any]:
        """What was written, as `core.recording.Sheet` has it."""
        given = self.cleaned_data
        marks = {d.key: self._mark(d.key) for d in self.rubric.dimensions}
        return {
            "title": given["title"],
            "about": given["about"],
            "marks": marks,
            "closing": self._mark("closing"),
        }

    def _mark(self, key: str) -> dict[str, Any]:
        level = self.cleaned_data[f"level-{key}"]
        return {
            "level": None if level == "none" else int(level),
            "reason": self.cleaned_data[f"reason-{key}"],
        }
