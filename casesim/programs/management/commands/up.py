"""`make up`: the processes of compose.yaml on this machine, from wheels and one Debian package."""

import os
import re
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from casesim.postgres import Unreachable, bundled_postgres
from casesim.processes import (
    ROOT,
    Child,
    Crew,
    Died,
    beat,
    bundled_redis,
    daphne,
    free_port,
    http_answers,
    in_the_foreground,
    stopping_signals,
    worker,
)
from casesim.programs.launching import alone, refuse_a_taken_port, say, step
from casesim.topology import APPLICATION, SERVICES, service

ENDS = 5  # how often a process may end before we give up on it


class Command(BaseCommand):
    """Start what compose.yaml names, in its order; start again what ends; stay until Ctrl-C."""

    help = "Start nginx, two web processes, PostgreSQL, Redis, a worker and beat, as compose.yaml does."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C, which is the way to end it and so no failure."""
        here = settings.VAR / "up"
        here.mkdir(exist_ok=True)
        with ExitStack() as stack:
            stack.enter_context(stopping_signals())
            stack.enter_context(in_the_foreground())
            stack.enter_context(alone(here / "lock", "make up"))
            refuse_a_taken_port(settings.PORT, "up")
            try:
                self.live(Topology(here, nginx_program()))
            except KeyboardInterrupt:
                say(self.stdout, f"Stopped. The data stays in {here}")
            except Unreachable as error:
                raise CommandError(f"{error}; set CASESIM_VAR to a directory that others may enter") from None
            except Died as died:
                raise CommandError(f"{died}; the last lines of its log:\n{died.log}") from None

    def live(self, topology: "Topology") -> None:
        """Start, say how to get in, and keep it going; whatever ends this, the children end too."""
        say(self.stdout, f"casesim starts; its data lies in {topology.here}")
        with Crew(topology.here / "log") as crew:
            try:
                for one in SERVICES:
                    step(self.stdout, f"start {one.name}", lambda name=one.name: topology.start(crew, name))
                say(self.stdout, topology.way_in())
                self.keep(crew)
            except KeyboardInterrupt:
                say(self.stdout, "\nStopping ...")
                raise

    def keep(self, crew: Crew) -> None:
        """What ends is started again, as `restart: unless-stopped` does."""
        ends: Counter[str] = Counter()
        while True:
            for child in crew.ended():
                ends[child.name] += 1
                if ends[child.name] > ENDS:
                    raise crew.death(child, f"ended {ends[child.name]} times")
                step(
                    self.stdout,
                    f"start {child.name} again",
                    lambda child=child: crew.start(child, again=True),
                )
            time.sleep(0.3)


class Topology:
    """The services of `casesim.topology` as children on loopback."""

    def __init__(self, here: Path, nginx: str) -> None:
        self.here = here
        self.nginx = nginx
        self.web = {name: free_port() for name in ("web1", "web2")}
        self.env = application(here)

    def start(self, crew: Crew, name: str) -> None:
        """Start one and wait until it answers, or until it is done."""
        if name == "migrate":
            return self.migrate()
        child = self.child(name)
        crew.start(child)
        if name in ("postgres", "redis"):
            self.env |= child.env
            remember(self.here / "environment", self.env)
        return None

    def child(self, name: str) -> Child:
        """What to start for a service."""
        match name:
            case "postgres":
                options = service("postgres").command[1:]
                return bundled_postgres(
                    self.here, free_port(), options, password(self.here / "postgres-password")
                )
            case "redis":
                return bundled_redis(self.here / "redis", free_port())
            case "worker":
                return worker(self.env)
            case "beat":
                return beat(self.env, self.here / "celerybeat-schedule")
            case "nginx":
                return self.proxy()
            case _:
                return daphne(self.web[name], self.env, name)

    def migrate(self) -> None:
        """Run once and wait for the end."""
        with (self.here / "log" / "migrate.log").open("wb") as log:
            done = subprocess.run(
                service("migrate").command,
                cwd=ROOT,
                env={**os.environ, **self.env, "PATH": ours_first()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            written = (self.here / "log" / "migrate.log").read_text(errors="replace")
            raise Died("migrate", f"ended with exit code {done.returncode}", written[-3000:])

    def proxy(self) -> Child:
        """nginx, with the template filled in for this machine."""
        home = self.here / "nginx"
        home.mkdir(exist_ok=True)
        conf = home / "nginx.conf"
        conf.write_text(filled(self.places(home)))
        argv = [self.nginx, *service("nginx").argv(conf=conf)[1:], "-p", str(home)]
        if os.geteuid() == 0:
            argv += ["-g", "user root;"]  # its other users may not get into our directories
        return Child("nginx", argv, lambda: http_answers(f"http://127.0.0.1:{settings.PORT}/health/live"))

    def places(self, home: Path) -> dict[str, str]:
        """What the template leaves open."""
        return {
            "NGINX_LISTEN": f"127.0.0.1:{settings.PORT}",
            "NGINX_LOG": str(self.here / "log" / "access.log"),
            "NGINX_SITE": str(home / "site"),
            "NGINX_TMP": str(home),
            "NGINX_WEB1": f"127.0.0.1:{self.web['web1']}",
            "NGINX_WEB2": f"127.0.0.1:{self.web['web2']}",
        }

    def way_in(self) -> str:
        """What to do next."""
        room = f"(set -a; . {self.here / 'environment'}; {sys.executable} manage.py open_room fraud --fill)"
        return f"\n{settings.SITE_URL} answers. For a room's links:\n\n  {room}\n\nCtrl-C to stop."


def application(here: Path) -> dict[str, str]:
    """The variables our own processes are given; the stores add their addresses when they run."""
    given = {name: os.environ.get(name, "") for name in APPLICATION}
    fixed = {"CASESIM_VAR": here, "PORT": settings.PORT, "SECRET_KEY": settings.SECRET_KEY, "TRUST_PROXY": 1}
    return given | {name: str(value) for name, value in fixed.items()}


def remember(path: Path, env: dict[str, str]) -> None:
    """The environment, for a shell: commands such as open_room need the same. It holds keys."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in env.items()))


def password(path: Path) -> str:
    """Made once; the database's data knows no other."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(24))
    return path.read_text()


def nginx_program() -> str:
    """Where nginx is. CommandError says how to get it."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise CommandError("nginx was not found; on Debian and Ubuntu: sudo apt-get install nginx-light")
    return found


def filled(places: dict[str, str]) -> str:
    """nginx.conf from its template; a place nobody fills is an error."""
    template = (ROOT / "casesim" / "deploy" / "nginx.conf.template").read_text()
    return re.sub(r"\$\{([A-Z0-9_]+)\}", lambda found: places[found[1]], template)


def ours_first() -> str:
    """PATH with this very Python in front."""
    return f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
