"""The nine failure patterns as sequences of acts: what to practise, never what to mark.

Each is a sign, or the same kind of sign again, that nothing said soon after takes back. Whoever
hedges and then chooses has not avoided a choice.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

CHOICES = frozenset({"commits", "commits_conditionally"})
FAILURE = frozenset({"names_risk", "plans_monitoring", "plans_fallback"})


class Pattern(NamedTuple):
    """`times` signs without a cure between them, and none within `reach` utterances of the last.

    `prepared`: a cure said at any time before counts as well. `drought`: so many utterances without a
    cure are a sign by themselves; 0 for never.
    """

    key: str
    name: str
    practise: str
    signs: frozenset[str]
    cures: frozenset[str]
    times: int = 1
    reach: int = 2
    prepared: bool = False
    drought: int = 0


class Found(NamedTuple):
    """A pattern and where it shows: places in the row of utterances, counted from 0."""

    pattern: Pattern
    at: tuple[int, ...]


PATTERNS = (
    Pattern(
        "puzzle",
        "Treats the case as a puzzle with one answer",
        "Say which way you go with what you know, and what would make you turn.",
        frozenset({"seeks_approval", "lists_everything", "jumps_to_model"}),
        CHOICES | {"accepts_tradeoff"},
        times=2,
        reach=3,
    ),
    Pattern(
        "model_first",
        "Builds before the goal is clear",
        "Before naming a model, ask what outcome counts and look at one thing in the data.",
        frozenset({"jumps_to_model"}),
        frozenset({"clarifies", "restates_problem", "chooses_metric", "checks_data", "doubts_data"}),
        prepared=True,
    ),
    Pattern(
        "no_choice",
        "Avoids committing",
        "Name the two cases, choose for the one you are in, and say when you would revisit it.",
        frozenset({"hedges", "lists_everything"}),
        CHOICES | {"prioritises"},
        times=2,
    ),
    Pattern(
        "clean_data",
        "Takes the data as given",
        "Ask where a label comes from, who is missing, and which check is cheap.",
        frozenset({"trusts_data"}),
        frozenset({"doubts_data", "checks_data"}),
    ),
    Pattern(
        "trap",
        "Treats a change as a trap",
        "Pause, say what the change touches and what it leaves, then move only that.",
        frozenset({"defends_plan", "over_corrects", "rejects_view"}),
        frozenset({"adapts", "weighs_view"}),
    ),
    Pattern(
        "no_summary",
        "Talks without pulling it together",
        "Every few minutes: what is decided, what is open, what is next. Three sentences.",
        frozenset({"rambles"}),
        frozenset({"synthesises"}),
        drought=15,
    ),
    Pattern(
        "no_failure",
        "Avoids talking about failure",
        "Name the two ways it fails that would hurt most, and how you would notice each.",
        frozenset({"claims_robust", "retrain_only"}),
        FAILURE,
    ),
    Pattern(
        "led",
        "Lets the panel drive",
        "End an answer with what you would do next, and go on unless somebody stops you.",
        frozenset({"seeks_approval"}),
        CHOICES | {"proposes_next", "prioritises"},
        times=2,
    ),
    Pattern(
        "sorry",
        "Treats not knowing as a fault",
        "Say what you do not know as a fact, and what you do in spite of it.",
        frozenset({"apologises"}),
        CHOICES | {"states_assumption", "checks_data"},
        times=2,
    ),
)


def patterns(heard: Sequence[Iterable[str]]) -> tuple[Found, ...]:
    """The patterns in what a candidate said, `heard` being the acts of each utterance in order."""
    acts = [frozenset(one) for one in heard]
    found = (Found(pattern, _where(pattern, acts)) for pattern in PATTERNS)
    return tuple(one for one in found if one.at)


def practise_next(heard: Sequence[Iterable[str]]) -> Found | None:
    """The one pattern to practise next, and where it shows: the most frequent, then the first of PATTERNS.

    `heard`: the acts of each of the candidate's utterances, in order. None: nothing showed, which is no
    praise: the listener misses much.
    """
    return max(patterns(heard), key=lambda found: len(found.at), default=None)


def _where(pattern: Pattern, acts: Sequence[frozenset[str]]) -> tuple[int, ...]:
    shown: list[int] = []
    run: list[int] = []
    cured_before = False
    for place, here in enumerate(acts):
        if here & pattern.cures:
            run, cured_before = [], True
        elif here & pattern.signs and not (pattern.prepared and cured_before):
            run.append(place)
            soon = acts[place + 1 : place + 1 + pattern.reach]
            if len(run) >= pattern.times and not any(one & pattern.cures for one in soon):
                shown += [p for p in run if p not in shown]
    return tuple(sorted({*shown, *_droughts(pattern, acts)}))


def _droughts(pattern: Pattern, acts: Sequence[frozenset[str]]) -> Iterable[int]:
    """The last utterance of each stretch that went on too long without a cure."""
    dry = 0
    for place, here in enumerate(acts):
        dry = 0 if here & pattern.cures else dry + 1
        if pattern.drought and dry == pattern.drought:
            yield place
            dry = 0
