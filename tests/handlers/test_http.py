"""The shared session for bulk: bounded, without memory, deaf to the environment."""

import asyncio

import aiohttp

from handlers.http import bulk_session


def test_the_bulk_session_is_bounded_and_forgets():
    async def look():
        async with bulk_session(7) as http:
            assert http.connector is not None
            return http.connector.limit, http.trust_env, type(http.cookie_jar), http.timeout

    limit, trusts_environment, jar, timeout = asyncio.run(look())
    assert limit == 7
    assert not trusts_environment
    assert jar is aiohttp.DummyCookieJar
    assert None not in (timeout.total, timeout.sock_connect, timeout.sock_read)
