"""`init` leaves a file that works and that only its owner can read, or nothing."""

import io
import stat
from pathlib import Path

import pytest

from bot.cli import main
from bot.init_questions import KINDS, QUESTIONS, is_secret
from bot.settings import MessengerChannel, WeChatChannel, load

MESSENGER = ("messenger", "page", "1000001", "page-token", "app-secret", "", "https://bot.example.com/")
WECHAT = ("wechat", "account", "wx0123456789abcdef", "app-secret", "", "", "service", "", "")


class Terminal(io.StringIO):
    """Standard input where somebody types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def init(tmp_path: Path, capsys, monkeypatch):
    """Run `init` with lines of standard input; return (exit status, standard output, standard error)."""

    def call(*lines: str, flags: tuple[str, ...] = (), stdin=None) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", stdin or io.StringIO("".join(f"{line}\n" for line in lines)))
        with pytest.raises(SystemExit) as ended:
            main(["init", "--config", str(tmp_path / "config.toml"), *flags])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


def test_a_page_can_be_set_up_by_lines_of_a_script(init, tmp_path):
    status, out, err = init(*MESSENGER)
    assert (status, err) == (0, "")
    settings = load(tmp_path / "config.toml")
    (channel,) = settings.channels
    assert isinstance(channel, MessengerChannel)
    assert (channel.name, channel.page_id, channel.access_token) == ("page", "1000001", "page-token")
    assert "paste https://bot.example.com/webhooks/page as Callback URL" in out


def test_an_account_can_be_set_up_by_lines_of_a_script(init, tmp_path):
    status, out, _ = init(*WECHAT)
    assert status == 0
    (channel,) = load(tmp_path / "config.toml").channels
    assert isinstance(channel, WeChatChannel)
    assert (channel.account, channel.encoding_aes_key) == ("service", "")
    assert "IP allow-list" in out


def test_what_the_owner_leaves_empty_is_made_up_at_random(init, tmp_path):
    made = set()
    for _ in range(2):
        init(*MESSENGER, flags=("--force",))
        settings = load(tmp_path / "config.toml")
        (channel,) = settings.channels
        made |= {settings.clarion.secret_key, channel.verify_token}
    assert len(made) == 4
    assert all(len(word) >= 24 for word in made)


def test_only_the_owner_can_read_the_file(init, tmp_path):
    init(*MESSENGER)
    assert stat.S_IMODE((tmp_path / "config.toml").stat().st_mode) == 0o600


def test_no_secret_is_printed(init):
    _, out, err = init(*MESSENGER)
    assert "page-token" not in out + err
    assert "app-secret" not in out + err


def test_a_file_that_is_there_is_left_alone(init, tmp_path):
    (tmp_path / "config.toml").write_text("precious")
    status, out, err = init(*MESSENGER)
    assert (status, out) == (1, "")
    assert "--force" in err
    assert (tmp_path / "config.toml").read_text() == "precious"


def test_a_second_channel_is_added_and_the_rest_stays(init, tmp_path):
    init(*MESSENGER)
    key = load(tmp_path / "config.toml").clarion.secret_key
    assert init(*WECHAT[:-1], flags=("--add",))[0] == 0
    settings = load(tmp_path / "config.toml")
    assert [channel.name for channel in settings.channels] == ["page", "account"]
    assert settings.clarion.secret_key == key
    assert stat.S_IMODE((tmp_path / "config.toml").stat().st_mode) == 0o600


def test_a_channel_whose_name_is_taken_changes_nothing(init, tmp_path):
    init(*MESSENGER)
    before = (tmp_path / "config.toml").read_text()
    status, _, err = init(*MESSENGER[:-1], flags=("--add",))
    assert status == 1
    assert err.startswith(f"{tmp_path / 'config.toml'}: two channels are called page")
    assert (tmp_path / "config.toml").read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_everything_can_be_said_by_flags_and_secrets_stay_where_they_are(init, tmp_path, monkeypatch):
    monkeypatch.setenv("PAGE_TOKEN", "from-the-environment")
    (tmp_path / "secret.txt").write_text("from-a-file\n")
    flags = (
        "--platform", "messenger", "--name", "page", "--base-url", "http://localhost:8000",
        "--api-base", "http://127.0.0.1:9", "--set", "page_id=1", "--set", "access_token=env:PAGE_TOKEN",
        "--set", "app_secret=file:secret.txt", "--set", "verify_token=", "--set", "rate_per_second=40",
        "--set", "redis.url=redis://127.0.0.1:1/0", "--set", "timezone=Europe/Berlin",
    )  # fmt: skip
    status, out, err = init(flags=flags)
    assert (status, err) == (0, "")
    settings = load(tmp_path / "config.toml")
    (channel,) = settings.channels
    assert (channel.access_token, channel.app_secret) == ("from-the-environment", "from-a-file")
    assert (channel.api_base, channel.rate_per_second) == ("http://127.0.0.1:9", 40)
    assert settings.redis.url == "redis://127.0.0.1:1/0"
    assert "from-the-environment" not in (tmp_path / "config.toml").read_text()
    assert "public https" in out


@pytest.mark.parametrize(
    ("lines", "flags", "sentence"),
    [
        (("telegram",), (), "platform: expected messenger or wechat; got 'telegram'."),
        (("messenger", "My Page"), (), "name: small letters, digits"),
        (("messenger", "page", ""), (), "page_id: it cannot be empty."),
        (("messenger", "page", "My Page"), (), "page_id: a Page's id is a number such as 10485760; got 'My Page'."),
        (MESSENGER[:3], (), "access_token is missing: answer with --set access_token=…"),
        (("wechat", "a", "wx1", "s", "t", "short"), (), "an EncodingAESKey has 43 characters; this has 5"),
        (MESSENGER, ("--set", "colour=red"), "colour is not a setting of a messenger channel"),
        (MESSENGER, ("--set", "colour"), "--set takes NAME=VALUE"),
        ((*MESSENGER[:-1], "example.com"), (), "base_url: 'example.com' is not an address"),
        (MESSENGER, ("--set", "access_token=env:NOBODY_HAS_THIS"), "the environment has no NOBODY_HAS_THIS"),
        (MESSENGER, ("--api-base", "https://graph.facebook.com/v26.0"), "is not scheme, host and port alone"),
        (MESSENGER, ("--add",), "does not exist, so nothing can be added to it"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_no_file(init, tmp_path, lines, flags, sentence):
    status, out, err = init(*lines, flags=flags)
    assert (status, out) == (1, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_every_required_setting_is_asked_for():
    for platform, kind in KINDS.items():
        required = {name for name, field in kind.model_fields.items() if field.is_required()}
        assert required <= {question.name for question in QUESTIONS[platform]}


def test_a_person_does_not_see_secrets_while_typing_and_is_asked_again(init, tmp_path, monkeypatch):
    shown, hidden = iter(["messenger", "No Good", "page", "1000001", ""]), iter(["page-token", "app-secret", ""])
    monkeypatch.setattr("builtins.input", lambda _prompt="": next(shown))
    monkeypatch.setattr("getpass.getpass", lambda _prompt="": next(hidden))
    status, _, err = init(stdin=Terminal())
    assert status == 0
    assert err.count("That cannot be used") == 1
    assert load(tmp_path / "config.toml").channels[0].access_token == "page-token"
    assert list(hidden) == []
    secret = {question.name for question in QUESTIONS["messenger"] if is_secret("messenger", question.name)}
    assert secret == {"access_token", "app_secret", "verify_token"}
