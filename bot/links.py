"""Where a counted link leads: to the address its broadcast has on that button, and nowhere else."""

import peewee as pw
import structlog
from flask import Response, redirect

from bot.wiring import Runtime
from broadcast.buttons import button_at
from handlers.content import Content
from storage import broadcasts, clicks

_log = structlog.get_logger()


def follow(runtime: Runtime, token: str, *, tapped: bool = True) -> Response:
    """Count a tap and send the person on; 404 for an address that is not ours.

    Not `tapped` is an address that a program only looks at (HEAD). A tap that cannot be counted now still leads on: the
    person comes before the number.
    """
    tap = runtime.links.read(token)
    row = broadcasts.get(tap.broadcast_id) if tap else None
    button = button_at(Content.model_validate(row.content), tap.button) if tap and row else None
    if tap is None or button is None or button.kind != "url":
        return Response("This link does not exist.\n", status=404, mimetype="text/plain")
    try:
        if tapped:
            clicks.record(tap.broadcast_id, tap.subscriber_id, tap.button, runtime.now())
    except pw.DatabaseError as error:
        _log.warning("tap_uncounted", broadcast=tap.broadcast_id, error=type(error).__name__)
    answer = redirect(button.value, code=302)
    answer.headers["Cache-Control"] = "no-store"
    return Response(answer.data, status=answer.status_code, headers=answer.headers)
