"""Which kind of seat may open which page, before and after the scoresheets are unlocked.

Who a visitor is answers `rooms.access.seat_for`; a page that is not in the table is 404.
"""

from typing import Literal

Page = Literal["sheet", "debrief", "report", "compare", "close", "sign"]

PANEL = ("facilitator", "rater", "panel")

# page: (kinds before unlocking, kinds after it); candidates and observers are in no row
READERS: dict[Page, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sheet": (("rater",), ("rater",)),
    "debrief": (PANEL, PANEL),
    "report": (("facilitator", "rater"), PANEL),
    "compare": (("facilitator",), ("facilitator",)),
    "close": (("facilitator",), ("facilitator",)),
    "sign": ((), ("facilitator",)),
}


def may_open(kind: str, page: Page, unlocked: bool) -> bool:
    """May a seat of this kind open the page now? Others' marks are shown after unlocking alone."""
    before, after = READERS[page]
    return kind in (after if unlocked else before)
