"""Which admins of different channels are one person is said by a code that works once, for a while, elsewhere."""

import peewee as pw
import pytest

from storage import admins, channels
from storage.models import Admin
from tests.conftest import START


def admin(channel: str, person: str) -> Admin:
    made: Admin = Admin.create(
        channel=channels.ensure(channel, "messenger"), platform_user_id=person, role="sender", added_at=START
    )
    return made


def selves(one: Admin) -> list[str]:
    return [other.platform_user_id for other in admins.elsewhere(one.channel_id, one.platform_user_id)]


def test_a_code_joins_two_channels_once(database: pw.Database) -> None:
    anna, wanda, zoe = admin("page", "anna"), admin("shop", "wanda"), admin("shop", "zoe")
    code = admins.link_code(anna.id, START)
    assert admins.link(wanda, f" {code.lower()} ", START) == anna
    assert (selves(anna), selves(wanda)) == (["wanda"], ["anna"])
    assert admins.link(zoe, code, START) is None
    assert selves(zoe) == []


def test_a_code_is_no_good_on_its_own_channel_or_when_it_is_old(database: pw.Database) -> None:
    anna, ben, wanda = admin("page", "anna"), admin("page", "ben"), admin("shop", "wanda")
    code = admins.link_code(anna.id, START)
    assert admins.link(ben, code, START) is None
    assert admins.link(wanda, code, START + admins.LINK_LIFETIME) is None
    assert selves(anna) == []


def test_whoever_was_joined_before_is_that_person_too(database: pw.Database) -> None:
    one, two, three, four = (admin(f"c{at}", f"p{at}") for at in range(4))
    assert admins.link(two, admins.link_code(one.id, START), START)
    assert admins.link(four, admins.link_code(three.id, START), START)
    four = Admin.get_by_id(four.id)
    assert admins.link(four, admins.link_code(one.id, START), START)
    assert selves(one) == ["p1", "p2", "p3"]
    assert admins.unlink(two.id)
    assert not admins.unlink(two.id)
    assert (selves(one), selves(two)) == (["p2", "p3"], [])


def test_guessing_is_slowed_down(database: pw.Database) -> None:
    wanda = admin("shop", "wanda")
    for _ in range(5):
        assert admins.link(wanda, "WRONGWRONG22", START) is None
    with pytest.raises(admins.TooManyTries):
        admins.link(wanda, "WRONGWRONG22", START)


def test_an_admin_who_is_removed_is_nobody_elsewhere_and_takes_open_codes_along(database: pw.Database) -> None:
    anna, wanda = admin("page", "anna"), admin("shop", "wanda")
    code = admins.link_code(anna.id, START)
    assert admins.link(wanda, admins.link_code(anna.id, START), START)
    assert admins.remove(anna.channel_id, "anna")
    assert selves(wanda) == []
    assert admins.link(wanda, code, START) is None
