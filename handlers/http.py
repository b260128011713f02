"""The HTTP sessions to platforms: without cookies, deaf to the environment, and trusting the same certificates.

Trusted is what OpenSSL trusts on this machine; `SSL_CERT_FILE` names another file, as for any program that uses it.
"""

import ssl
from http.cookiejar import DefaultCookiePolicy

import aiohttp
import requests

CONNECT_SECONDS = 3.05  # just over one TCP retransmission, so that a single lost packet is not a failure
READ_SECONDS = 20.0  # without a byte from the platform
WHOLE_CALL_SECONDS = 60.0  # a server that drips bytes must not hold a worker's lease
IDLE_SECONDS = 10.0  # shorter than a server keeps an idle connection: a POST on a closing one is lost unheard


def deafen(session: requests.Session) -> None:
    """Make a session for single calls like the one for bulk."""
    session.trust_env = False  # a netrc entry would replace the Authorization header, a proxy would read the token
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    trusted = ssl.get_default_verify_paths()
    session.verify = trusted.cafile or trusted.capath or True


def bulk_session(in_flight: int) -> aiohttp.ClientSession:
    """Make the session that bulk sending shares, for `in_flight` calls at once.

    Call it inside the event loop; close it after use.

    Callers keep no more than `in_flight` calls open: one that waited here for a connection could
    reach its time limit unsent and would be reported as uncertain.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=in_flight, keepalive_timeout=IDLE_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=WHOLE_CALL_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS),
        trust_env=False,  # a netrc entry would replace the Authorization header
    )
