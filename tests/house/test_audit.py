"""The audit of the locked packages: what is known fails it, who cannot be asked does not, and both are said."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.docs.pages import ROOT

LOCK = "flask==0.5 \\\n    --hash=sha256:" + "0" * 64 + "\n"
KNOWN = {"vulns": [{"id": "PYSEC-2018-66", "summary": "It may run out of memory.", "affected": []}]}


@pytest.fixture
def advisories() -> Iterator[Callable[..., str]]:
    """A function that starts a service with answers by the package's name and returns its address."""
    servers = []

    def start(answers: dict[str, Any], status: int = 200) -> str:
        class Service(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(answers.get(asked["package"]["name"], {})).encode())

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        server = HTTPServer(("127.0.0.1", 0), Service)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/v1/query"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def audited(tmp_path) -> Callable[[str], tuple[int, str]]:
    """A function that audits one old package and returns the exit status and what was printed."""
    (tmp_path / "lock.txt").write_text(LOCK)

    def run(service: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "requirements.audit", "--service", service, tmp_path / "lock.txt"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_known_vulnerability_fails_it(advisories, audited):
    status, printed = audited(advisories({"flask": KNOWN}))
    assert status == 1
    assert "PYSEC-2018-66" in printed


def test_nothing_known_is_fine(advisories, audited):
    assert audited(advisories({})) == (0, "No known vulnerabilities found\n")


def test_a_service_in_trouble_is_told_in_one_line_and_fails_nothing(advisories, audited):
    service = advisories({}, status=503)
    told = f"NOT AUDITED for vulnerabilities: {service} cannot be asked (it answered 503).\n"
    assert audited(service) == (0, told)


def test_a_service_out_of_reach_is_told_in_one_line_and_fails_nothing(audited):
    service = "http://127.0.0.1:9/v1/query"
    told = f"NOT AUDITED for vulnerabilities: {service} cannot be asked (ConnectionError).\n"
    assert audited(service) == (0, told)


def test_make_check_audits_every_lock_file():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "\t@$(BIN)/python -m requirements.audit" in makefile.partition("\ncheck:")[2].partition("\n\n")[0]
