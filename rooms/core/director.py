"""Which injects are due, and when the next one will be.

Every question here is answered with a time on the room's own clock: the earliest moment at
which something holds if nothing else happens, or None for "not as things stand". So the same
functions say what is due now and when to look again.
"""

from dataclasses import dataclass
from operator import attrgetter

from rooms.core.state import InjectState, State
from rooms.core.words import hits
from scenarios.core.schema import GAP, Condition, Inject, Scenario

OWED_GAP = 5_000  # ms, when the phase is running out
CUE = 60_000  # ms a person has to put a cued inject in their own words
CUE_END = 10_000  # ms before the end of the phase by which a cue is spoken for the seat


@dataclass(frozen=True, slots=True)
class Due:
    inject: Inject
    at: int  # room time
    why: str


def due(scenario: Scenario, state: State, now: int) -> Due | None:
    """The inject whose turn it is at room time `now`, the longest due first; None if there is none."""
    first = upcoming(scenario, state)
    return first if first is not None and first.at <= now else None


def upcoming(scenario: Scenario, state: State) -> Due | None:
    """The next inject as things stand, with its time and the reason."""
    waiting = [d for i in scenario.injects if (d := _due(scenario, state, i)) is not None]
    return min(waiting, key=lambda d: d.at, default=None)


# what the times below are made of; the rest of a State changes with every word that is said
_made_of = attrgetter(
    "status", "phase", "started", "ends", "paused_total", "injects", "last_inject", "decisions",
    "assumptions", "requests", "asked", "facts_out", "phase_acts", "candidate_spoke",
)  # fmt: skip


def looks_again(before: State, after: State) -> bool:
    """Whether `next_look` may answer otherwise for the one than for the other."""
    return any(old is not new for old, new in zip(_made_of(before), _made_of(after), strict=True))


def next_look(scenario: Scenario, state: State) -> int | None:
    """Wall time at which the clock should knock next; None while nothing can happen by itself."""
    if state.status != "live":
        return None
    times = [state.ends]
    if (inject := upcoming(scenario, state)) is not None:
        times.append(inject.at)
    times += [s.due_by for s in state.injects.values() if s.status == "cued"]
    return state.wall(min(times))


def late_cues(state: State, now: int) -> list[str]:
    """Cued injects that the seat has not put in time."""
    return [k for k, s in state.injects.items() if s.status == "cued" and s.due_by <= now]


def cue_until(state: State, now: int) -> int:
    """Room time by which a cue given now is spoken for the seat."""
    return max(now, min(now + CUE, state.ends - CUE_END))


def leftover(scenario: Scenario, state: State) -> list[tuple[Inject, str]]:
    """Injects of the running phase that were not put, each with the reason."""
    open_ = [i for i in scenario.injects if i.phase == state.phase and _is_open(state.inject(i.key))]
    return [(i, _why_not(state.inject(i.key), i)) for i in open_]


def holds_from(scenario: Scenario, condition: Condition, state: State) -> int | None:
    """Room time from which the condition holds as things stand; None if something must happen first."""
    times = [
        *_counts(condition, state),
        *_heard(condition, state),
        *_named(scenario, condition, state),
    ]
    if condition.silence is not None:
        times.append(state.candidate_spoke + condition.silence * 1000)
    if condition.any_of:
        alternatives = [holds_from(scenario, c, state) for c in condition.any_of]
        times.append(min((t for t in alternatives if t is not None), default=None))
    return None if None in times else max((t for t in times if t is not None), default=state.started)


def describe(inject: Inject, phase_name: str) -> str:
    """When an inject is due, in plain words."""
    when = inject.when
    parts = []
    if when.at is not None:
        parts.append(f"{_minutes(when.at)} into {phase_name}")
    if when.condition is not None:
        parts.append(f"from {_minutes(when.after)} when {_plain(when.condition)}")
    if when.owed:
        parts.append(f"owed {_minutes(when.before_end)} before the end")
    return "; ".join(parts) or "by hand only"


def _due(scenario: Scenario, state: State, inject: Inject) -> Due | None:
    if inject.phase != state.phase or state.inject(inject.key).status != "waiting":
        return None
    options = _options(scenario, state, inject)
    if not options:
        return None
    at, gap, why = min(options)
    if state.last_inject > state.started:
        at = max(at, state.last_inject + gap)
    # the gap may never push an inject past the end of its phase
    return Due(inject, min(at, state.ends - 1), why)


def _options(scenario: Scenario, state: State, inject: Inject) -> list[tuple[int, int, str]]:
    """(room time, gap to keep, reason) for each way in which the inject becomes due."""
    when, options = inject.when, []
    gap = (scenario.gap or GAP) * 1000  # a ceiling on pressure
    if when.at is not None:
        options.append((state.started + when.at * 1000, gap, f"scheduled at {_minutes(when.at)}"))
    if when.condition is not None:
        holds = holds_from(scenario, when.condition, state)
        if holds is not None:
            start = max(holds, state.started + when.after * 1000)
            options.append((start, gap, f"because {_plain(when.condition)}"))
    if when.owed:
        owed = max(state.started, state.ends - when.before_end * 1000)
        options.append((owed, OWED_GAP, "owed before the phase ends"))
    return options


def _counts(c: Condition, state: State) -> list[int | None]:
    now = state.started
    wanted = [
        (c.decided, len(state.decisions)),
        (c.revised, state.revisions()),
        (c.assumed, len(state.assumptions)),
    ]
    times: list[int | None] = [now if have >= need else None for need, have in wanted if need is not None]
    if c.undecided:
        times.append(None if state.decisions else now)
    if c.unassumed:
        times.append(None if state.assumptions else now)
    if c.decided_words:
        times.append(now if _in_decisions(c.decided_words, state) else None)
    return times


def _heard(c: Condition, state: State) -> list[int | None]:
    now = state.started
    times: list[int | None] = [now if act in state.phase_acts else None for act in c.heard]
    return times + [None if act in state.phase_acts else now for act in c.unheard]


def _named(scenario: Scenario, c: Condition, state: State) -> list[int | None]:
    facts = []
    if c.asked is not None:
        facts.append(c.asked in state.asked)
    if c.given is not None:
        facts.append(c.given in state.facts_out)
    if c.spoken is not None:
        facts.append(state.inject(c.spoken).status == "spoken")
    if c.requested is not None:
        words = scenario.data_set(c.requested).asked_words
        facts.append(any(hits(r.what, words) for r in state.requests))
    return [state.started if fact else None for fact in facts]


def _in_decisions(words: tuple[str, ...], state: State) -> bool:
    return any(hits(d.versions[-1].words(), words) for d in state.decisions)


def _is_open(state: InjectState) -> bool:
    return state.status in ("waiting", "held", "cued")


def _why_not(state: InjectState, inject: Inject) -> str:
    if state.status == "held":
        return "held back until the phase ended"
    if inject.when.owed or inject.when.at is not None:
        return "the phase ended before it was due"
    return "its condition never came true"


def _minutes(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


def _plain(c: Condition) -> str:
    """A condition in plain words."""
    parts = [
        c.decided and f"{c.decided} decision(s) stand",
        c.undecided and "no decision stands",
        c.revised and f"{c.revised} revision(s) were made",
        c.decided_words and f"a decision speaks of {' or '.join(c.decided_words)}",
        c.assumed and f"{c.assumed} assumption(s) were stated",
        c.unassumed and "no assumption was stated",
        c.heard and f"the candidate {' and '.join(map(_act, c.heard))}",
        c.unheard and f"nobody heard that the candidate {' or '.join(map(_act, c.unheard))}",
        c.silence and f"the candidate was silent for {c.silence} s",
        c.asked and f"{c.asked} was asked",
        c.given and f"the fact {_act(c.given)} is out",
        c.requested and f"{_act(c.requested)} was requested",
        c.spoken and f"{_act(c.spoken)} was put",
        c.any_of and " or ".join(f"({_plain(x)})" for x in c.any_of),
    ]
    return " and ".join(str(p) for p in parts if p) or "always"


def _act(key: str) -> str:
    return key.replace("_", " ")
