"""The long form of `scoring`: as many replicates as the goals speak of. Half an hour; by name only."""

from dataclasses import replace

from bench.figures import Figure, at_least, at_most
from bench.run import Run
from bench.scoring import (
    COVERED,
    MILLION,
    TENTH,
    against_mirt,
    counted,
    covered,
    million,
    new_candidate,
    tenth,
    tried,
    varied,
)
from scoring.core.simulation import Plan

PART = "study"
FEW = Plan(candidates=200, raters=20)
MANY = Plan(candidates=2_000, raters=100)
ALONE = Plan(candidates=1, raters=3)


def measure(_: Run) -> list[Figure]:
    """Seeds that the short form does not use."""
    few = counted((tried(FEW, seed) for seed in range(100, 140)), "200x20")
    many = counted((tried(MANY, seed) for seed in range(100, 108)), "2,000x100")
    alone = counted((tried(varied(ALONE, seed), seed) for seed in range(100, 700)), "one candidate")
    weight, all_of_them = million(100)
    tenths, apart, far = (
        tenth(TENTH.model_copy(update={"severity": spread}), range(100, 105)) for spread in (0.5, 0.6, 0.7)
    )
    figures = [
        *covered("200x20", few, COVERED),
        *covered("2,000x100", many, COVERED),
        *covered("one candidate, three raters", alone, at_least(0.88)),
        *covered("47,620x2,000", [all_of_them], COVERED),
        Figure(PART, "a million ratings, all variances", weight["seconds"], "s", at_most(120)),
        Figure(PART, "a million ratings, peak memory", weight["gigabytes"], "GB", at_most(1)),
        *tenths,
        *apart[1:],
        *far[1:],
        Figure(
            PART,
            "a million over a hundred thousand",
            weight["seconds"] / (tenths[0].value or 1),
            "x",
            at_most(11),
        ),
        new_candidate(),
        *against_mirt(MILLION, at_least(7)),
    ]
    return [replace(figure, part=PART) for figure in figures]
