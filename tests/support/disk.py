"""A disk with no room left, as far as some processes of a running stack can see."""

import resource
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from tests.support.stack import Stack

_PREVENT = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE UPDATE ON recipients FOR EACH STATEMENT EXECUTE FUNCTION no_room()
"""


@contextmanager
def full_disk(stack: Stack, names: Collection[str]) -> Iterator[None]:
    """Keep the ledger from being written.

    On SQLite the named processes cannot make any file longer, their logs included. On PostgreSQL, whose disk is its
    own, the server refuses changes of the ledger in the words it has for that.
    """
    if stack.postgres:
        with stack.database() as connection:
            connection.execute(_PREVENT)
            try:
                yield
            finally:
                connection.execute("DROP TRIGGER no_room ON recipients; DROP FUNCTION no_room()")
        return
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in map(stack.pid, names)}
    for pid, (_, most) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, most))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
