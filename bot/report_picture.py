"""Where a platform fetches the picture of a report: drawn when it is asked for, from the ledger as it stands."""

from flask import Response

from bot.wiring import Runtime

CACHED_SECONDS = 60
"""A platform that fetches a picture for several phones at once gets it drawn once."""


def fetch(runtime: Runtime, token: str) -> Response:
    """Return the picture an address of ours stands for; 404 for any other."""
    picture = runtime.report_pictures.fetch(token, runtime.now())
    if picture is None:
        return Response("This picture does not exist.\n", status=404, mimetype="text/plain")
    return Response(picture, mimetype="image/png", headers={"Cache-Control": f"private, max-age={CACHED_SECONDS}"})
