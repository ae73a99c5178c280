"""What Linux says of a process: the processor it used, the cores it waited for, the memory it holds."""

import os
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
SCHEDULED = 2  # what Linux calls a process's clock: its id inverted, three bits on, and this


def processor_seconds(pid: int) -> float:
    """What a process and its children have used so far; 0 of one that has ended, which its parent counts."""
    try:
        own = time.clock_gettime((~pid << 3) | SCHEDULED)
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    ended = sum(int(ticks) for ticks in fields[13:15]) / TICKS  # children that were waited for
    return own + ended + sum(map(processor_seconds, children(pid)))


def waited_seconds(pid: int) -> float:
    """How long a process's threads have waited for a core so far."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[1]) for thread in threads) / 1e9


def resident_kib(pid: int) -> int:
    """The memory a process holds, without its children's."""
    told = Path(f"/proc/{pid}/status").read_text()
    return int(told.partition("VmRSS:")[2].split()[0])


def children(pid: int) -> list[int]:
    """The processes it has started; none of one that has just ended."""
    try:
        listed = " ".join(tasks.read_text() for tasks in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return []
    return [int(child) for child in listed.split()]
