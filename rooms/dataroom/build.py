"""The process in which a granted table is made: a file for the engine, and its profile beside it.

Reads {"name", "recipe", "narrow", "file"} from standard input. It needs nothing of Django.
"""

import json
import resource
import sys
from pathlib import Path

import duckdb

from rooms.dataroom.tables import load
from scenarios.core.datasets.narrow import granted
from scenarios.core.datasets.profile import profile
from scenarios.core.recipes import Narrowing, Recipe

SPACE = 3_072  # MB of address space
CPU = 60  # seconds


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (SPACE * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    asked = json.load(sys.stdin)
    narrow = None if asked["narrow"] is None else Narrowing.model_validate(asked["narrow"])
    table = granted(Recipe.model_validate(asked["recipe"]), narrow)
    file = Path(asked["file"])
    making = file.with_suffix(".making")
    making.unlink(missing_ok=True)
    with duckdb.connect(str(making), config={"threads": "1"}) as connection:
        load(connection, asked["name"], table)
    file.with_suffix(".json").write_text(json.dumps(profile(table)), encoding="utf-8")
    making.rename(file)  # whoever sees the file sees all of it


if __name__ == "__main__":
    main()
