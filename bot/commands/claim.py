"""How somebody becomes an admin: `/admin claim CODE`, the one command that strangers may say."""

import re
from datetime import datetime

from bot.texts import texts
from broadcast.service import Desk
from storage import admins, audit

_CLAIM = re.compile(r"[/／]admin\s+claim\s+(\S+)", re.IGNORECASE)


def claim(desk: Desk, person: str, text: str, now: datetime, language: str = "") -> str | None:
    """Return the welcome of a new admin; None when this is no claim, or not a good one.

    A wrong, used or expired code, or one try too many, is answered as if the command did not exist: to
    anybody without a code it does not, and an answer would tell a guesser how close they are. Somebody who is an admin
    already is told, since they know the commands anyway.
    """
    said = _CLAIM.fullmatch(text.strip())
    if said is None:
        return None
    known = admins.find(desk.channel_id, person)
    _ = texts((known.language if known else "") or language).gettext
    try:
        admin = admins.claim(desk.channel_id, person, said[1], now)
    except admins.TooManyTries:
        admin = None
    if admin is None:
        return _("That code is wrong, used or too old. Ask for a new one.") if known else None
    audit.write(desk.channel_id, person, "claim", now, subject=person, detail=admin.role)
    if known is not None and known.role == admin.role:
        return _("Your role here stays {role}; a code never lowers it.").format(role=_(admin.role))
    return _(
        "Welcome! Your role here is {role}. Send /broadcast new to write your first broadcast; nothing leaves"
        " before you confirm it. /help shows everything else."
    ).format(role=_(admin.role))
