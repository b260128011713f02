"""Only a call that certainly reached nobody may be repeated."""

import ssl

import pytest
import requests
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProtocolError, SSLError

from handlers.silence import never_left

UNBELIEVED = ssl.SSLCertVerificationError("certificate verify failed")


def caused(reason: Exception) -> requests.RequestException:
    return requests.ConnectionError(MaxRetryError(None, "/messages", reason))  # type: ignore[arg-type]  # no pool here


@pytest.mark.parametrize(
    ("error", "nobody_heard"),
    [
        (requests.ConnectTimeout(), True),
        (caused(NewConnectionError(HTTPConnection("127.0.0.1"), "refused")), True),
        (caused(ConnectTimeoutError()), True),
        (caused(SSLError(UNBELIEVED)), True),
        (caused(SSLError(ssl.SSLEOFError("EOF in the middle"))), False),
        (caused(ProtocolError("reset by peer")), False),
        (requests.ReadTimeout(), False),
        (requests.ConnectionError(ProtocolError("Connection aborted.")), False),
        (requests.ConnectionError(), False),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_call_left_unless_the_connection_or_the_certificate_failed_first(error, nobody_heard):
    assert never_left(error) is nobody_heard
