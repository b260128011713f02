import pytest

from bot.commands.claim import claim
from broadcast.service import Desk
from storage import admins
from tests.support.clock import Clock


def test_a_good_code_makes_an_admin_with_its_role(desk: Desk, clock: Clock) -> None:
    code = admins.invite(desk.channel_id, "sender", clock.now())
    welcome = claim(desk, "anna", f"  /Admin claim {code.lower()} ", clock.now())
    assert welcome is not None
    assert "Your role here is sender" in welcome
    admin = admins.find(desk.channel_id, "anna")
    assert admin is not None
    assert admin.role == "sender"


def test_to_a_stranger_a_bad_code_is_no_command_at_all(desk: Desk, clock: Clock) -> None:
    used = admins.invite(desk.channel_id, "owner", clock.now())
    claim(desk, "anna", f"/admin claim {used}", clock.now())
    old = admins.invite(desk.channel_id, "owner", clock.now())
    clock.advance(hours=25)
    for code in ("WRONG", used, old):
        assert claim(desk, "mallory", f"/admin claim {code}", clock.now()) is None
    assert admins.find(desk.channel_id, "mallory") is None


def test_after_too_many_tries_even_a_good_code_is_not_taken(desk: Desk, clock: Clock) -> None:
    code = admins.invite(desk.channel_id, "owner", clock.now())
    for _ in range(5):
        assert claim(desk, "mallory", "/admin claim GUESS", clock.now()) is None
    assert claim(desk, "mallory", f"/admin claim {code}", clock.now()) is None
    clock.advance(minutes=16)
    assert claim(desk, "mallory", f"/admin claim {code}", clock.now()) is not None


def test_an_admin_is_told_that_a_code_is_bad(desk: Desk, clock: Clock) -> None:
    claim(desk, "anna", f"/admin claim {admins.invite(desk.channel_id, 'owner', clock.now())}", clock.now())
    said = claim(desk, "anna", "/admin claim WRONG", clock.now())
    assert said == "That code is wrong, used or too old. Ask for a new one."


@pytest.mark.parametrize(
    ("role", "code", "then"),
    [("owner", "writer", "owner"), ("sender", "sender", "sender"), ("writer", "sender", "sender")],
)
def test_a_code_raises_a_role_and_never_lowers_it(desk: Desk, clock: Clock, role: str, code: str, then: str) -> None:
    for wanted in (role, code):
        said = claim(desk, "anna", f"/admin claim {admins.invite(desk.channel_id, wanted, clock.now())}", clock.now())
    known = admins.find(desk.channel_id, "anna")
    assert known is not None
    assert known.role == then
    assert (
        said == f"Your role here stays {role}; a code never lowers it." if then == role else "Welcome!" in (said or "")
    )


def test_anything_else_is_no_claim(desk: Desk, clock: Clock) -> None:
    for text in ("", "/admin claim", "/admin list", "please /admin claim ABC", "/admin claim A B"):
        assert claim(desk, "anna", text, clock.now()) is None
