"""Variables that look like ours are ours, or said to be none; what others put there is let be."""

import pytest

from bot.environment import port, strange

SECTIONS = ("clarion", "database", "redis", "channels")


@pytest.mark.parametrize(
    "name", ["CLARION_DATABSE__URL", "CLARION_LOG_LEVEL", "clarion_bas_url", "CLARION_DATABASEURL"]
)
def test_a_misspelt_name_is_found(name):
    assert strange([name, "PATH"], SECTIONS, ()) == [name]


@pytest.mark.parametrize(
    "name",
    [
        "CLARION_DATABASE__URL", "clarion_clarion__undo_seconds", "CLARION_CHANNELS", "CLARION_CONFIG",
        "CLARION_CLOCK_FILE", "CLARION_PAGE_TOKEN", "CLARION_SERVICE_HOST", "CLARION_SERVICE_PORT_HTTP",
        "CLARION_PORT", "CLARION_WEB_PORT_8000_TCP_ADDR", "CLARION_WEB_SERVICE_PORT", "CLARIONET", "HOME",
    ],
)  # fmt: skip
def test_settings_what_the_file_refers_to_and_what_kubernetes_adds_are_no_mistakes(name):
    assert strange([name], SECTIONS, {"CLARION_PAGE_TOKEN"}) == []


@pytest.mark.parametrize(("written", "number"), [({}, 8000), ({"PORT": ""}, 8000), ({"PORT": "65535"}, 65535)])
def test_the_port_is_read_from_the_environment(written, number):
    assert port(written) == number
