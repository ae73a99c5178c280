"""The table New York City's rules ask for (6 RCNY 5-301 and 5-303), and the notice to candidates (5-304).

Only the shape is ours to give: an independent auditor makes the audit, and counsel says whether it is due.
"""

import csv
from datetime import date
from io import StringIO
from typing import Literal

from scenarios.core.schema import Doc, Line
from scoring.core.fairness.groups import Division, Flags, Groups
from scoring.core.fairness.impact import Count, counted

LEAST = 0.02  # a category with a smaller share of the people may be left out of the ratios, if that is said
COLUMNS = ("table", "category", "applicants", "selected", "rate", "impact_ratio", "note")


class Category(Doc):
    """`rate`: selection rate, or scoring rate (share above the sample's median); ratio to the highest."""

    category: str
    applicants: int
    selected: int
    rate: float
    impact_ratio: float | None
    note: str = ""


class Table(Doc):
    attribute: str
    unknown: int
    categories: tuple[Category, ...]


class BiasAudit(Doc):
    """The summary of results. `kind`: whether the tool selects people or scores them."""

    tool: Line
    in_use_since: date
    audited_on: date
    data: Line  # source and explanation
    kind: Literal["selection", "scoring"]
    median: float | None
    applicants: int
    tables: tuple[Table, ...]


class Notice(Doc):
    """What a candidate is told before a tool is used. `contact`: where to ask for another way or for help."""

    employer: Line
    tool: Line
    characteristics: tuple[Line, ...]  # what is judged
    data: Line  # kinds and sources of what is collected
    retention: Line
    contact: Line


class About(Doc):
    """What the summary has to name beside the numbers."""

    tool: Line
    in_use_since: date
    audited_on: date
    data: Line


def bias_audit(
    about: About, kind: Literal["selection", "scoring"], chosen: Flags, groups: Groups, median: float | None
) -> BiasAudit:
    """Rates and ratios by each attribute and by each pair. `chosen`: (people,)."""
    return BiasAudit(
        **about.model_dump(),
        kind=kind,
        median=median,
        applicants=groups.people,
        tables=tuple(_table(chosen, division) for division in groups.divisions()),
    )


def as_csv(audit: BiasAudit) -> str:
    """One row for each category, after a row for the unknown of each table."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for table in audit.tables:
        writer.writerow([table.attribute, "unknown", table.unknown, "", "", "", "not in the rates"])
        for line in table.categories:
            ratio = "" if line.impact_ratio is None else f"{line.impact_ratio:.3f}"
            numbers = [line.applicants, line.selected, f"{line.rate:.4f}", ratio]
            writer.writerow([table.attribute, line.category, *numbers, line.note])
    return out.getvalue()


def candidate_notice(notice: Notice) -> str:
    """The text of the notice; it is due ten business days before the tool is used."""
    judged = "; ".join(notice.characteristics)
    return "\n\n".join(
        (
            f"{notice.employer} uses {notice.tool} to help assess candidates. Raters judge a live "
            "conversation; the tool combines their marks and may recommend. A named person decides.",
            f"What is judged: {judged}. Nothing is inferred from voice, looks, accent or speed.",
            f"Data: {notice.data}. How long it is kept: {notice.retention}.",
            "You may ask for another selection process, for a reasonable accommodation, or for more about "
            f"the data and how long it is kept: {notice.contact}.",
        )
    )


def _table(chosen: Flags, division: Division) -> Table:
    counts = counted(chosen, division)
    known = sum(count.n for count in counts)
    highest = max((_rate(count) for count in counts if count.n >= LEAST * known), default=0.0)
    return Table(
        attribute=division.attribute,
        unknown=division.unknown,
        categories=tuple(_category(count, known, highest) for count in counts),
    )


def _category(count: Count, known: int, highest: float) -> Category:
    small = count.n < LEAST * known
    ratio = None if small or not highest else round(_rate(count) / highest, 4)
    note = f"under {LEAST:.0%} of the people: left out of the ratios" if small else ""
    return Category(
        category=count.group,
        applicants=count.n,
        selected=count.chosen,
        rate=round(_rate(count), 4),
        impact_ratio=ratio,
        note=note,
    )


def _rate(count: Count) -> float:
    return count.chosen / count.n
