"""A small grammar for spoken lines: symbols in <angle brackets> stand for one of several ways to say it.

`{places}` are left as they are: they are filled later, by quotations. Pure.
"""

import re
from collections.abc import Mapping
from itertools import product

Grammar = Mapping[str, tuple[str, ...]]

SYMBOL = re.compile(r"<([a-z_]+)>")
MOST = 400  # lines of one symbol; a grammar that makes more is a mistake


def lines(grammar: Grammar, symbol: str) -> tuple[str, ...]:
    """Every line the symbol can become, in a fixed order, none twice.

    KeyError: no such symbol. ValueError: it makes more than 400 lines, or itself.
    """
    return tuple(dict.fromkeys(" ".join(line.split()) for line in _of(grammar, symbol, ())))


def _of(grammar: Grammar, symbol: str, above: tuple[str, ...]) -> list[str]:
    if symbol in above:
        raise ValueError(f"<{symbol}> makes itself")
    made = [line for raw in grammar[symbol] for line in _expanded(grammar, raw, (*above, symbol))]
    if len(made) > MOST:
        raise ValueError(f"<{symbol}> makes more than {MOST} lines")
    return made


def _expanded(grammar: Grammar, raw: str, above: tuple[str, ...]) -> list[str]:
    parts = SYMBOL.split(raw)  # text, symbol, text, symbol, ..., text
    ways = [_of(grammar, part, above) if place % 2 else [part] for place, part in enumerate(parts)]
    return ["".join(way) for way in product(*ways)]
