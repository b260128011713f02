"""The command line. Exit status 0 only on success; a mistake is one sentence on standard error, no traceback."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

import peewee as pw

from bot import exchange, wiring
from bot.backup import BackupProblem, back_up
from bot.environment import BadEnvironment, port, processes
from bot.init_ask import BadAnswer, Interview
from bot.people_file import MOST_DIGITS
from bot.settings import PLATFORMS, BadSettings
from bot.steer import NotDone, steer
from bot.wiring import ChannelRuntime, Runtime
from storage import admins
from storage.database import DatabaseProblem, open_database
from storage.erase import erase
from storage.migrate import migrate


class Mistake(Exception):
    """Something the person at the shell can mend; the sentence says what."""


class _Parser(argparse.ArgumentParser):
    """Says a mistake in one sentence, as every command does, and not with a page of usage before it."""

    def error(self, message: str) -> NoReturn:
        """Say what cannot be understood, and where to read how it is written; exit with 2, as is the custom."""
        self.exit(2, f"{message[:1].upper()}{message[1:]}; `{self.prog} --help` shows how it is written.\n")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit."""
    options = parser().parse_args(arguments)
    try:
        status = options.run(options)
    except (
        Mistake, BadAnswer, BadEnvironment, BadSettings, BackupProblem, DatabaseProblem, NotDone, exchange.BadFile,
    ) as error:  # fmt: skip
        print(str(error), file=sys.stderr)
        status = 1
    except EOFError:
        print("The input ended before everything was answered; nothing was written.", file=sys.stderr)
        status = 1
    except pw.PeeweeException as error:
        print(f"The database refused: {str(error).strip().splitlines()[0]}.", file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        # Whoever read our output has closed it, as `head` does; without this Python complains once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


def parser() -> argparse.ArgumentParser:
    """Return the parser of every command; the page of commands is made from it."""
    whole = _Parser(prog="python -m bot", description="Broadcasts from inside the chat.")
    commands = whole.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], help_text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help_text, description=help_text)
        made.add_argument("--config", metavar="PATH", help="settings file; else CLARION_CONFIG, else config.toml")
        made.set_defaults(run=run)
        return made

    _add_init(command("init", _init, "Ask for a channel's credentials and write the settings file."))
    command("web", _web, "Receive webhooks (gunicorn; PORT and WEB_CONCURRENCY are honoured).")
    command("worker", _worker, "Send broadcasts and replies.")
    command("migrate", _migrate, "Bring the database to this version; back it up first.")
    check = command("check", _check, "Say, line by line, what is right and what to mend.")
    check.add_argument("--offline", action="store_true", help="ask neither the platforms nor our own address")
    backup = command("backup", _backup, "Write the whole database, as it is at one moment, to a file.")
    backup.add_argument("file", metavar="PATH", help="the file to write")
    demo = command("demo", _demo, "Try everything with simulated platforms: nothing needed, nothing left behind.")
    demo.add_argument("--port", type=int, default=8700, help="port of the page (default 8700)")
    demo.add_argument("--people", type=int, default=200, help="how many subscribers (default 200)")
    invite = command("invite", _invite, "Print a one-time code that makes its sender an admin: /admin claim CODE.")
    invite.add_argument("--channel", required=True, metavar="NAME", help="where they will be an admin")
    invite.add_argument("--role", choices=admins.ROLES, default="owner", help="owner if left out")
    importing = command("import", _import, "Add or update subscribers from a CSV file.")
    importing.add_argument("--channel", required=True, metavar="NAME", help="whose subscribers they are")
    importing.add_argument("file", metavar="FILE.csv", help="its column platform_user_id has to be there")
    exporting = command(
        "export", _export, "Print a broadcast's recipients (CSV) or all that is known of a person (JSON)."
    )
    exporting.add_argument("what", choices=("recipients", "person"), help="what to print")
    exporting.add_argument("--broadcast", metavar="ID", help="for recipients: the broadcast's number")
    exporting.add_argument("--channel", metavar="NAME", help="for person: the channel")
    exporting.add_argument("--person", metavar="PLATFORM_USER_ID", help="for person: who, as the platform calls them")
    erasing = command("erase", _erase, "Remove one person everywhere; the sums stay.")
    erasing.add_argument("--channel", required=True, metavar="NAME", help="whose subscriber they are")
    erasing.add_argument("person", metavar="PLATFORM_USER_ID", help="who, as the platform calls them")
    for verb, help_text in (
        ("pause", "Hold a broadcast, as /broadcast pause does in chat."),
        ("resume", "Let a paused broadcast go on, as /broadcast resume does in chat."),
        ("cancel", "End a broadcast for good, as /broadcast cancel does in chat."),
    ):
        steering = command(verb, partial(_steer, verb), help_text)
        steering.add_argument("broadcast", metavar="ID", help="the broadcast's number, as `status` prints it")
    status = command("status", _status, "List all broadcasts with their numbers.")
    status.add_argument("--json", action="store_true", help="for programs")
    return whole


def _add_init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="answers",
                        help="answer a question; a secret may be env:NAME or file:PATH")  # fmt: skip
    parser.add_argument("--platform", choices=PLATFORMS, help="the same as --set platform=…")
    parser.add_argument("--name", help="the same as --set name=…")
    parser.add_argument("--base-url", metavar="URL", help="where people reach this program from outside")
    parser.add_argument("--api-base", metavar="URL", help="a simulator, to try without an account")
    parser.add_argument("--add", action="store_true", help="add a channel to the file that is there")
    parser.add_argument("--force", action="store_true", help="write the file anew and forget what it says")


def _runtime(options: argparse.Namespace) -> Runtime:
    return wiring.build(wiring.config_path(options.config))


def _channel(runtime: Runtime, name: str) -> ChannelRuntime:
    try:
        return runtime.channels[name]
    except KeyError:
        known = ", ".join(sorted(runtime.channels)) or "none yet"
        raise Mistake(f"There is no channel called {name}; the settings have: {known}.") from None


def _need_channels(runtime: Runtime, path: Path) -> None:
    """Raise `Mistake` where there is nothing to receive from and to send to."""
    if not runtime.channels:
        raise Mistake(f"There is no channel in {path} yet. Add one: python -m bot init --add --config {path}")


def _init(options: argparse.Namespace) -> int:
    from bot.init import Wanted, init  # noqa: PLC0415 - only this command asks anybody

    given: dict[str, str] = {}
    for pair in options.answers:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Mistake(f"--set takes NAME=VALUE; got {pair!r}.")
        given[name] = value
    flags = {name: getattr(options, name) for name in ("platform", "name", "base_url", "api_base")}
    given |= {name: value for name, value in flags.items() if value is not None}
    wanted = Wanted(wiring.config_path(options.config), given, force=options.force, add=options.add)
    print("\n".join(init(wanted, Interview(given))))
    return 0


def _web(options: argparse.Namespace) -> int:
    path = wiring.config_path(options.config)
    port(os.environ), processes(os.environ)  # a mistake is said here, once, and not by each process
    runtime = wiring.build(path)
    _need_channels(runtime, path)
    runtime.database.close()
    os.environ[wiring.CONFIG_VARIABLE] = str(path)
    config = Path(__file__).with_name("gunicorn_config.py")
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", str(config), "bot:create_app()"])  # noqa: S606


def _worker(options: argparse.Namespace) -> int:
    from bot import worker  # noqa: PLC0415 - only this command needs an event loop

    runtime = _runtime(options)
    _need_channels(runtime, wiring.config_path(options.config))
    worker.run(runtime)
    return 0


def _migrate(options: argparse.Namespace) -> int:
    from bot.settings import load  # noqa: PLC0415

    path = wiring.config_path(options.config)
    database = open_database(load(path).database.url, path.parent)
    steps = migrate(database)
    print("\n".join(f"ran {step}" for step in steps) or "nothing to do: the database is up to date")
    return 0


def _check(options: argparse.Namespace) -> int:
    from bot.doctor.examine import examine  # noqa: PLC0415
    from handlers.finding import Level  # noqa: PLC0415

    found = dict.fromkeys(Level, 0)
    for finding in examine(wiring.config_path(options.config), online=not options.offline):
        print(f"{finding.level.value:<4} {finding.sentence}", flush=True)
        found[finding.level] += 1
    print(f"{found[Level.FIX]} to fix, {found[Level.WARN]} to know of, {found[Level.OK]} right")
    return 1 if found[Level.FIX] else 0


def _backup(options: argparse.Namespace) -> int:
    from bot.settings import load  # noqa: PLC0415

    path, target = wiring.config_path(options.config), Path(options.file).absolute()
    url = load(path).database.url
    back_up(open_database(url, path.parent, make=False), url, target)
    print(f"{target}: {target.stat().st_size / 1_000_000:,.1f} MB. Keep {path.name} and the flows folder with it.")
    return 0


def _demo(options: argparse.Namespace) -> int:
    from bot.demo import run  # noqa: PLC0415

    run(port=options.port, people=options.people)
    return 0


def _invite(options: argparse.Namespace) -> int:
    runtime = _runtime(options)
    print(admins.invite(_channel(runtime, options.channel).id, options.role, runtime.now()))
    return 0


def _import(options: argparse.Namespace) -> int:
    runtime = _runtime(options)
    channel = _channel(runtime, options.channel)
    result = exchange.import_subscribers(channel.id, Path(options.file), runtime.now(), _progress)
    for line, why in result.reasons:
        print(f"line {line}: {why}", file=sys.stderr)
    if result.refused_file:
        print(f"all {result.refused} refused lines, with reasons, are in {result.refused_file}", file=sys.stderr)
    if result.doubled:
        print(f"lines about somebody who is on a later line too: {result.doubled:,}; the last counts", file=sys.stderr)
    print(f"subscribers written: {result.written:,}; lines refused: {result.refused:,}")
    return 1 if result.refused else 0


def _progress(part: float, people: int) -> None:
    """Draw a bar where somebody is watching."""
    if sys.stderr.isatty():
        bar = ("█" * round(part * 30)).ljust(30)
        sys.stderr.write(f"\r{bar} {part:4.0%}  {people:,} people" + ("\n" if part >= 1 else ""))


def _export(options: argparse.Namespace) -> int:
    runtime = _runtime(options)
    if options.what == "person":
        if not (options.channel and options.person):
            raise Mistake("export person needs --channel NAME and --person PLATFORM_USER_ID.")
        known = exchange.person(_channel(runtime, options.channel).id, options.person)
        print(exchange.as_json(known))
        return 0
    if options.broadcast is None:
        raise Mistake("export recipients needs --broadcast ID, the broadcast's number as `status` prints it.")
    exchange.export_recipients(_number("--broadcast", options.broadcast), sys.stdout)
    return 0


def _number(name: str, written: str) -> int:
    if not written.isdecimal() or len(written) > MOST_DIGITS:
        raise Mistake(f"{name} takes a number, as `status` prints it; got {written!r}.")
    return int(written)


def _steer(verb: str, options: argparse.Namespace) -> int:
    print(steer(_runtime(options), verb, _number(verb, options.broadcast)))
    return 0


def _erase(options: argparse.Namespace) -> int:
    runtime = _runtime(options)
    erased = erase(_channel(runtime, options.channel).id, options.person, runtime.now())
    if erased is None:
        raise Mistake(f"Nobody called {options.person} is known on {options.channel}.")
    print(f"{options.person} is erased; nothing of theirs is left but the sums.")
    if erased.suppressed:
        print("They had opted out: a keyed hash of their id is kept, so that no import brings them back.")
    return 0


def _status(options: argparse.Namespace) -> int:
    runtime = _runtime(options)
    names = {channel.id: name for name, channel in runtime.channels.items()}
    rows = exchange.status(names)
    print(exchange.as_json(rows) if options.json else exchange.as_table(rows))
    return 0
