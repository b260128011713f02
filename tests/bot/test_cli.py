"""The command line: success is silent about everything but the result, a mistake is one sentence."""

import json
import re
import stat
from functools import partial
from pathlib import Path

import pytest

from bot.cli import main
from storage.database import proxy
from tests.support.page import CONFIG


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(url="sqlite:///cli.db"), encoding="utf-8")
    return path


@pytest.fixture
def run(config, capsys):
    """Run a command; return (exit status, standard output, standard error)."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--config", str(config)])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    yield call
    if proxy.obj is not None:
        proxy.obj.close()


def test_migrate_says_what_it_ran_and_then_that_there_is_nothing_to_do(run):
    assert run("migrate")[:2] == (0, "ran 0001_first\n")
    assert run("migrate")[:2] == (0, "nothing to do: the database is up to date\n")


def test_invite_prints_only_the_code(run):
    status, out, err = run("invite", "--channel", "page", "--role", "owner")
    assert (status, err) == (0, "")
    assert len(out.strip()) == 12


def test_an_unknown_channel_names_those_there_are(run):
    status, out, err = run("invite", "--channel", "pgae")
    assert (status, out) == (1, "")
    assert err == "There is no channel called pgae; the settings have: page.\n"


def test_status_of_an_empty_installation_is_an_empty_list(run):
    assert json.loads(run("status", "--json")[1]) == []
    assert run("status")[1] == "no broadcasts yet\n"


def test_import_shows_what_it_refused_and_fails_then(run, tmp_path):
    (tmp_path / "people.csv").write_text("platform_user_id\np1\n\np2\n,\n")
    (tmp_path / "bad.csv").write_text("platform_user_id,first_name\n,Ann\n")
    assert run("import", "--channel", "page", str(tmp_path / "bad.csv"))[0] == 1
    status, _, err = run("import", "--channel", "page", str(tmp_path / "none.csv"))
    assert status == 1
    assert "cannot be read" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("export", "recipients", "--broadcast", "7"), "There is no broadcast 7"),
        (("export", "recipients", "--broadcast", "x"), "--broadcast takes a number"),
    ],
)
def test_export_explains_what_it_cannot_find(run, arguments, sentence):
    status, out, err = run(*arguments)
    assert (status, out) == (1, "")
    assert sentence in err


def test_settings_that_cannot_be_used_are_one_sentence(run, config):
    config.write_text("[clarion]\ncolour = 1\n")
    for command in (("status",), ("worker",), ("web",), ("migrate",), ("invite", "--channel", "page")):
        status, _, err = run(*command)
        assert status == 1
        assert err.count("\n") == 1
        assert "clarion.colour is not a setting" in err


def test_a_database_that_cannot_be_opened_is_one_sentence(run, config):
    config.write_text(CONFIG.format(url="sqlite:///nowhere/x.db"))
    status, _, err = run("status")
    assert status == 1
    assert "does not exist; create it first" in err


def test_a_database_password_is_not_printed(run, config):
    config.write_text(CONFIG.format(url="postgresql://me:hunter2@127.0.0.1:9/x"))
    status, _, err = run("status")
    assert status == 1
    assert "cannot be opened" in err
    assert "hunter2" not in err


def test_check_lists_what_is_right_and_what_to_mend(run):
    run("migrate")
    status, out, _ = run("check", "--offline")
    assert status == 1  # nothing listens on the Redis of this configuration
    assert "ok   settings" in out
    assert "FIX  redis: redis://127.0.0.1:9/0 does not answer" in out
    assert "ok   database: up to date" in out


def test_the_configuration_may_come_from_the_environment(config, capsys, monkeypatch):
    monkeypatch.setenv("CLARION_CONFIG", str(config))
    with pytest.raises(SystemExit) as ended:
        main(["status", "--json"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == "[]\n"
    proxy.obj.close()


def test_one_person_can_be_shown_and_erased(run, tmp_path):
    (tmp_path / "people.csv").write_text("platform_user_id,first_name,var.plan\np1,Ann,pro\n")
    assert run("import", "--channel", "page", str(tmp_path / "people.csv"))[0] == 0
    shown = json.loads(run("export", "person", "--channel", "page", "--person", "p1")[1])
    assert (shown["profile"], shown["variables"], shown["consent"]) == (
        {"first_name": "Ann"},
        {"plan": "pro"},
        "subscribed",
    )
    assert run("erase", "--channel", "page", "p1")[0] == 0
    for command in (("erase", "--channel", "page", "p1"), ("export", "person", "--channel", "page", "--person", "p1")):
        status, _, err = run(*command)
        assert status == 1
        assert err.startswith("Nobody called p1 is known on")


REDIS = "redis://127.0.0.1:9/0"
NO_REDIS = (
    "http://127.0.0.1:6379/0", "redis://127.0.0.1:99999/0", "redis://127.0.0.1:0/0", "redis://[::1/0",
    "redis://127.0.0.1:6379/first", "redis://127.0.0.1:6379/-1", "redis://127.0.0.1:6379/0?db=x", "redis:///0",
)  # fmt: skip
WECHAT = """
[database]
url = "sqlite:///cli.db"
[[channels]]
name = "account"
platform = "wechat"
app_id = "wx1"
app_secret = "secret-value"
token = "token-value"
encoding_aes_key = "short"
"""


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda _text: WECHAT, "Channel account: An EncodingAESKey has 43 letters and digits"),
        (lambda text: text.replace(REDIS, "localhost:6379"), "'localhost:6379' is no address of Redis"),
        (lambda text: text.replace(REDIS, "redis://:pass@h:port/0"), "'h:port/0' is no address of Redis"),
        *(
            (partial(re.sub, re.escape(REDIS), wrong), f"redis.url: {wrong!r} is no address of Redis")
            for wrong in NO_REDIS
        ),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_work_is_one_sentence(run, config, change, sentence):
    config.write_text(change(config.read_text("utf-8")), encoding="utf-8")
    status, out, err = run("status")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert sentence in err


def test_a_folder_in_place_of_the_settings_is_one_sentence(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["status", "--config", str(tmp_path)])
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        f"{tmp_path} cannot be read: Is a directory. --config names the settings file itself.\n"
    )


def test_a_misspelt_variable_of_the_environment_is_refused(run, monkeypatch):
    monkeypatch.setenv("CLARION_DATABSE__URL", "sqlite:///other.db")
    status, _, err = run("status")
    assert status == 1
    assert err.startswith("The environment has CLARION_DATABSE__URL, and there is no such setting")


def test_a_number_longer_than_any_broadcasts_is_one_sentence(run):
    status, out, err = run("export", "recipients", "--broadcast", "9" * 20)
    assert (status, out) == (1, "")
    assert err.startswith("--broadcast takes a number")


def test_no_backup_is_made_of_a_database_that_is_not_there(run, tmp_path):
    status, out, err = run("backup", str(tmp_path / "b.db"))
    assert (status, out) == (1, "")
    assert err == f"There is no database at {tmp_path / 'cli.db'}. Check [database] url.\n"
    assert not (tmp_path / "b.db").exists()
    assert not (tmp_path / "cli.db").exists()


def test_the_database_is_its_owners_alone(run, tmp_path):
    run("migrate")
    files = [*tmp_path.glob("cli.db*")]
    assert len(files) == 3, "the file, and the two SQLite keeps beside it"
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_refused_lines_that_cannot_be_kept_are_said_to_be_so(run, tmp_path):
    (tmp_path / "p.csv").write_text("platform_user_id,first_name\n,Ann\np2,Ben\n")
    (tmp_path / "p.refused.csv").mkdir()
    status, _, err = run("import", "--channel", "page", str(tmp_path / "p.csv"))
    assert status == 1
    assert err.startswith(f"Line 2 is refused (platform_user_id is empty), and {tmp_path / 'p.refused.csv'}")


@pytest.mark.parametrize("cell", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"])
def test_a_moment_at_the_end_of_the_calendar_is_a_refused_line(run, tmp_path, cell):
    (tmp_path / "p.csv").write_text(f"platform_user_id,window_expires_at\np1,{cell}\np2,2026-11-23T10:00:00Z\n")
    status, out, err = run("import", "--channel", "page", str(tmp_path / "p.csv"))
    assert (status, out) == (1, "subscribers written: 1; lines refused: 1\n")
    assert f"window_expires_at is '{cell}'; expected a time like" in err


@pytest.mark.parametrize(
    ("cell", "value"),
    [("12", 12), ("-0.5", -0.5), ("01067", "01067"), ("0", 0), ("0.50", 0.5), ("+4930123", "+4930123"),
     ("1_000", "1_000"), ("inf", "inf"), ("nan", "nan"), ("1e5", "1e5"),
     ("٣", "٣"), ("9" * 30, "9" * 30), ("9" * 400 + ".0", "9" * 400 + ".0")],
)  # fmt: skip
def test_what_is_no_plain_number_is_a_text(run, tmp_path, cell, value):
    (tmp_path / "p.csv").write_text(f"platform_user_id,var.code\np1,{cell}\n", encoding="utf-8")
    assert run("import", "--channel", "page", str(tmp_path / "p.csv"))[0] == 0
    known = json.loads(run("export", "person", "--channel", "page", "--person", "p1")[1])
    assert known["variables"] == {"code": value}


@pytest.mark.parametrize("command", ["web", "worker"])
def test_without_a_channel_there_is_nothing_to_run_and_that_is_said(run, config, command):
    config.write_text(config.read_text("utf-8").partition("[[channels]]")[0], encoding="utf-8")
    sentence = f"There is no channel in {config} yet. Add one: python -m bot init --add --config {config}\n"
    assert run(command) == (1, "", sentence)


@pytest.mark.parametrize("written", ["99999", "-1", "0", "http", "８０００", "8000.5"])
def test_a_port_that_is_none_is_one_sentence(run, monkeypatch, written):
    monkeypatch.setenv("PORT", written)
    sentence = f"The environment says PORT={written}; expected a whole number from 1 to 65535.\n"
    assert run("web") == (1, "", sentence)


def test_a_number_of_processes_that_is_none_is_one_sentence(run, monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "many")
    assert run("web")[2] == "The environment says WEB_CONCURRENCY=many; expected a whole number from 1 to 1000.\n"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("import", "people.csv"), "--channel"),
        (("invite", "--channel", "page", "--role", "king"), "--role"),
        (("status", "--jsn"), "--jsn"),
        (("stauts",), "stauts"),
    ],
)  # fmt: skip
def test_options_that_are_not_understood_are_one_sentence(run, arguments, named):
    status, out, err = run(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert named in err
    assert "--help` shows how it is written." in err


def test_export_of_recipients_says_which_option_it_needs(run):
    sentence = "export recipients needs --broadcast ID, the broadcast's number as `status` prints it.\n"
    assert run("export", "recipients") == (1, "", sentence)
