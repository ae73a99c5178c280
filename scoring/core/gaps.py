"""What the record of a room lacks, so that nothing should be recommended on it yet."""

from collections.abc import Iterable

from scenarios.core.schema import Rubric
from scoring.core.decision.triggers import Trigger
from scoring.core.evidence import Cell
from scoring.core.exposure import Coverage


def gaps(rubric: Rubric, cells: tuple[Cell, ...], coverage: tuple[Coverage, ...]) -> tuple[Trigger, ...]:
    """Marks that rest on no quote, and dimensions that nothing in the room probed."""
    return (*_unquoted(rubric, cells), *_unprobed(coverage))


def _unquoted(rubric: Rubric, cells: tuple[Cell, ...]) -> Iterable[Trigger]:
    names = {d.key: d.name for d in rubric.dimensions}
    for cell in cells:
        if cell.level is not None and not cell.evidence:
            text = f"{cell.rater_name} marked {names[cell.dimension]} {cell.level} without a quote."
            yield Trigger(
                number=6, code="no_quote", text=text, raters=(cell.rater_name,), dimension=cell.dimension
            )


def _unprobed(coverage: tuple[Coverage, ...]) -> Iterable[Trigger]:
    for line in coverage:
        if not line.spoken:
            text = f"Nothing put into the room probed {line.name} ({line.planned} planned)."
            yield Trigger(number=6, code="not_probed", text=text, dimension=line.dimension)
