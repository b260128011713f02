"""Mass messages: one call, one job, thousands of people. There is no outcome per person.

Sources: /doc/service/api/notify/message/ (api_sendall, api_masssend, api_preview, api_getmassstatus),
/doc/service/api/draftbox/draftmanage/, /doc/service/api/openapi/; checked 2026-11-23.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from handlers.content import Articles, Content, Message
from handlers.contract import PlatformError, Problem
from handlers.many import CallQuota, Ending, Everyone, JobState, Listed, Recipients, Tagged
from handlers.outcomes import Accepted, Outcome, Refused, Uncertain
from handlers.wechat import tags
from handlers.wechat.answer import told, whole_number
from handlers.wechat.capabilities import MASS_RULES, MASS_TEXT_ADVISED, Account
from handlers.wechat.check import advise
from handlers.wechat.client import AccountClient
from handlers.wechat.failures import ALREADY_SUBMITTED, LISTS_NOT_ALLOWED, NO_HANDLE, NOT_SHOWN, SYSTEM_ERROR
from handlers.wechat.lists import LIST_LEAST, LIST_MOST, list_sizes
from handlers.wechat.media import Pictures
from handlers.wechat.page import pictures, replace_pictures
from handlers.wechat.render import draft_articles, mass_message, preview_message
from handlers.wechat.reviews import explain

KEY_BYTES = 32  # `clientmsgid`; older pages say 64
KEY_LIFETIME = timedelta(hours=24)
SENDALL_PATH = "/cgi-bin/message/mass/sendall"

_UNKNOWN_TAG, _UNKNOWN_JOB = "40152", "40059"
_JOB_STATES = {
    "SEND_SUCCESS": JobState.SENT,
    "SENDING": JobState.SENDING,
    "SEND_FAIL": JobState.FAILED,
    "DELETE": JobState.DELETED,
}


class MassSender:
    """One account's mass messages. Implements `handlers.many.MassSending`.

    `text_advised` is the number of characters above which a text is warned about.
    """

    def __init__(
        self, client: AccountClient, uploads: Pictures, account: Account, text_advised: int = MASS_TEXT_ADVISED
    ) -> None:
        self._client = client
        self._uploads = uploads
        self._rules = MASS_RULES[account]
        self._text_advised = text_advised

    @property
    def lists_allowed(self) -> bool:
        """Whether this account may name the people."""
        return self._rules.lists

    @property
    def daily_most(self) -> int | None:
        """How many successful calls a subscription account has a day (China time)."""
        return self._rules.a_day

    @property
    def monthly_most(self) -> int | None:
        """How many mass messages a follower of a service account gets in a calendar month (China time)."""
        return self._rules.a_month

    @property
    def key_lifetime(self) -> timedelta:
        """How long WeChat remembers a `clientmsgid`; repeat nothing after that."""
        return KEY_LIFETIME

    @property
    def tag_most(self) -> int:
        """How many people one `add_to_tag` takes."""
        return tags.MOST

    def list_sizes(self, people: int) -> tuple[int, ...]:
        """Return the sizes of as few lists as can hold so many people, each of 2 to 10,000; none for fewer than two."""
        return list_sizes(people)

    def advise(self, content: Content) -> list[Problem]:
        """List what WeChat may well refuse in a mass message though it is nowhere written down."""
        return advise(content, self._text_advised)

    def draft(self, articles: Articles, *, way_out: str, covers: Mapping[str, str]) -> str:
        """Store articles as a draft and return its media_id, which dies with the first mass message.

        Pictures in the pages are put where WeChat lets them stay. `covers` are permanent media_ids by address.
        Raises `PlatformError`; a draft may be left over when the answer was lost.
        """
        bodies = draft_articles(articles, way_out=way_out, covers=covers)
        for body in bodies:
            body["content"] = self._with_own_pictures(body["content"])
        media_id = told(self._client.call("draft/add", {"articles": bodies})).get("media_id")
        if not isinstance(media_id, str) or not media_id:
            raise PlatformError(NO_HANDLE.sentence, NO_HANDLE)
        return media_id

    def drop_draft(self, draft: str) -> None:
        """Delete a draft that was not sent."""
        told(self._client.call("draft/delete", {"media_id": draft}))

    def send(self, to: Recipients, message: Message, *, way_out: str, key: str, draft: str = "") -> Outcome:
        """Submit one mass message; `Accepted.message_id` is its msg_id.

        `key` becomes the `clientmsgid`. What is unclear may be submitted again with the same key, a minute later and
        within `key_lifetime`. Raises ValueError for a key or a list that WeChat would not take.
        """
        if not (key.isascii() and 0 < len(key) <= KEY_BYTES):
            raise ValueError(f"A key has 1 to {KEY_BYTES} ASCII characters.")
        body = mass_message(message, way_out=way_out, draft=draft)
        if body is None:
            return Refused(NOT_SHOWN)
        body["clientmsgid"] = key
        match to:
            case Everyone():
                return self._to_everyone(body)
            case Tagged(tag):
                return self._submit("sendall", {"filter": {"is_to_all": False, "tag_id": tag}, **body})
            case Listed(people):
                return self._to_list(people, body)

    def preview(self, person: str, message: Message, *, way_out: str, draft: str = "") -> Outcome:
        """Show one follower what would be sent; nobody's four a month are touched."""
        body = preview_message(message, way_out=way_out, draft=draft)
        if body is None:
            return Refused(NOT_SHOWN)
        result = self._client.call("message/mass/preview", {"touser": person, **body})
        return Accepted(_job_id(result)) if isinstance(result, dict) else result

    def job(self, job_id: str) -> JobState:
        """Ask where a mass message is. WeChat also denies knowing fresh ones: ask again later."""
        result = self._client.call("message/mass/get", {"msg_id": job_id})
        if isinstance(result, Refused) and result.code == _UNKNOWN_JOB:
            return JobState.UNKNOWN
        return _JOB_STATES.get(str(told(result).get("msg_status", "")).upper(), JobState.UNKNOWN)

    def ending(self, status: str) -> Ending:
        """Return what the status of a finished job means; "send fail" where only its failure is known."""
        return explain(status)

    def create_tag(self, name: str) -> int:
        """Make a tag (up to 30 characters) and return its id."""
        return tags.create(self._client, name)

    def add_to_tag(self, tag: int, people: Sequence[str]) -> tuple[str, ...]:
        """Give at most 50 people a tag; return those for whom it failed though it was tried again."""
        return tags.add(self._client, tag, people)

    def take_from_tag(self, tag: int, people: Sequence[str]) -> None:
        """Take a tag from at most 50 people."""
        tags.take(self._client, tag, people)

    def delete_tag(self, tag: int) -> None:
        """Take a tag from everybody and delete it; not possible above 100,000 followers."""
        tags.delete(self._client, tag)

    def quota(self) -> CallQuota:
        """Ask how many calls of `sendall` are left today."""
        answer = told(self._client.call("openapi/quota/get", {"cgi_path": SENDALL_PATH}))
        found = answer.get("quota")
        quota = found if isinstance(found, dict) else {}
        limit, used, left = (whole_number(quota.get(name)) for name in ("daily_limit", "used", "remain"))
        return CallQuota(limit, used, left)

    def _to_everyone(self, body: dict[str, Any]) -> Outcome:
        outcome = self._submit("sendall", {"filter": {"is_to_all": True}, **body})
        if isinstance(outcome, Refused) and outcome.code == _UNKNOWN_TAG:
            # Some accounts want an empty tag to stand there.
            return self._submit("sendall", {"filter": {"is_to_all": True, "tag_id": ""}, **body})
        return outcome

    def _to_list(self, people: tuple[str, ...], body: dict[str, Any]) -> Outcome:
        if not self.lists_allowed:
            return Refused(LISTS_NOT_ALLOWED)
        if not LIST_LEAST <= len(people) <= LIST_MOST:
            raise ValueError(f"A list has {LIST_LEAST} to {LIST_MOST} people.")
        return self._submit("send", {"touser": list(people), **body})

    def _submit(self, verb: str, body: dict[str, Any]) -> Outcome:
        """Make the call. That this `clientmsgid` was submitted before is a yes, a system error is no no."""
        result = self._client.call(f"message/mass/{verb}", body, taken=frozenset({ALREADY_SUBMITTED}))
        if isinstance(result, Refused) and result.code == str(SYSTEM_ERROR):
            return Uncertain("platform_trouble")
        if not isinstance(result, dict):
            return result
        job_id = _job_id(result)
        again = whole_number(result.get("errcode")) == ALREADY_SUBMITTED
        if job_id or again:
            return Accepted(job_id, again=again)
        return Uncertain("an answer without a msg_id")

    def _with_own_pictures(self, page: str) -> str:
        addresses: dict[str, str] = {}
        for address in pictures(page):
            data = self._uploads.fetch(address)
            placed = data if isinstance(data, Refused) else self._uploads.add_inline(data)
            if isinstance(placed, Refused):
                raise PlatformError(placed.failure.sentence, placed.failure, placed.code)
            addresses[address] = placed
        return replace_pictures(page, addresses)


def _job_id(result: Mapping[str, Any]) -> str:
    number = whole_number(result.get("msg_id"))
    return str(number) if number else ""
