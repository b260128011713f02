"""A backup is whole, taken while others write, and can be put back."""

import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import peewee as pw
import pytest

from bot.backup import BackupProblem, back_up
from bot.cli import main
from storage import broadcasts, channels
from storage.database import open_database, proxy
from storage.lifecycle import BroadcastStatus as S
from storage.migrate import migrate, missing
from storage.models import Broadcast, Subscriber
from tests.bot.left_behind import KINDS, RELEASED, come_upon, left_behind
from tests.support.page import CONFIG
from tests.support.people import saw
from tests.support.postgres import programs

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RELEASES = sorted({path.name.removesuffix(".sqlite.sql") for path in RELEASED.glob("*.sqlite.sql")})


@pytest.fixture
def live(tmp_path: Path):
    database = open_database("sqlite:///live.db", tmp_path)
    migrate(database)
    yield database
    if proxy.obj is not None:
        proxy.obj.close()


def _people(path: Path) -> int:
    connection = sqlite3.connect(path)
    (number,) = connection.execute("SELECT count(*) FROM subscribers").fetchone()
    connection.close()
    return int(number)


def test_a_copy_taken_while_others_write_is_whole(live, tmp_path):
    """Pairs are written in one transaction each: a copy that holds half a pair was not taken at one moment."""
    channel = channels.ensure("page", "messenger")
    stop = threading.Event()
    wrote: list[int] = []

    def write() -> None:
        number = 0
        while not stop.is_set():
            with live.atomic():
                for half in "ab":
                    saw(channel, f"{number}{half}", NOW, None)
            number += 1
            wrote.append(number)
        live.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(5):
            before = len(wrote)
            back_up(live, "sqlite:///live.db", tmp_path / f"{number}.backup")
            copied = _people(tmp_path / f"{number}.backup")
            assert copied % 2 == 0
            assert copied >= 2 * before
    finally:
        stop.set()
        thread.join()


def test_a_damaged_copy_is_no_backup(live, tmp_path):
    channel = channels.ensure("page", "messenger")
    for number in range(200):
        saw(channel, f"p{number}", NOW, None)
    index = "SELECT rootpage FROM sqlite_master WHERE tbl_name = 'subscribers' AND type = 'index'"
    page, size = live.execute_sql(index).fetchone()[0], live.execute_sql("PRAGMA page_size").fetchone()[0]
    live.close()  # all that was written is in one file now
    with (tmp_path / "live.db").open("r+b") as file:
        file.seek(page * size - 64)  # the end of that page: what an entry of the index says
        file.write(b"\xff" * 64)
    with pytest.raises(BackupProblem, match="is damaged"):
        back_up(live, "sqlite:///live.db", tmp_path / "monday.backup")
    assert {path.name for path in tmp_path.iterdir()} == {"live.db"}


def test_a_backup_put_back_is_the_database_of_that_moment(live, tmp_path):
    channel = channels.ensure("page", "messenger")
    saw(channel, "before", NOW, None)
    back_up(live, "sqlite:///live.db", tmp_path / "monday.backup")
    saw(channel, "after", NOW, None)
    live.close()

    for name in ("live.db", "live.db-wal", "live.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "monday.backup", tmp_path / "live.db")
    restored = open_database("sqlite:///live.db", tmp_path)
    assert missing(restored) == []
    assert [person.platform_user_id for person in Subscriber.select()] == ["before"]
    assert restored.execute_sql("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_statement_of_the_operations_page_holds_what_was_under_way(live):
    """A restored ledger does not know what went out after the backup, so nothing may go on by itself."""
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    (statement,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    channel = channels.ensure("page", "messenger")
    made = {status: broadcasts.create(channel, status.value, "anna", NOW) for status in S}
    for status, row in made.items():
        Broadcast.update(status=status.value).where(Broadcast.id == row.id).execute()
    live.execute_sql(statement)
    now = {status: Broadcast.get_by_id(row.id).status for status, row in made.items()}
    held = {S.SCHEDULED: "draft", S.STARTING: "paused", S.SENDING: "paused"}
    assert now == {status: held.get(status, status.value) for status in S}


def test_a_backup_can_be_read_by_its_owner_alone_and_stands_alone(live, tmp_path):
    back_up(live, "sqlite:///live.db", tmp_path / "b")
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("b")) == ["b"]


def test_nothing_is_overwritten_and_nothing_half_is_left(live, tmp_path):
    (tmp_path / "there").write_text("precious")
    for target, sentence in ((tmp_path / "there", "exists"), (tmp_path / "no" / "b", "create it first")):
        with pytest.raises(BackupProblem, match=sentence):
            back_up(live, "sqlite:///live.db", target)
    assert (tmp_path / "there").read_text() == "precious"
    live.close()
    (tmp_path / "live.db").write_bytes(b"x" * 8192)
    with pytest.raises(BackupProblem, match="could not copy"):
        back_up(live, "sqlite:///live.db", tmp_path / "b")
    assert not (tmp_path / "b").exists()
    assert not (tmp_path / "b.part").exists()


def test_the_command_writes_the_file_and_says_what_belongs_to_it(tmp_path, capsys):
    (tmp_path / "config.toml").write_text(CONFIG.format(url="sqlite:///cli.db"))
    for command, status, out in (
        (["migrate"], 0, "ran 0001_first\n"),
        (["backup", str(tmp_path / "b")], 0, "Keep config.toml and the flows folder with it."),
        (["backup", str(tmp_path / "b")], 1, ""),
    ):
        with pytest.raises(SystemExit) as ended:
            main([*command, "--config", str(tmp_path / "config.toml")])
        assert ended.value.code == status
        printed = capsys.readouterr()
        assert out in printed.out
        assert printed.err.count("\n") == status
    proxy.obj.close()


def test_postgres_is_dumped_and_put_back(empty_postgres, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(programs()))
    channel = channels.ensure("page", "messenger")
    saw(channel, "p1", NOW, None)
    assert proxy.obj is not None
    back_up(proxy.obj, empty_postgres, tmp_path / "dump")
    assert stat.S_IMODE((tmp_path / "dump").stat().st_mode) == 0o600

    restore = [programs() / "pg_restore", "--clean", "--if-exists", "--no-owner", f"--dbname={empty_postgres}"]
    saw(channel, "p2", NOW, None)
    proxy.obj.close()
    subprocess.run([*restore, str(tmp_path / "dump")], check=True, capture_output=True)
    restored = open_database(empty_postgres, tmp_path)
    assert [person.platform_user_id for person in Subscriber.select()] == ["p1"]
    assert missing(restored) == []
    restored.close()


def test_without_pg_dump_it_is_said_what_to_install(empty_postgres, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupProblem, match="pg_dump is not installed here"):
        back_up(pw.PostgresqlDatabase("x"), empty_postgres, tmp_path / "dump")
    assert not (tmp_path / "dump").exists()


def test_the_password_is_in_the_environment_of_pg_dump_and_not_in_its_arguments(monkeypatch, tmp_path):
    fake = tmp_path / "pg_dump"
    fake.write_text(
        f"#!{sys.executable}\nimport os, sys\nsys.exit(f\"{{sys.argv[1:]}} {{os.environ['PGPASSWORD']}}\")\n"
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupProblem) as said:
        back_up(
            pw.PostgresqlDatabase("x"), "postgresql://me:hun%2Fter@db.example:5433/x?sslmode=require", tmp_path / "d"
        )
    assert "hun/ter" in str(said.value)
    assert "--dbname=postgresql://me@db.example:5433/x?sslmode=require" in str(said.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("release", ["this one", *RELEASES])
def test_a_database_of_every_released_version_is_brought_to_this_one(kind, release, postgres_server, tmp_path):
    """Each file is what a release left behind; nothing of it may be lost."""
    if release == "this one":
        script = left_behind(kind, tmp_path, postgres_server)
    else:
        script = (RELEASED / f"{release}.{kind}.sql").read_text("utf-8")
    database = open_database(come_upon(kind, script, tmp_path, postgres_server), tmp_path)
    before = {table: count for table, count in _counts(database).items() if count}
    migrate(database)
    assert missing(database) == []
    after = _counts(database)
    assert before["recipients"] == 1
    assert {table: after[table] for table in before} == before
    database.close()


def test_every_release_has_left_a_database_of_each_kind_to_migrate():
    """At a release, `python -m tests.bot.left_behind` writes its files; see docs/operations.md."""
    changes = (Path(__file__).parents[2] / "CHANGELOG.md").read_text()
    releases = re.findall(r"^## \[?v?(\d+\.\d+\.\d+)", changes, re.MULTILINE)
    expected = {f"{release}.{kind}.sql" for release in releases for kind in KINDS}
    assert expected == {path.name for path in RELEASED.glob("*.sql")}


def _counts(database: pw.Database) -> dict[str, int]:
    names = set(database.get_tables()) - {"schema_migration"}  # that one grows by the steps that ran
    return {name: database.execute_sql(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in sorted(names)}
