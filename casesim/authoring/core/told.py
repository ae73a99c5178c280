"""The report of a rehearsal of many runs, for people at a shell. Pure."""

from typing import Any

from casesim.authoring.core.timeline import Changes
from casesim.authoring.core.tried import verdict

BARS = " ▁▂▃▄▅▆▇█"


def told(doc: dict[str, Any]) -> str:
    """Pacing, injects, silences, lines, composites, and what stands out."""
    runs = ", ".join(f"{n} {name}" for name, n in doc["runs"].items())
    parts = [
        f"{doc['scenario']}: {runs}",
        "",
        "Pacing (words in each 30 s, mean over the runs: candidate, then panel)",
        *[line for phase in doc["phases"] for line in _phase(phase)],
        "",
        "Injects (in how many runs; seconds into the phase: first, usual, last)",
        *[_inject(one) for one in doc["injects"]],
        "",
        "Longest silences",
        *[f"  {s['seconds']:>4} s from {_clock(s['at'])} of {s['phase']} ({s['script']}, seed {s['seed']})"
          for s in doc["silences"]],
        "",
        "Composites of two scripted raters",
        *[_composite(name, found) for name, found in doc["composites"].items()],
        *[_pair(pair) for pair in doc["separation"]],
        "",
        "What to look at",
        *[f"  - {line}" for line in verdict(doc) or ["nothing stands out"]],
    ]  # fmt: skip
    return "\n".join(parts)


def told_changes(found: Changes) -> list[str]:
    """What a sheet would change, a line each."""
    lines = [f"+ {key}" for key in found.added] + [f"- {key}" for key in found.removed]
    for change in found.changed:
        lines.append(f"~ {change.key}")
        lines += [
            f"    {name}: {old or '(empty)'} -> {new or '(empty)'}"
            for name, (old, new) in change.fields.items()
        ]
    return [*lines, *(["The order is another."] if found.moved else [])]


def _phase(phase: dict[str, Any]) -> list[str]:
    share = "" if phase["share"] is None else f", the candidate {phase['share']:.0%} of the words"
    return [
        f"  {phase['name']} ({_clock(phase['seconds'])}): {phase['injects']} injects, {phase['turns']} turns"
        f"{share}; silence usually {phase['silence']} s, at most {phase['longest']} s",
        f"    {bars(phase['candidate'])}",
        f"    {bars(phase['panel'])}",
    ]


def bars(values: list[float], most: float = 80.0) -> str:
    """One sign a value, up to `most` words."""
    return "".join(BARS[min(8, round(8 * value / most))] for value in values)


def _inject(one: dict[str, Any]) -> str:
    fired = ", ".join(f"{name} {n}" for name, n in one["fired"].items())
    when = "never" if one["first"] is None else f"{one['first']}, {one['usual']}, {one['last']}"
    return f"  {one['phase']:<12} {one['key']:<24} {fired}; {when}"


def _composite(name: str, found: dict[str, Any]) -> str:
    if not found["n"]:
        return f"  {name:<12} nothing was observed"
    low, middle, high = found["quartiles"]
    spread = f"{found['min']:.2f} | {low:.2f} {middle:.2f} {high:.2f} | {found['max']:.2f}"
    return f"  {name:<12} mean {found['mean']:.2f}, {spread}"


def _pair(pair: dict[str, Any]) -> str:
    low, high = pair["interval"]
    return (
        f"  {pair['stronger']} above {pair['weaker']}: {pair['chance']:.2f} ({low:.2f} to {high:.2f}), "
        f"{pair['above_all']} of {pair['of']} above every one of {pair['weaker']}"
    )


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"
