"""What is asked for, handed over, put off and looked at: command in, event out."""

from rooms.core import messages as m
from rooms.core import talk
from rooms.core.state import Request, State
from rooms.core.words import hits
from scenarios.core.check_data import misfits
from scenarios.core.recipes import Narrowing
from scenarios.core.schema import DataSet, Scenario


def request(scenario: Scenario, state: State, seat: str, c: m.RequestData) -> m.DataRequested:
    role = c.role or _holder(scenario, c.what)
    if state.seat_of(role) is None or role not in {r.key for r in scenario.roles}:
        raise m.Refused("no_such", f"role: nobody here plays {role}")
    return m.DataRequested(
        by=seat,
        mark=talk.mark("R", len(state.requests)),
        what=c.what,
        role=role,
        purpose=c.purpose,
        utterance=talk.utterance(state, seat),
    )


def _holder(scenario: Scenario, what: str) -> str:
    """The role that holds what is asked for; else the first data owner; else the first role."""
    for data_set in scenario.data_sets:
        if hits(what, data_set.asked_words):
            return data_set.held_by
    owners = [r.key for r in scenario.roles if r.kind == "data_owner"]
    return (owners or [scenario.roles[0].key])[0]


def give(scenario: Scenario, state: State, seat: str, c: m.GiveData) -> m.DataGiven:
    own_request(state, seat, c.request)
    if not (c.data_set or c.fact or c.text):
        raise m.Refused("invalid", "give_data: give a data set, a fact or words")
    data_set = talk.held(scenario.data_sets, c.data_set, state.seats[seat].role)
    fact = talk.held(scenario.facts, c.fact, state.seats[seat].role)
    text = c.text or (fact.text if fact else data_set.about if data_set else "")
    return m.DataGiven(
        by=seat,
        mark=c.request,
        text=text,
        table=_excerpt(data_set),
        grant=_grant(data_set, c.narrow),
        fact=c.fact,
    )


def delay(scenario: Scenario, state: State, seat: str, c: m.DelayData, now: int) -> m.DataDelayed:
    own_request(state, seat, c.request)
    if (c.until is None) == (c.minutes is None):
        raise m.Refused("invalid", "delay_data: promise it for a phase, or in so many minutes")
    later = [p.key for p in scenario.phases]
    later = later[later.index(str(state.phase)) + 1 :]
    if c.until is not None and c.until not in later:
        raise m.Refused("invalid", f"until: {c.until} is no phase that is still to come")
    due = None if c.minutes is None else now + c.minutes * 60_000
    return m.DataDelayed(by=seat, mark=c.request, why=c.why, until=c.until, due=due)


def look(scenario: Scenario, state: State, seat: str, c: m.Look) -> list[m.AnyEvent]:
    """The first look at a table or a column is an event; later ones say nothing new."""
    grant = state.grant(c.data_set)
    recipe = scenario.data_set(c.data_set).recipe if grant is not None else None
    if recipe is None:
        raise m.Refused("no_such", f"data_set: no table {c.data_set} has been granted")
    if c.column is not None and c.column not in recipe.names():
        raise m.Refused("no_such", f"column: {c.data_set} has no column {c.column}")
    if (c.data_set, c.column or "") in state.looks:
        return []
    return [m.Looked(by=seat, data_set=c.data_set, column=c.column)]


def queried(state: State, c: m.RecordQuery) -> m.Queried:
    if c.by not in state.seats:
        raise m.Refused("no_such", f"by: there is no seat {c.by}")
    told = c.model_dump(exclude={"type"})
    return m.Queried(mark=f"Q{state.queries + 1}", **told)


def _excerpt(d: DataSet | None) -> m.Table | None:
    """A small table as it is read in the talk."""
    if d is None or d.recipe is not None:
        return None
    columns = tuple(c.name for c in d.columns)
    return m.Table(key=d.key, title=d.title, about=d.about, columns=columns, rows=d.rows)


def _grant(d: DataSet | None, narrow: Narrowing | None) -> m.Grant | None:
    """A real table, which opens in the data room. Refused if it cannot be narrowed in this way."""
    if d is None or d.recipe is None:
        if narrow is not None:
            raise m.Refused("invalid", "narrow: only a table of the data room can be narrowed")
        return None
    if narrow is not None and (wrong := next(misfits(d.recipe, narrow), None)) is not None:
        raise m.Refused("invalid", f"narrow: {wrong[1]}")
    words = narrow.words() if narrow is not None else ()
    return m.Grant(key=d.key, title=d.title, about=d.about, narrow=narrow, words=words)


def own_request(state: State, seat: str, mark: str) -> Request:
    request = state.request(mark)
    if request is None:
        raise m.Refused("no_such", f"request: there is no {mark}")
    if request.role != state.seats[seat].role:
        raise m.Refused("not_your_part", f"request: {mark} was put to {request.role}")
    if request.state not in ("open", "delayed"):
        raise m.Refused("too_late", f"request: {mark} is {request.state} already")
    return request
