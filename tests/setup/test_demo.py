"""`make demo`, the way a newcomer runs it: with an empty environment, in a terminal, on a fresh `var/`."""

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from casesim.processes import ROOT, free_port

pytestmark = pytest.mark.slow

LINK = re.compile(r"http://127\.0\.0\.1:\d+(/join/\S+)")
SIGN_IN = re.compile(r"http://127\.0\.0\.1:\d+(/sign-in/\S+)")


class Demo:
    """A running demo in a terminal of its own, as seen by the person in front of it."""

    def __init__(self, var: Path, port: int) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", *PIP) if name in os.environ}
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execvpe("make", ["make", "demo", f"PORT={port}"], {**kept, "CASESIM_VAR": str(var)})
        self.screen = ""

    def read_until(self, text: str, seconds: float = 90) -> str:
        """What is on the screen once the text is there."""
        deadline = time.monotonic() + seconds
        while text not in self.screen:
            assert time.monotonic() < deadline, f"{text!r} never came:\n{self.screen}"
            try:
                self.screen += os.read(self.terminal, 65536).decode()
            except OSError:  # the other end is gone
                pytest.fail(f"the demo ended before {text!r}:\n{self.screen}")
        return self.screen

    def launcher(self) -> psutil.Process:
        """The process that `make` started."""
        return psutil.Process(self.pid).children()[0]

    def children(self) -> list[psutil.Process]:
        """Everything the launcher started, and what that started."""
        return self.launcher().children(recursive=True)

    def press_ctrl_c(self) -> None:
        """Through the terminal, so it reaches everyone whom a real one would reach."""
        os.write(self.terminal, b"\x03")

    def exit_code(self) -> int:
        """Wait for the end, with everything said until then on the screen."""
        try:
            while data := os.read(self.terminal, 65536):
                self.screen += data.decode()
        except OSError:
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


# A machine that installs through a proxy or mirror says so here; `make` may have to install.
PIP = [name for name in os.environ if name.startswith("PIP_")]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def bystander() -> Iterator[psutil.Process]:
    """A process that looks like one of ours and is none."""
    argv = [sys.executable, "-c", "import time; time.sleep(600)", "-m", "celery", "-A", "casesim", "worker"]
    with subprocess.Popen(argv) as process:
        yield psutil.Process(process.pid)
        process.kill()


def status(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse().status
    connection.close()
    return answer


def wait_until_gone(processes: list[psutil.Process], seconds: float = 20) -> list[psutil.Process]:
    return psutil.wait_procs(processes, timeout=seconds)[1]


def test_the_demo_shows_links_that_answer_and_ctrl_c_leaves_nothing_behind(var, bystander):
    port = free_port()
    demo = Demo(var, port)
    paths = LINK.findall(demo.read_until("Ctrl-C to stop"))
    children = demo.children()
    assert len(paths) >= 4, demo.screen
    assert {path: status(port, path) for path in paths if status(port, path) not in (200, 302)} == {}
    (sign_in,) = SIGN_IN.findall(demo.screen)
    assert status(port, sign_in) == 200
    assert [word for word in ("facilitator", "candidate", "panel", "rater") if word not in demo.screen] == []

    demo.press_ctrl_c()
    assert demo.exit_code() == 0, demo.screen
    assert (len(children) >= 5, wait_until_gone(children)) == (True, [])
    assert bystander.is_running()
    assert "Traceback" not in demo.screen

    # A second run keeps the data: the same room, at today's port.
    again = Demo(var, other := free_port())
    assert LINK.findall(again.read_until("Ctrl-C to stop")) == paths
    assert status(other, paths[0]) in (200, 302)
    again.press_ctrl_c()
    assert again.exit_code() == 0


def test_no_secret_of_a_link_is_in_a_log_or_readable_by_others(var):
    demo = Demo(var, port := free_port())
    paths = LINK.findall(demo.read_until("Ctrl-C to stop")) + SIGN_IN.findall(demo.screen)
    for path in [*paths, f"{paths[0]}x", "/join/nonsense-but-secret"]:
        status(port, path)
    demo.press_ctrl_c()
    demo.exit_code()
    written = "".join(log.read_text() for log in (var / "log").iterdir())
    tokens = [urlsplit(path).path.strip("/").split("/")[1] for path in paths] + ["nonsense-but-secret"]
    assert "Not Found: /join/..." in written
    assert [token for token in tokens if token in written] == []
    assert {name: oct((var / name).stat().st_mode & 0o777) for name in ("demo.json", "secret-key")} == {
        "demo.json": "0o600",
        "secret-key": "0o600",
    }


def test_a_process_that_dies_ends_the_demo_with_its_last_words(var):
    demo = Demo(var, free_port())
    demo.read_until("Ctrl-C to stop")
    children = demo.children()
    worker = next(child for child in children if "worker" in child.cmdline())
    worker.kill()
    assert demo.exit_code() != 0
    assert "worker ended with exit code -9" in demo.screen
    assert "ready." in demo.screen
    assert wait_until_gone(children) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie children to their parent")
def test_a_launcher_that_is_killed_outright_leaves_no_children(var):
    demo = Demo(var, free_port())
    demo.read_until("Ctrl-C to stop")
    children = demo.children()
    demo.launcher().send_signal(signal.SIGKILL)
    demo.exit_code()
    assert wait_until_gone(children, 30) == []


def test_a_taken_port_is_named_before_anything_starts(var):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = Demo(var, port)
        assert demo.exit_code() != 0
    assert f"port {port} is taken by another program; try: make demo PORT={port + 1}" in demo.screen
    assert "Traceback" not in demo.screen
    assert not (var / "log").exists()
