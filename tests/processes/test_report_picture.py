"""The picture of a report reaches the admin's chat on both platforms, with the real processes."""

import re

import pytest
import requests

from tests.support.account import account
from tests.support.stack import running, until

pytestmark = pytest.mark.processes


def test_a_page_is_given_an_address_and_the_picture_is_there(tmp_path):
    with running(tmp_path) as stack:
        stack.start_simulator()
        stack.start_web()
        stack.start_worker()
        stack.import_people(stack.people(3))
        (admin,) = stack.people(1)
        stack.become_admin(admin)
        for words in ("/broadcast new Sale", "now", "everyone", "Hello!", "done", "send"):
            stack.ask(admin, words)
        until(lambda: stack.status()[0]["status"] == "sent")
        stack.ask(admin, "/broadcast report 1")
        until(lambda: "In the picture: A everyone it was for" in str(stack.heard(admin)))
        address = until(lambda: picture_in(str(stack.heard(admin))))
        answer = requests.get(re.sub(r"^http://[^/]+", f"http://127.0.0.1:{stack.port}", address), timeout=5)
        assert answer.content.startswith(b"\x89PNG")


def picture_in(heard: str) -> str:
    """Return the address of a report's picture in what somebody heard."""
    found = re.search(r"https?://[^'\"]*/report/[^'\"]+\.png", heard)
    return found[0] if found else ""


def test_an_account_is_given_the_picture_itself(tmp_path):
    with account(tmp_path, 3) as stack:
        stack.compose("Sale")
        stack.say("send")
        assert stack.ends(1) == {"sent": 3}
        assert "In the picture: A everyone it was for" in stack.say("/broadcast report 1")
        until(lambda: stack.calls("material/add_material") == 1)
        until(lambda: stack.query("SELECT state FROM outbox WHERE payload LIKE '%report:%'") == [("sent",)])
