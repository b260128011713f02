"""What a web address is, for whoever asks: a scheme, a host, and nothing that only deceives."""

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.flows.parts import Address
from broadcast.actions import action_problems
from handlers.address import is_web_address
from handlers.content import Button, Content, Text
from handlers.messenger.check import check
from tests.handlers.wechat.account import make_account

ADDRESSES = (
    ("https://例え.jp/道", True),
    ("https://example.com/页", True),
    ("HTTP://EXAMPLE.COM", True),
    ("https://example.com:8443/a?b=c#d", True),
    ("https://[2001:db8::1]/", True),
    ("https://[::1", False),
    ("https://example.com:port/", False),
    ("https://example.com:0/", False),
    ("https://exa mple.com", False),
    ("https://example.com/a b", False),
    ("https://example.com\n", False),
    ("https://example.com/\u3000", False),
    ("https://example.com/\x00", False),
    ("https://user@example.com", False),
    ("https://user:word@example.com", False),
    ("https://bank.com\\@example.com", False),
    ("https://example.com\\a", False),
    ("//example.com", False),
    ("example.com", False),
    ("https://", False),
    ("mailto:a@b.c", False),
    ("javascript:alert(1)", False),
    ("", False),
)


@pytest.mark.parametrize(("address", "fine"), ADDRESSES)
def test_a_web_address_has_a_scheme_and_a_host(address, fine):
    assert is_web_address(address) is fine


@pytest.mark.parametrize(("address", "fine"), [row for row in ADDRESSES if row[0]])
def test_both_platforms_and_the_flows_agree_on_it(address, fine):
    content = Content(messages=(Text(text="hi", buttons=(Button(kind="url", title="Tap", value=address),)),))
    for platforms_check in (check, make_account("http://127.0.0.1:8090").check):
        codes = {problem.code for problem in platforms_check(content)}
        assert bool(codes & {"bad_address", "link_with_user"}) is not fine
    if fine:
        assert TypeAdapter(Address).validate_python(address) == address
    else:
        with pytest.raises(ValidationError):
            TypeAdapter(Address).validate_python(address)


@pytest.mark.parametrize(
    "address", ["https://anna:secret@example.com/a", "https://bank.com@evil.example", "http://@a.b"]
)
def test_a_user_name_in_an_address_is_refused_everywhere_with_the_reason(address):
    content = Content(messages=(Text(text="hi", buttons=(Button(kind="url", title="Tap", value=address),)),))
    for platforms_check in (check, make_account("http://127.0.0.1:8090").check):
        assert [problem.code for problem in platforms_check(content)] == ["link_with_user"]
    assert [problem.code for problem in action_problems(content, ())] == ["link_with_user"]
    with pytest.raises(ValidationError, match="a user name or a password"):
        TypeAdapter(Address).validate_python(address)
