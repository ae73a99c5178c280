"""nginx's configuration is one nginx accepts, and keeps secrets and headers where they belong."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from casesim.processes import ROOT
from casesim.programs.management.commands.up import filled
from casesim.topology import PROXY
from tests.conftest import missing

TEMPLATE = (ROOT / "casesim" / "deploy" / "nginx.conf.template").read_text()


def places(home: Path) -> dict[str, str]:
    return {
        "NGINX_LISTEN": "127.0.0.1:8080",
        "NGINX_LOG": str(home / "access.log"),
        "NGINX_SITE": str(home / "site"),
        "NGINX_TMP": str(home),
        "NGINX_WEB1": "127.0.0.1:8001",
        "NGINX_WEB2": "127.0.0.1:8002",
    }


@pytest.fixture
def nginx() -> str:
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    return found or missing("nginx (apt-get install nginx-light)") or ""


def tried(nginx: str, home: Path) -> "subprocess.CompletedProcess[str]":
    (home / "nginx.conf").write_text(filled(places(home)))
    command = [nginx, "-t", "-p", str(home), "-c", str(home / "nginx.conf")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_nginx_accepts_it(nginx, tmp_path):
    done = tried(nginx, tmp_path)
    assert (done.returncode, "test is successful" in done.stderr) == (0, True), done.stderr


def test_it_ends_tls_once_there_is_a_certificate(nginx, tmp_path):
    if not shutil.which("openssl"):
        missing("openssl")
    site = tmp_path / "site"
    site.mkdir()
    names = ["-keyout", site / "privkey.pem", "-out", site / "fullchain.pem", "-subj", "/CN=casesim.example"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names]
    subprocess.run(made, check=True, capture_output=True)
    example = (ROOT / "casesim" / "deploy" / "tls.conf.example").read_text()
    (site / "tls.conf").write_text(example.replace("/etc/nginx/casesim", str(site)))
    done = tried(nginx, tmp_path)
    assert (done.returncode, done.stderr.count("warn")) == (0, 0), done.stderr


def test_every_place_is_filled_by_both_ways_to_start():
    assert set(re.findall(r"\$\{(\w+)\}", TEMPLATE)) == set(PROXY)
    assert "${" not in filled(places(Path("/tmp")))


def test_a_log_of_requests_has_no_query_string_no_referer_and_no_join_token():
    (layout,) = re.findall(r"log_format casesim(.*?);", TEMPLATE, re.DOTALL)
    assert (
        set(re.findall(r"\$\w+", layout)) & {"$request", "$request_uri", "$args", "$query_string", "$uri"}
        == set()
    )
    assert "http_" not in layout and "cookie" not in layout
    assert '"~^/(?<door>join|invitations|sign-in|invited)/" /$door/...;' in TEMPLATE
    http = TEMPLATE[TEMPLATE.index("http {") :]
    assert re.findall(r"error_log (.*);", http) == ["stderr emerg"]


def test_headers_for_security_are_the_applications_alone():
    assert "add_header" not in TEMPLATE
    assert "server_tokens off;" in TEMPLATE
