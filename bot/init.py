"""`init`: asks for one channel's credentials, writes `config.toml`, and says what to do next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe

from bot import init_file
from bot.init_ask import BadAnswer, Interview
from bot.init_questions import KINDS, QUESTIONS, Question, base_url_problem, default, is_secret, problem
from bot.settings import ClarionSettings, Settings

SECRET_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asked for. `given` are answers by name; `add` appends to a file that is there."""

    path: Path
    given: Mapping[str, str] = field(default_factory=dict)
    force: bool = False
    add: bool = False


def init(wanted: Wanted, interview: Interview) -> list[str]:
    """Ask, write the file, and return the lines that say what to do next.

    Raises `BadAnswer` for what cannot be used or would be overwritten, `bot.settings.BadSettings` when the answers do
    not go together; nothing is written then.
    """
    exists = wanted.path.exists()
    if exists and not (wanted.force or wanted.add):
        raise BadAnswer(
            f"{wanted.path} exists. --add puts another channel into it; --force writes it anew, without what it says."
        )
    if wanted.add and not exists:
        raise BadAnswer(f"{wanted.path} does not exist, so nothing can be added to it; leave out --add.")
    platform = interview.ask("platform", " or ".join(KINDS), _platform_problem)
    _refuse_unknown(wanted.given, platform)
    asked = {"platform": platform, **{one.name: _ask(one, platform, interview) for one in QUESTIONS[platform]}}
    more = {name: value for name, value in wanted.given.items() if name in KINDS[platform].model_fields}
    answers = {**asked, **{name: value for name, value in more.items() if name not in asked}}
    block = init_file.channel({name: value for name, value in answers.items() if value != ""})
    old = wanted.path.read_text(encoding="utf-8").rstrip("\n") + "\n" if wanted.add else _sections(wanted, interview)
    settings = _put(wanted.path, f"{old}\n{block}")
    return [*_next_steps(wanted.path, settings, platform, answers["name"])]


def _ask(question: Question, platform: str, interview: Interview) -> str:
    standard = default(platform, question.name)
    invent = question.make or ((lambda: standard) if standard is not None else None)
    return interview.ask(
        question.name, question.where, lambda value: problem(platform, question.name, value),
        empty=invent, secret=is_secret(platform, question.name),
    )  # fmt: skip


def _platform_problem(value: str) -> str | None:
    return None if value in KINDS else f"expected {' or '.join(KINDS)}; got {value!r}"


def _refuse_unknown(given: Mapping[str, str], platform: str) -> None:
    known = {"platform", "base_url", "timezone", "database.url", "redis.url", *KINDS[platform].model_fields}
    for name in given:
        if name not in known:
            raise BadAnswer(f"{name} is not a setting of a {platform} channel; there are {', '.join(sorted(known))}.")


def _sections(wanted: Wanted, interview: Interview) -> str:
    local = str(ClarionSettings.model_fields["base_url"].default)
    base_url = interview.ask(
        "base_url", f"where the platform and people reach this program; empty for {local}", base_url_problem,
        empty=lambda: local,
    )  # fmt: skip
    clarion = {"base_url": base_url.rstrip("/"), "secret_key": token_urlsafe(SECRET_KEY_BYTES)}
    if zone := wanted.given.get("timezone"):
        clarion["timezone"] = zone
    tables = {"clarion": clarion}
    for section in ("database", "redis"):
        if url := wanted.given.get(f"{section}.url"):
            tables[section] = {"url": url}
    return init_file.sections(tables)


def _put(path: Path, text: str) -> Settings:
    try:
        return init_file.put(path, text)
    except OSError as error:
        raise BadAnswer(f"{path} cannot be written: {error.strerror}.") from None


def _next_steps(path: Path, settings: Settings, platform: str, name: str) -> Iterator[str]:
    address = f"{settings.clarion.base_url}/webhooks/{name}"
    yield f"Wrote {path}, readable by you alone. It holds secrets: keep it out of version control."
    yield "Next:"
    yield "  python -m bot migrate                       sets up the database"
    yield "  PORT=8000 honcho start                      runs the web process and the worker (or any Procfile runner)"
    yield f"  {_PASTE[platform].format(address=address)}"
    yield "  python -m bot check                         says line by line what is right and what to mend"
    yield f"  python -m bot invite --channel {name:<12} prints a code: send /admin claim CODE in the chat"
    if not address.startswith("https://"):
        yield ("The platforms deliver to public https addresses only: put this behind one, and set base_url to it.")


_PASTE = {
    "messenger": (
        "paste {address} as Callback URL and the file's verify_token as Verify token at developers.facebook.com,\n"
        "    your app, Messenger, Webhooks; then subscribe the Page to the fields that `check` names"
    ),
    "wechat": (
        "paste {address} as URL and the file's token as Token at developers.weixin.qq.com, your account, message push\n"
        "    (消息推送), and put this server's address on the IP allow-list (API IP白名单)"
    ),
}
"""Where the webhook's address goes. The web process has to run by then: the platforms try the address at once."""
