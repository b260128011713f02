"""Asks the owner, on a terminal or line by line from a script; secrets are not shown while they are typed."""

import getpass
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


class BadAnswer(Exception):
    """An answer is missing or cannot be used and nobody can be asked again; the sentence says which."""


def _somebody_types() -> bool:
    return sys.stdin.isatty()


@dataclass(frozen=True, slots=True)
class Interview:
    """Where answers come from: `given` by flags first, then a person at a terminal, then lines of standard input."""

    given: Mapping[str, str] = field(default_factory=dict)
    terminal: bool = field(default_factory=_somebody_types)

    def ask(
        self,
        name: str,
        where: str,
        check: Callable[[str], str | None],
        *,
        empty: Callable[[], str] | None = None,
        secret: bool = False,
    ) -> str:
        """Return a checked answer. `empty` makes the value that an empty answer stands for.

        `check` returns what is wrong with an answer, None when it is good. A person is asked again; a script gets
        `BadAnswer`.
        """
        if name in self.given:
            value = self.given[name] or (empty() if empty else "")
            if (wrong := check(value)) is not None:
                raise BadAnswer(f"{name}: {wrong}.")
            return value
        while True:
            value = self._read(name, where, secret=secret) or (empty() if empty else "")
            if (wrong := check(value)) is None:
                return value
            if not self.terminal:
                raise BadAnswer(f"{name}: {wrong}.")
            sys.stderr.write(f"  That cannot be used: {wrong}.\n")

    def _read(self, name: str, where: str, *, secret: bool) -> str:
        if self.terminal:
            sys.stderr.write(f"\n{name} ({where})\n")
            typed = getpass.getpass("  hidden> ") if secret else input("  > ")
            return typed.strip()
        line = sys.stdin.readline()
        if not line:
            raise BadAnswer(f"{name} is missing: answer with --set {name}=… or with a line of standard input.")
        return line.strip()
