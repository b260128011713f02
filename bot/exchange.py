"""Files in and out: subscribers from CSV, the ledger to CSV, all broadcasts with their numbers."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TextIO

from bot.people_file import BadColumns, Line, lines, open_reader, person_of, variables_of
from storage import broadcasts, entries, flow_runs, subscribers, variables
from storage.entries import Sums
from storage.fields import from_ms
from storage.lifecycle import REACHED, UNFINISHED
from storage.lifecycle import RecipientState as State

BATCH = 5000
SHOWN = 20
"""So many refused lines are shown one by one."""

COLUMNS = (
    "id", "name", "channel", "status", "audience", "pending", "sent", "delivered", "read", "failed", "skipped",
    "unknown",
)  # fmt: skip


class BadFile(Exception):
    """A file, or a name in it, cannot be used; the sentence says why."""


@dataclass(slots=True)
class Imported:
    """What became of a file: people written, lines refused with the first few reasons, and where all of them are.

    Somebody on several lines is one person; `doubled` counts the lines that a later one about them made good for.
    """

    written: int = 0
    doubled: int = 0
    refused: int = 0
    reasons: list[tuple[int, str]] = field(default_factory=list)
    refused_file: Path | None = None


def import_subscribers(
    channel_id: int, path: Path, now: datetime, progress: Callable[[float, int], None] = lambda _part, _people: None
) -> Imported:
    """Add or update subscribers from a CSV file; lines that cannot be used are refused, the others written.

    `platform_user_id` is needed. Other columns are profile fields or moments by name, or `var.NAME`. Importing again
    never brings back who opted out. Refused lines go into a file beside it, with the reason in front, so that they
    can be mended and imported. `progress` is told the part of the file read (0 to 1) and the people written.
    Raises `BadFile` when the file as a whole cannot be used.
    """
    result = Imported()
    batch: list[dict[str, Any]] = []
    seen: set[str] = set()
    accepted = 0

    def write() -> None:
        subscribers.add_imported(channel_id, batch, now)
        seen.update(row["platform_user_id"] for row in batch)
        result.written, result.doubled = len(seen), accepted - len(seen)
        batch.clear()

    try:
        size = max(path.stat().st_size, 1)
        with path.open("rb") as raw, _Refused(path, result) as refused:
            file = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
            reader = open_reader(file)
            kinds = _declare_variables(channel_id, path)
            for row in lines(reader):
                try:
                    batch.append(person_of(row, kinds))
                    accepted += 1
                except ValueError as error:
                    refused.write(reader, row, str(error))
                if len(batch) >= BATCH:
                    write()
                    progress(raw.tell() / size, result.written)
            write()
            progress(1.0, result.written)
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from None
    except BadColumns as error:
        raise BadFile(f"{path} {error}") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadFile(
            f"{path} is not CSV in UTF-8: {error}. {result.written} people before that line were written; mend the file"
            " and import it again, nobody is added twice."
        ) from None
    return result


def _declare_variables(channel_id: int, path: Path) -> Mapping[str, str]:
    """Make the file's variables known and return the kind of each; one that is known already keeps its own."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = variables_of(open_reader(file))
    return {name: variables.declare(channel_id, name, kind) for name, kind in found.items()}


class _Refused:
    """The file of refused lines; made with the first of them."""

    def __init__(self, source: Path, result: Imported) -> None:
        self._path = source.with_suffix(".refused.csv")
        self._result = result
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, reader: "csv.DictReader[str]", row: Line, why: str) -> None:
        """Keep a line with its number and the reason."""
        names = [*(reader.fieldnames or ())]
        more = row.get(None) or []
        try:
            if self._file is None:
                self._file = self._path.open("w", encoding="utf-8", newline="")
                csv.writer(self._file).writerow(["refused_because", "line", *names])
                self._result.refused_file = self._path
            csv.writer(self._file).writerow([why, reader.line_num, *(row[name] or "" for name in names), *more])
        except OSError as error:
            raise BadFile(
                f"Line {reader.line_num} is refused ({why}), and {self._path}, where refused lines are kept, cannot be"
                f" written: {error.strerror}. Make room for it there, and import again; nobody is added twice."
            ) from None
        self._result.refused += 1
        if len(self._result.reasons) < SHOWN:
            self._result.reasons.append((reader.line_num, why))


def export_recipients(broadcast_id: int, out: TextIO) -> None:
    """Write one line per recipient of a broadcast. Raises `BadFile` when there is no such broadcast."""
    if broadcasts.get(broadcast_id) is None:
        raise BadFile(f"There is no broadcast {broadcast_id}; `status` lists those there are.")
    writer = csv.writer(out)
    writer.writerow(("platform_user_id", "state", "reason", "message_ids", "updated_at"))
    for who, state, reason, message_ids, updated_at in entries.rows(broadcast_id):
        writer.writerow((who, state, reason, message_ids, _iso(from_ms(updated_at))))


def person(channel_id: int, platform_user_id: str) -> dict[str, Any]:
    """Return all that is known of one person. Raises `BadFile` when nobody is."""
    known = subscribers.find(channel_id, platform_user_id)
    if known is None:
        raise BadFile(f"Nobody called {platform_user_id} is known on this channel.")
    profile = {name: getattr(known, name) for name in subscribers.PROFILE_FIELDS if getattr(known, name)}
    moments = {name: _iso(getattr(known, name)) for name in (*subscribers.MOMENT_FIELDS, "consent_at")}
    return {
        "platform_user_id": known.platform_user_id,
        "profile": profile,
        "consent": known.consent,
        **{name: moment for name, moment in moments.items() if moment},
        "variables": known.variables,
        "tags": known.tags,
        "flows": [
            {"flow": run.flow, "status": run.status, "started_at": _iso(run.started_at), "ended_at": _iso(run.ended_at)}
            for run in flow_runs.of(known.id)
        ],
        "broadcasts": [
            {"id": number, "name": name, "state": state, "reason": reason, "sent_at": _iso(sent_at)}
            for number, name, state, reason, sent_at in entries.of_person(known.id)
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def status(channel_names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return every broadcast with its numbers, oldest first: the parts of `audience` add up at every moment."""
    return [
        _line(row.id, row.name, channel_names.get(row.channel_id, ""), row.status, entries.sums(row.id))
        for row in reversed(broadcasts.with_status(None))
    ]


def _line(number: int, name: str, channel: str, state: str, sums: Sums) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "channel": channel,
        "status": state,
        "audience": sums.audience,
        "pending": sums.of(*UNFINISHED),
        "sent": sums.of(*REACHED),
        "delivered": sums.of(State.DELIVERED, State.READ),
        "read": sums.of(State.READ),
        "failed": sums.of(State.FAILED),
        "skipped": sums.of(State.SKIPPED),
        "unknown": sums.of(State.UNKNOWN),
    }


def as_json(rows: Any) -> str:
    """Return the rows for programs."""
    return json.dumps(rows, ensure_ascii=False, indent=2)


def as_table(rows: list[dict[str, Any]]) -> str:
    """Return the rows for people."""
    if not rows:
        return "no broadcasts yet"
    return "\n".join(_lined_up([list(COLUMNS), *([str(row[column]) for column in COLUMNS] for row in rows)]))


def _lined_up(table: list[list[str]]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
