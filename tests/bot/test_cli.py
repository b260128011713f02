"""The command line: success is silent about everything but the result, a mistake is one sentence."""

import json
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
