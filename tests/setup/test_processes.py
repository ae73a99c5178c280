"""Processes are started, waited for, and stopped with all they started; nothing else is touched."""

import sys
import time

import psutil
import pytest

from casesim.processes import Child, Crew, Died, free_port, port_is_free

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(grandchild.pid, flush=True)
time.sleep(600)
"""


def python(code: str, **more) -> Child:
    return Child("child", [sys.executable, "-c", code], **{"ready": lambda: True, **more})


def test_a_child_that_will_not_end_is_ended_with_what_it_started(tmp_path):
    log = tmp_path / "child.log"
    with Crew(tmp_path) as crew:
        crew.start(python(STUBBORN, ready=lambda: log.read_text().endswith("\n"), grace=0.3))
        family = [psutil.Process(crew.running[0][1].pid), psutil.Process(int(log.read_text()))]
    assert psutil.wait_procs(family, timeout=5)[1] == []


def test_a_child_that_ends_before_it_answers_is_reported_with_its_last_words(tmp_path):
    with Crew(tmp_path) as crew, pytest.raises(Died, match="child ended with exit code 3 before") as died:
        crew.start(python("print('no disk'); raise SystemExit(3)", ready=lambda: False))
    assert died.value.log == "no disk"


def test_a_child_that_never_answers_is_not_waited_for_for_ever(tmp_path):
    begun = time.monotonic()
    with Crew(tmp_path) as crew, pytest.raises(Died, match="did not answer within 0 s"):
        crew.start(python("import time; time.sleep(600)", ready=lambda: False, patience=0.2))
    assert time.monotonic() - begun < 5


def test_children_stop_in_the_reverse_of_their_order(tmp_path):
    said = tmp_path / "said"
    code = "import signal,sys,time\ndef bye(*_):\n    open({!r},'a').write({!r})\n    sys.exit()\n"
    code += "signal.signal(signal.SIGTERM, bye)\nprint('up', flush=True)\ntime.sleep(600)"
    with Crew(tmp_path) as crew:
        for name in ("redis", "web", "worker"):
            argv = [sys.executable, "-c", code.format(str(said), name + " ")]
            log = tmp_path / f"{name}.log"
            crew.start(Child(name, argv, ready=lambda log=log: log.read_text() == "up\n"))
    assert said.read_text() == "worker web redis "


def test_a_free_port_is_free():
    assert port_is_free(free_port())
