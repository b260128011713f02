"""The inputs that are kept: see `seeds/README.md`."""

from pathlib import Path

import pytest

SEEDS = Path(__file__).parent / "seeds"


def every(kind: str) -> pytest.MarkDecorator:
    """Return a parametrisation over the files of one kind, as `seed`."""
    found = sorted(path for path in (SEEDS / kind).iterdir())
    assert found, kind
    return pytest.mark.parametrize("seed", found, ids=lambda path: path.stem)
