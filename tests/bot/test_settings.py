"""Settings are complete, strict and well explained."""

import re
from pathlib import Path

import pytest

from bot.config_example import example
from bot.settings import BadSettings, Settings, load
from handlers.secret import Secret

ROOT = Path(__file__).resolve().parents[2]
CHANNEL = """
[[channels]]
name = "page"
platform = "messenger"
page_id = "1"
access_token = "token-value"
app_secret = "secret-value"
verify_token = "verify-value"
"""


def filled() -> str:
    """Return the example with its gaps filled."""
    return example().replace("…", "12345")


@pytest.fixture
def written(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_example_file_is_these_settings():
    assert (ROOT / "config.example.toml").read_text(encoding="utf-8") == example()


def test_the_example_file_loads_once_its_gaps_are_filled(written):
    assert load(written(filled())).channels


def test_every_setting_of_the_example_can_be_put_to_use_by_taking_the_hash_away(written):
    zone = example().replace('timezone = "…"', 'timezone = "Europe/Berlin"').replace("…", "12345")
    settings = load(written(re.sub(r"^# (?=[a-z_]+ = )", "", zone, flags=re.MULTILINE)))
    assert [channel.timezone for channel in settings.channels] == ["Europe/Berlin", "Europe/Berlin"]


def test_everything_has_a_default_but_the_channels_credentials(written):
    settings = load(written(CHANNEL))
    assert settings.database.url == "sqlite:///clarion.db"
    assert settings.clarion.undo_seconds == 15
    assert settings.channels[0].api_base == "https://graph.facebook.com"


def test_ids_and_versions_may_be_written_as_numbers(written):
    channel = load(written(CHANNEL.replace('page_id = "1"', "page_id = 1000001\napi_version = 26.0"))).channels[0]
    assert (channel.page_id, channel.api_version) == ("1000001", "26.0")


BAD = [
    ("an unknown name", CHANNEL + "colour = 'red'", "channels.0.colour is not a setting"),
    ("an unknown section", "[colours]\nred = 1", "colours is not a setting"),
    ("a missing credential", CHANNEL.replace('page_id = "1"\n', ""), "channels.0.page_id is missing"),
    ("two channels of one name", CHANNEL + CHANNEL, "two channels are called page"),
    ("a zone that does not exist", "[clarion]\ntimezone = 'Europe/Nowhere'", "'Europe/Nowhere' is not a time zone"),
    ("an api_base with a path", CHANNEL + 'api_base = "https://x.test/v26.0"', "is not scheme, host and port alone"),
    ("an undo period in the past", "[clarion]\nundo_seconds = -1", "clarion.undo_seconds"),
    ("a rate of nothing", CHANNEL + "rate_per_second = 0", "channels.0.rate_per_second"),
    ("a name that is no address", CHANNEL.replace('"page"', '"My Page"'), "channels.0.name"),
    ("not TOML", "[clarion", "is not readable as TOML"),
    ("a variable that is not set", CHANNEL.replace("token-value", "env:CLARION_NOT_THERE"), "has no CLARION_NOT_THERE"),
    ("a file that is not there", CHANNEL.replace("token-value", "file:nothing.txt"), "cannot be read"),
]


@pytest.mark.parametrize(("text", "sentence"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_refused_with_a_sentence(written, text, sentence):
    with pytest.raises(BadSettings) as refused:
        load(written(text))
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(BadSettings, match=r"Copy config\.example\.toml"):
        load(tmp_path / "none.toml")


def test_the_environment_wins_over_the_file(written, monkeypatch):
    monkeypatch.setenv("CLARION_DATABASE__URL", "postgresql://elsewhere/x")
    assert load(written('[database]\nurl = "sqlite:///a.db"')).database.url == "postgresql://elsewhere/x"


def test_secrets_come_from_the_environment_or_a_file_and_do_not_print(written, monkeypatch, tmp_path):
    monkeypatch.setenv("PAGE_TOKEN", "from-the-environment")
    (tmp_path / "secret.txt").write_text("from-a-file\n")
    text = CHANNEL.replace("token-value", "env:PAGE_TOKEN").replace("secret-value", "file:secret.txt")
    channel = load(written(text)).channels[0]
    assert (channel.access_token, channel.app_secret) == ("from-the-environment", "from-a-file")
    assert isinstance(channel.access_token, Secret)
    assert "from-" not in repr(channel)


def test_every_setting_says_what_it_is_for():
    for section in Settings.model_fields.values():
        for name, field in getattr(section.annotation, "model_fields", {}).items():
            assert field.description, name
