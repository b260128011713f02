"""Asks for known vulnerabilities of the locked packages: `python -m requirements.audit`.

A vulnerability fails it. A service that cannot be asked is told in a line and fails nothing, for a build without a
network would otherwise never pass.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import requests

OSV = "https://api.osv.dev/v1/query"
"""The database of open source vulnerabilities, which takes in the index's own advisories."""

LOCKS = sorted(Path(__file__).parent.glob("*.txt"))


def problem_with(service: str) -> str:
    """Return why the service cannot be asked, or nothing; asked is about a package that does not exist."""
    question = {"version": "0", "package": {"ecosystem": "PyPI", "name": "clarion-broadcast"}}
    try:
        answer = requests.post(service, json=question, timeout=10)
        answer.raise_for_status()
        answer.json()
    except requests.HTTPError as refused:
        return f"it answered {refused.response.status_code}"
    except requests.RequestException as failed:
        return type(failed).__name__
    return ""


def audit(service: str, locks: list[Path]) -> int:
    """Ask about every package of the lock files; return 0 if nothing is known against them or nobody can be asked."""
    if problem := problem_with(service):
        sys.stdout.write(f"NOT AUDITED for vulnerabilities: {service} cannot be asked ({problem}).\n")
        return 0
    files = [word for lock in locks for word in ("--requirement", str(lock))]
    asking = ["--vulnerability-service", "osv", "--osv-url", service, "--progress-spinner", "off"]
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--strict", *asking, *files]
    return subprocess.run(command, check=False).returncode  # noqa: S603  (our own words, no shell)


if __name__ == "__main__":
    reader = argparse.ArgumentParser(prog="python -m requirements.audit", description="Known vulnerabilities.")
    reader.add_argument("locks", nargs="*", type=Path, default=LOCKS, metavar="LOCK", help="lock files, or all")
    reader.add_argument("--service", default=OSV, help="where to ask, an address that speaks OSV's query API")
    given = reader.parse_args()
    sys.exit(audit(given.service, given.locks))
