"""Tells the admin concerned that a broadcast reached a milestone, or keeps the news for their next message."""

from collections.abc import Mapping

from babel.numbers import format_decimal

from bot.commands.reasons import say_reason_in
from bot.texts import N_, texts
from bot.wiring import Runtime
from broadcast import because
from broadcast.draft import Draft
from handlers.content import Choice, Outgoing, Text
from handlers.contract import Capabilities
from storage import admins, audit, entries, mass_jobs, outbox
from storage.lifecycle import REACHED, UNFINISHED, MassJobState, RecipientState

WORDS: Mapping[str, str] = {
    "started": N_(
        "“{name}” is on its way. People who match: {audience}; whoever cannot get it is skipped."
        " /broadcast {id} shows how it goes."
    ),
    "sent": N_(
        "“{name}” is done: {sent} sent, {failed} failed, {skipped} skipped, {unknown} in doubt,"
        " of {audience}. /broadcast report {id} tells more."
    ),
    "paused": N_(
        "“{name}” is on hold: {reason}. {sent} of {audience} had gone out."
        " Go on with /broadcast resume {id}, or end it with /broadcast cancel {id}."
    ),
    "waits": N_(
        "“{name}” waits: {reason}. It goes on by itself; /broadcast {id} shows when. {sent} of {audience} had gone out."
    ),
    "canary": N_(
        "“{name}”: {reason}. So far: {sent} sent, {failed} failed, {skipped} skipped, {unknown} in doubt,"
        " {waiting} waiting. /broadcast resume {id} goes on, /broadcast cancel {id} ends it,"
        " /broadcast report {id} tells more."
    ),
    "canary_well": N_(
        "“{name}”: the first group went well, so it is continuing. So far: {sent} sent, {failed} failed,"
        " {skipped} skipped, {unknown} in doubt, {waiting} waiting."
    ),
    "failed": N_("“{name}” could not start: {reason}. Nobody got it; /broadcast edit {id} makes it a draft again."),
    "confirming": N_(
        "“{name}” waits for the account's owner, who has to confirm it in WeChat within 30 minutes."
        " /broadcast {id} shows how it stands."
    ),
    "review_failed": N_(
        "“{name}” did not go out to everybody: {reason} {failed} of {audience} did not get it."
        " /broadcast report {id} tells more."
    ),
    "missed": N_(
        "“{name}” was not sent: its time passed while I was not running, too long ago to send it now."
        " /broadcast {id} offers what to do."
    ),
}
"""What is told, by the name of the milestone."""


class Milestones:
    """Puts a line about a milestone into the outbox of whoever started the broadcast."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def __call__(self, what: str, draft: Draft) -> None:
        """Tell about a milestone, one of `WORDS`. Part of the caller's transaction if it has one.

        Raises `KeyError` for another name.
        """
        words = WORDS[what]
        person = self._concerned(draft)
        admin = admins.find(draft.channel_id, person)
        if admin is None:
            return
        language = admin.language or self._runtime.settings.clarion.language
        said = texts(language).gettext(words).format(**self._facts(what, draft, language))
        choices = self._choices(draft, language) if what == "canary" else ()
        outgoing = Outgoing(to=person, message=Text(text=said), choices=choices)
        outbox.add(draft.channel_id, person, outgoing.model_dump(mode="json"), self._runtime.now())

    def _concerned(self, draft: Draft) -> str:
        """Return who sent or scheduled it last, else who made it."""
        deeds = audit.about(draft.channel_id, str(draft.id))
        senders = [deed.actor for deed in deeds if deed.action in {"starting", "scheduled"}]
        people = [actor for actor in senders if admins.find(draft.channel_id, actor)]
        return people[-1] if people else draft.created_by

    def _choices(self, draft: Draft, language: str) -> tuple[Choice, ...]:
        """Return what can be done after a canary, where choices can be tapped; the words say it as well."""
        if not self._platform(draft).choices:
            return ()
        _ = texts(language).gettext
        ways = {"resume": _("Go on"), "cancel": _("Cancel it"), "report": _("Report")}
        return tuple(Choice(title=title, value=f"/broadcast {way} {draft.id}") for way, title in ways.items())

    def _platform(self, draft: Draft) -> Capabilities:
        found = next(one.platform for one in self._runtime.channels.values() if one.id == draft.channel_id)
        return found.capabilities

    def _facts(self, what: str, draft: Draft, language: str) -> dict[str, str]:
        """Return what the words of a milestone may speak of."""
        sums = entries.sums(draft.id)
        why = because.say(draft.pause_reason, texts(language)).rstrip(".。")
        people = {
            "audience": sums.audience,
            "waiting": sums.of(*UNFINISHED),
            "sent": sums.of(*REACHED),
            "failed": sums.of(RecipientState.FAILED),
            "skipped": sums.of(RecipientState.SKIPPED),
            "unknown": sums.of(RecipientState.UNKNOWN),
        }
        return {
            **{what: format_decimal(number, locale=language) for what, number in people.items()},
            "name": draft.name,
            "id": str(draft.id),
            "reason": self._refusal(draft, language) if what == "review_failed" else why,
        }

    def _refusal(self, draft: Draft, language: str) -> str:
        """Return why the platform refused a mass message after it had taken it, as a sentence."""
        failed = [job for job in mass_jobs.of(draft.id) if job.state == MassJobState.FAILED]
        reason, code = (failed[-1].reason, failed[-1].status) if failed else ("", "")
        return say_reason_in(texts(language), self._platform(draft), reason, code)
