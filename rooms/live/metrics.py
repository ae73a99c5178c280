"""What this process counts. Each call costs about a microsecond; `casesim.metrics` shows the numbers.

What can be asked for when somebody looks (rooms, queue, bell, bots) is set then, and costs nothing before.
"""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

QUICK = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds

ROOMS = Gauge("casesim_rooms", "Rooms with sockets in this process", registry=REGISTRY)
SOCKETS = Gauge("casesim_sockets", "Sockets in this process", registry=REGISTRY)
COMMANDS = Counter(
    "casesim_commands",
    "Commands answered: done, or the refusal's code",
    ["type", "outcome"],
    registry=REGISTRY,
)
COMMIT = Histogram(
    "casesim_commit_seconds",
    "From taking a group of commands to its commit",
    buckets=QUICK,
    registry=REGISTRY,
)
COMMITTED = Counter("casesim_committed_commands", "Commands in those groups", registry=REGISTRY)
HANDOUT = Histogram(
    "casesim_handout_seconds", "From a commit to its frames in the outboxes", buckets=QUICK, registry=REGISTRY
)
QUEUE = Gauge("casesim_queue_depth", "Commands that wait for the writer", registry=REGISTRY)
BELL = Gauge("casesim_bell_alive", "Whether this process hears other processes' rings", registry=REGISTRY)
CELERY = Gauge("casesim_celery_alive", "Whether a worker has swept within 15 s", registry=REGISTRY)
BOT_LAG = Gauge(
    "casesim_bot_lag_seconds",
    "How far the bots are behind: the latest act of the last minute or two, or the turn that waits longest; "
    "NaN: none did anything and none is due",
    registry=REGISTRY,
)
RESTARTS = Counter(
    "casesim_background_restarts", "Background work that failed and was started again", registry=REGISTRY
)

_answers: dict[tuple[str, str], Counter] = {}  # finding a labelled child costs more than counting
_restarted_at: float | None = None


def joined() -> None:
    """A socket was seated."""
    SOCKETS.inc()


def left() -> None:
    """A seated socket is gone."""
    SOCKETS.dec()


def answered(type_: str, outcome: str = "done") -> None:
    """A command of this type was answered: `done`, or the code of its refusal."""
    child = _answers.get((type_, outcome))
    if child is None:
        child = _answers[type_, outcome] = COMMANDS.labels(type_, outcome)
    child.inc()


def committed(seconds: float, jobs: int) -> None:
    """A group of commands was committed."""
    COMMIT.observe(seconds)
    COMMITTED.inc(jobs)


def handed_out(seconds: float) -> None:
    """What a group added has been put into the outboxes of this process's sockets."""
    HANDOUT.observe(seconds)


def restarted() -> None:
    """Background work failed and is started again."""
    global _restarted_at  # noqa: PLW0603
    RESTARTS.inc()
    _restarted_at = time.monotonic()


def restarted_within(seconds: float) -> bool:
    """Whether background work was started again in the last so many seconds."""
    return _restarted_at is not None and time.monotonic() - _restarted_at < seconds
