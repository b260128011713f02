"""An audience as it is stored (filter text, '' for everyone) made into something the database can answer."""

from collections.abc import Mapping
from datetime import datetime

import peewee as pw


def matching(audience: str, variables: Mapping[str, str], now: datetime) -> pw.Expression | None:
    """Return the condition an audience stands for; None for everyone."""
    if not audience:
        return None
    raise NotImplementedError(variables, now)
