"""How a scripted persona hands out what it holds: the first rule of the table's `access` that fits."""

from rooms.bots.notes import Notes, Uttered, met
from rooms.bots.view import View
from rooms.core import messages as m
from rooms.core.words import hits
from scenarios.core.schema import Access, DataSet


def ruling(table: DataSet, request: m.DataRequested, notes: Notes, view: View) -> Access | None:
    """The rule this request meets, if one fits. A promise is made once: then it is time to keep it."""
    kept = request.mark in notes.promised
    rules = (rule for rule in table.access if not (kept and rule.do == "delay"))
    return next((rule for rule in rules if _fits(rule, request, notes, view)), None)


def command(rule: Access, table: DataSet, mark: str, says: str) -> m.GiveData | m.DelayData | m.RefuseData:
    """What the rule does with the request, in these words."""
    match rule.do:
        case "grant" | "narrow":
            return m.GiveData(request=mark, data_set=table.key, narrow=rule.narrow, text=says)
        case "delay":
            return m.DelayData(request=mark, why=says, until=rule.until, minutes=rule.minutes)
        case "refuse":
            return m.RefuseData(request=mark, why=says)


def changes_nothing(rule: Access, table: DataSet, notes: Notes) -> bool:
    """Would the rule hand out what is out already?"""
    out = notes.grants.get(table.key)
    return rule.do in ("grant", "narrow") and out is not None and out.narrow == rule.narrow


def promise_due(promise: Uttered, view: View, since: int) -> int | None:
    """When a promised answer is due (ms); None while the phase it was promised for has not begun.

    `since`: when the present stretch of the room began.
    """
    event = promise.event
    if not isinstance(event, m.DataDelayed):
        return None
    if event.due is not None:
        return event.due
    begun = event.until is None or not _to_come(event.until, view)
    return since if begun else None


def _fits(rule: Access, request: m.DataRequested, notes: Notes, view: View) -> bool:
    asked = f"{request.what} {request.purpose}"
    early = rule.before is None or _to_come(rule.before, view)
    can_wait = rule.until is None or _to_come(rule.until, view)
    wanted = not rule.purpose or hits(asked, rule.purpose) > 0
    holds = rule.when is None or met(rule.when, notes, view)
    return early and can_wait and wanted and holds and not hits(asked, rule.lacks)


def _to_come(phase: str, view: View) -> bool:
    """Has this phase not begun yet?"""
    order = [p.key for p in view.phases]
    return view.phase in order and order.index(view.phase) < order.index(phase)
