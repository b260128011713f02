"""Tells the admin concerned that a broadcast reached a milestone, or keeps the news for their next message."""

from bot.texts import texts
from bot.wiring import Runtime
from broadcast import because
from broadcast.draft import Draft
from handlers.content import Choice, Outgoing, Text
from handlers.reasons import SENTENCES
from storage import admins, audit, entries, mass_jobs, outbox
from storage.lifecycle import REACHED, UNFINISHED, MassJobState, RecipientState


class Milestones:
    """Puts a line about a milestone into the outbox of whoever started the broadcast."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def __call__(self, what: str, draft: Draft) -> None:
        """Tell about a milestone: the names are the cases of `_words`.

        Part of the caller's transaction if it has one.
        """
        person = self._concerned(draft)
        admin = admins.find(draft.channel_id, person)
        if admin is None:
            return
        language = admin.language or self._runtime.settings.clarion.language
        words = self._words(what, draft, language)
        choices = self._choices(draft, language) if what == "canary" else ()
        outgoing = Outgoing(to=person, message=Text(text=words), choices=choices)
        outbox.add(draft.channel_id, person, outgoing.model_dump(mode="json"), self._runtime.now())

    def _concerned(self, draft: Draft) -> str:
        """Return who sent or scheduled it last, else who made it."""
        deeds = audit.about(draft.channel_id, str(draft.id))
        senders = [deed.actor for deed in deeds if deed.action in {"starting", "scheduled"}]
        people = [actor for actor in senders if admins.find(draft.channel_id, actor)]
        return people[-1] if people else draft.created_by

    def _choices(self, draft: Draft, language: str) -> tuple[Choice, ...]:
        """Return what can be done after a canary, where choices can be tapped; the words say it as well."""
        platform = next(one.platform for one in self._runtime.channels.values() if one.id == draft.channel_id)
        if not platform.capabilities.choices:
            return ()
        _ = texts(language).gettext
        ways = {"resume": _("Go on"), "cancel": _("Cancel it"), "report": _("Report")}
        return tuple(Choice(title=title, value=f"/broadcast {way} {draft.id}") for way, title in ways.items())

    def _words(self, what: str, draft: Draft, language: str) -> str:
        _ = texts(language).gettext
        sums = entries.sums(draft.id)
        facts: dict[str, str | int] = {
            "name": draft.name,
            "id": draft.id,
            "audience": sums.audience,
            "waiting": sums.of(*UNFINISHED),
            "sent": sums.of(*REACHED),
            "failed": sums.of(RecipientState.FAILED),
            "skipped": sums.of(RecipientState.SKIPPED),
            "unknown": sums.of(RecipientState.UNKNOWN),
            "reason": because.say(draft.pause_reason, texts(language)).rstrip(".。"),
        }
        match what:
            case "started":
                words = _(
                    "“{name}” is on its way. People who match: {audience}; whoever cannot get it is skipped."
                    " /broadcast {id} shows how it goes."
                )
            case "sent":
                words = _(
                    "“{name}” is done: {sent} sent, {failed} failed, {skipped} skipped, {unknown} in doubt,"
                    " of {audience}. /broadcast report {id} tells more."
                )
            case "paused":
                words = _(
                    "“{name}” is on hold: {reason}. {sent} of {audience} had gone out."
                    " Go on with /broadcast resume {id}, or end it with /broadcast cancel {id}."
                )
            case "canary":
                words = _(
                    "“{name}”: {reason}. So far: {sent} sent, {failed} failed, {skipped} skipped, {unknown} in doubt,"
                    " {waiting} waiting. /broadcast resume {id} goes on, /broadcast cancel {id} ends it,"
                    " /broadcast report {id} tells more."
                )
            case "canary_well":
                words = _(
                    "“{name}” goes on by itself, the first people being well: {sent} sent, {failed} failed,"
                    " {skipped} skipped, {unknown} in doubt, {waiting} waiting."
                )
            case "failed":
                words = _(
                    "“{name}” could not start: {reason}. Nobody got it; /broadcast edit {id} makes it a draft again."
                )
            case "confirming":
                words = _(
                    "“{name}” waits for the account's owner, who has to confirm it in WeChat within 30 minutes."
                    " /broadcast {id} shows how it stands."
                )
            case "review_failed":
                facts["reason"] = _(_refusal(draft))
                words = _(
                    "“{name}” did not go out to everybody: {reason} {failed} of {audience} did not get it."
                    " /broadcast report {id} tells more."
                )
            case _:
                words = _(
                    "“{name}” was not sent: its time passed while I was not running, too long ago to send it now."
                    " /broadcast {id} offers what to do."
                )
        return words.format(**facts)


def _refusal(draft: Draft) -> str:
    """Return why the platform refused a mass message after it had taken it, as a sentence in English."""
    reasons = [job.reason for job in mass_jobs.of(draft.id) if job.state == MassJobState.FAILED]
    sentences = {reason: sentence for table in SENTENCES.values() for reason, sentence in table.items()}
    known = [sentences[reason] for reason in reasons if reason in sentences]
    return known[-1] if known else ""
