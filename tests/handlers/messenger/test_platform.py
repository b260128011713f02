"""Making a Messenger channel, and what it shows of itself."""

import pytest

from handlers.messenger.platform import Messenger
from handlers.registry import PLATFORMS
from handlers.secret import Secret
from tests.handlers.messenger.page import PAGE_ID, make_page

NEEDED = ("page_id", "access_token", "app_secret", "verify_token")


@pytest.mark.parametrize("missing", NEEDED)
def test_a_channel_without_an_id_or_a_secret_is_not_made(missing):
    fields = {name: Secret("x") for name in NEEDED} | {missing: Secret("")}
    with pytest.raises(ValueError, match=rf"needs {missing}\."):
        Messenger(**fields)


def test_it_is_found_by_its_name_and_shows_only_its_page():
    assert PLATFORMS["messenger"] is Messenger
    assert repr(make_page()) == f"<Messenger page {PAGE_ID}>"


def test_the_window_is_treated_as_closed_at_23_hours_55():
    capabilities = make_page().capabilities
    assert (capabilities.window - capabilities.window_margin).total_seconds() == (23 * 60 + 55) * 60


def test_a_limit_is_found_by_its_name():
    assert make_page().capabilities.most("text") == 2000
