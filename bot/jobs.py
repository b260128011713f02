"""The functions the queue calls. They only wake: what there is to do stands in the database."""

from broadcast.engine import Engine

_engine: Engine | None = None


def serve(engine: Engine) -> None:
    """Let the jobs of this process reach its engine."""
    global _engine  # noqa: PLW0603 - RQ calls plain functions; this is how one finds its process's engine
    _engine = engine


def wake() -> None:
    """Make the engine of this worker look for work now."""
    if _engine is None:
        raise RuntimeError("This job belongs to a Clarion worker; start one with: python -m bot worker")
    _engine.wake()
