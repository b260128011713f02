"""A broadcast is held, let go on and ended from the shell as from the chat, with one sentence and an exit status."""

import pytest

from bot.cli import main
from handlers.content import Content, Text
from storage.models import Broadcast, Recipient
from tests.support.page import Page


@pytest.fixture
def shell(tmp_path, clock, capsys):
    """Run a command beside a broadcast to one person that is about to leave; return (exit status, out, err)."""
    page = Page(tmp_path, clock)
    page.say("p1", "hello")
    desk = page.runtime.desk(page.channel)
    draft = desk.edit(desk.create("Spring sale", "anna"), content=Content(messages=(Text(text="hi"),)))
    desk.send(draft, "anna")

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--config", str(tmp_path / "config.toml")])
        out, err = capsys.readouterr()
        said = [line for line in err.splitlines() if not line.startswith("{")]  # the log says that nobody can be woken
        return int(ended.value.code or 0), out, "\n".join(said)

    yield call
    Broadcast._meta.database.close()


def test_a_broadcast_is_paused_resumed_and_cancelled(shell):
    said = "Broadcast 1, Spring sale, on page is paused: 0 of 0 have it, 0 wait.\n"
    assert shell("pause", "1") == (0, said, "")
    assert Broadcast.get().status == "paused"
    assert shell("resume", "1")[0] == 0
    assert Broadcast.get().status == "starting"
    assert shell("cancel", "1")[1].startswith("Broadcast 1, Spring sale, on page is cancelled: ")
    assert (Broadcast.get().status, Recipient.select().count()) == ("cancelled", 0)


def test_what_is_over_cannot_be_paused(shell):
    shell("cancel", "1")
    status, out, err = shell("pause", "1")
    assert (status, out) == (1, "")
    assert err == "Broadcast 1, Spring sale, on page is cancelled: there is nothing to pause, and nothing was changed."


@pytest.mark.parametrize(
    ("number", "sentence"),
    [("7", "There is no broadcast 7 on these"), ("x", "pause takes a number"), ("9" * 30, "pause takes a number")],
)
def test_a_number_that_is_none_of_a_broadcast_is_one_sentence(shell, number, sentence):
    status, out, err = shell("pause", number)
    assert (status, out) == (1, "")
    assert err.startswith(sentence)
