"""The processes casesim is deployed as.

`compose.yaml` says the same for containers, and a test holds the two together. Commands are those of
the image; `{host}`, `{port}` and the like stand for what differs between a container and one machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

HEALTHY, COMPLETED = "service_healthy", "service_completed_successfully"

WEB = ("python", "-m", "casesim.web", "-b", "{host}", "-p", "{port}", "-v", "0", "--no-server-name")
WEB += ("casesim.asgi:application",)
WORKER = ("python", "-m", "celery", "-A", "casesim", "worker", "--hostname", "{node}")
WORKER += ("--queues", "casesim,voices", "--concurrency", "{concurrency}", "--loglevel", "INFO")
WORKER += ("--without-gossip", "--without-mingle")
BEAT = ("python", "-m", "celery", "-A", "casesim", "beat", "--loglevel", "INFO")
BEAT += ("--schedule", "{schedule}", "--pidfile", "")
PREPARE = "python manage.py migrate --noinput -v0 && python manage.py collectstatic --noinput -v0"
PREPARE += " && python manage.py scenarios publish"

# More than all processes together ever open: a web process has one for its writer, two that read, one
# that hears the bell and one for pages; a worker has one for each of its children.
POSTGRES = ("postgres", "-c", "max_connections=100")


@dataclass(frozen=True)
class Service:
    """One process: what it runs, what must be there first, and the variables it is given."""

    name: str
    command: tuple[str, ...]
    needs: Mapping[str, str] = field(default_factory=dict)
    settings: tuple[str, ...] = ()

    def argv(self, **places: object) -> list[str]:
        """The command with its places filled in."""
        return [part.format(**places) for part in self.command]


STORES = {"postgres": HEALTHY, "redis": HEALTHY}
PREPARED = {**STORES, "migrate": COMPLETED}
APPLICATION = (
    "ALLOWED_HOSTS",
    "CASESIM_VAR",
    "DATABASE_URL",
    "EMAIL_FROM",
    "EMAIL_URL",
    "HTTPS",
    "LISTENER",
    "LLM_KEY",
    "LLM_MODEL",
    "LLM_PRICE_IN",
    "LLM_PRICE_OUT",
    "LLM_ROOM_COST",
    "LLM_ROOM_TOKENS",
    "LLM_SECONDS",
    "LLM_URL",
    "LOG_LEVEL",
    "METRICS",
    "METRICS_TOKEN",
    "NEW_WORKSPACES",
    "PORT",
    "REDIS_URL",
    "SECRET_KEY",
    "SIGN_UP",
    "SITE_URL",
    "TRUST_PROXY",
)
PROXY = ("NGINX_LISTEN", "NGINX_LOG", "NGINX_SITE", "NGINX_TMP", "NGINX_WEB1", "NGINX_WEB2")

# In the order they start.
SERVICES = (
    Service("postgres", POSTGRES),
    Service("redis", ("valkey-server",)),
    Service("migrate", ("sh", "-c", PREPARE), STORES, APPLICATION),
    Service("web1", WEB, PREPARED, APPLICATION),
    Service("web2", WEB, PREPARED, APPLICATION),
    Service("worker", WORKER, PREPARED, APPLICATION),
    Service("beat", BEAT, PREPARED, APPLICATION),
    Service("nginx", ("nginx", "-c", "{conf}"), {"web1": HEALTHY, "web2": HEALTHY}, PROXY),
)


def service(name: str) -> Service:
    """The service of that name."""
    return next(one for one in SERVICES if one.name == name)
