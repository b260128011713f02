"""What the environment says besides the settings, and which of its variables are meant for them and misspelt."""

import re
from collections.abc import Collection, Iterable, Mapping

PREFIX = "CLARION_"

MOST_PROCESSES = 1000
"""A bound that only a slip of the hand reaches; each process takes tens of megabytes."""

OTHERS = frozenset({"CLARION_CONFIG", "CLARION_CLOCK_FILE"})
"""Where the settings are, and the file with which a rehearsal moves the clock."""

# Kubernetes puts the address of a service called `clarion` or `clarion-web` into every container of its namespace:
# kubernetes.io/docs/tutorials/services/connect-applications-service, "Environment Variables".
_FROM_KUBERNETES = re.compile(r"CLARION_(\w+_)?(SERVICE_(HOST|PORT\w*)|PORT(_\d+_(TCP|UDP|SCTP)\w*)?)")


class BadEnvironment(Exception):
    """A variable of the environment cannot be used; the sentence says which and what was expected."""


def port(environment: Mapping[str, str]) -> int:
    """Return where the web process listens. Raises `BadEnvironment` when `PORT` is none."""
    return _whole(environment, "PORT", 8000, 65535)


def processes(environment: Mapping[str, str]) -> int:
    """Return how many web processes there are to be. Raises `BadEnvironment` when `WEB_CONCURRENCY` is no number."""
    return _whole(environment, "WEB_CONCURRENCY", 1, MOST_PROCESSES)


def _whole(environment: Mapping[str, str], name: str, default: int, most: int) -> int:
    """Return a variable's number, from 1 to `most`; the default where it is not set, or set to nothing."""
    written = environment.get(name, "").strip() or str(default)
    if not (written.isascii() and written.isdecimal() and len(written) <= len(str(most)) and 1 <= int(written) <= most):
        raise BadEnvironment(f"The environment says {name}={written}; expected a whole number from 1 to {most}.")
    return int(written)


def strange(names: Iterable[str], sections: Collection[str], referred: Collection[str]) -> list[str]:
    """Return those of `names` that begin as ours do and say nothing to us, in order.

    `sections` are the tables of the settings, whose own names are checked with them; `referred` are the variables
    that the settings file takes secrets from.
    """
    return sorted(
        name
        for name in names
        if name.upper().startswith(PREFIX)
        and name not in OTHERS
        and name not in referred
        and not _FROM_KUBERNETES.fullmatch(name)
        and name.upper().removeprefix(PREFIX).partition("__")[0].lower() not in sections
    )
