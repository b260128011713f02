"""An Official Account as it runs in production: a stack with the WeChat simulator behind it, and its followers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.stack import Stack, until

APP_ID, SECRET, TOKEN, ORIGINAL_ID = "wx0123456789abcdef", "app-secret-for-tests", "webhook-token", "gh_0123456789ab"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CHANNEL = "account"
ENDED = frozenset({"sent", "cancelled", "missed", "failed"})


class AccountStack(Stack):
    """One account with its web process and worker. `mode` is plain, compatible or encrypted."""

    def __init__(self, folder: Path, *, mode: str = "plain", account: str = "service", **options: Any) -> None:
        self.mode, self.account = mode, account
        super().__init__(folder, **{"timezone": "Asia/Shanghai", "undo_seconds": 0.2, **options})
        self.boss = ""
        self.undo = self._clarion["undo_seconds"]

    def start_simulator(self, *options: str) -> None:
        """Start the platform."""
        key = () if self.mode == "plain" else ("--aes-key", AES_KEY)
        process = self._start(
            "simulator",
            "-m", "handlers.simulator.wechat", "--port", "0", "--app-id", APP_ID, "--app-secret", SECRET,
            "--token", TOKEN, "--mode", self.mode, "--account", self.account, "--original-id", ORIGINAL_ID,
            "--webhook", f"http://127.0.0.1:{self.port}/webhooks/{CHANNEL}", *key, *options,
        )  # fmt: skip
        assert process.stdout is not None
        self.simulator_url = process.stdout.readline().split()[-1]
        self._write_config()

    def _channel(self) -> str:
        key = "" if self.mode == "plain" else AES_KEY
        return (
            f'name = "{CHANNEL}"\nplatform = "wechat"\napp_id = "{APP_ID}"\napp_secret = "{SECRET}"\n'
            f'token = "{TOKEN}"\nencoding_aes_key = "{key}"\naccount = "{self.account}"\n'
            f'original_id = "{ORIGINAL_ID}"\napi_base = "{self.simulator_url}"\n'
        )

    def start(self, followers: int, *options: str) -> None:
        """Start everything, and wait until all followers are known and the first of them is an admin."""
        self.start_simulator("--followers", str(followers), *options)
        self.run("migrate")
        self.start_web()
        self.start_worker()
        self.boss = self.followers(1)[0]
        code = self.run("invite", "--channel", CHANNEL, "--role", "owner").strip()
        assert "Welcome" in self.say(f"/admin claim {code}")
        listed = "SELECT count(*) FROM subscribers WHERE listed_at IS NOT NULL"
        until(lambda: self.query(listed)[0][0] >= followers, 20 + followers / 2000, 0.2)

    def followers(self, at_most: int, since: int = 0) -> list[str]:
        """Return the openids of some followers."""
        answer = self.sim(f"people?since={since}&limit={at_most}")
        return [one["openid"] for one in answer["people"]]

    def say(self, text: str, person: str = "", **more: Any) -> str:
        """Let somebody (the admin) write and return the passive reply to it."""
        said = {"text": text} if text else {}
        answer = self.sim("say", {"openid": person or self.boss, **said, **more})
        assert answer["status"] == 200, answer
        assert not answer["problem"], answer
        return str((answer["reply"] or {}).get("text", ""))

    def launch(self, name: str, audience: str = "everyone", *messages: str) -> int:
        """Send a broadcast by the typed path, every answer on the webhook's own response; return its id."""
        self.compose(name, audience, *messages)
        answer = self.say("send")
        if "type that number" in answer:
            answer = self.say(answer.splitlines()[0].rpartition(" ")[2])
        assert "leaves at" in answer, answer
        return self.newest()

    def compose(self, name: str, audience: str = "everyone", *messages: str) -> str:
        """Come as far as the review by the typed path; return the card."""
        for line in (f"/broadcast new {name}", "now", audience, *(messages or (f"{name}: hello!",))):
            self.say(line)
        return self.say("done")

    def newest(self) -> int:
        """Return the id of the newest broadcast."""
        return int(self.query("SELECT max(id) FROM broadcasts")[0][0])

    def ends(self, broadcast: int, seconds: float = 20) -> Counter[str]:
        """Wait until a broadcast has ended and the platform's events have come; return how many are in each state."""
        until(lambda: self.where(broadcast) in ENDED, seconds)
        self.sim("settle", {})
        return self.states(broadcast)

    def where(self, broadcast: int) -> str:
        """Return a broadcast's status."""
        return str(self.query(f"SELECT status FROM broadcasts WHERE id = {broadcast}")[0][0])

    def states(self, broadcast: int) -> Counter[str]:
        """Return how many of its people are in each state, `skipped` with the reason."""
        rows = self.query(
            "SELECT state, CASE WHEN state IN ('skipped', 'failed') THEN reason ELSE '' END, count(*)"
            f" FROM recipients WHERE broadcast_id = {broadcast} GROUP BY 1, 2"
        )
        return Counter({f"{state} {reason}".strip(): count for state, reason, count in rows})

    def jobs(self, broadcast: int) -> list[tuple[str, str, int, str]]:
        """Return (kind, state, people, reason) of its mass jobs."""
        return self.query(
            f"SELECT kind, state, people, reason FROM mass_jobs WHERE broadcast_id = {broadcast} ORDER BY number"
        )

    def job_is(self, broadcast: int, *states: str, seconds: float = 10) -> None:
        """Wait until all of its jobs are in one of these states."""
        until(lambda: (jobs := self.jobs(broadcast)) and all(job[1] in states for job in jobs), seconds)

    def minute_passes(self) -> None:
        """Let a minute pass for the platform, and what waits here for that long be due.

        Not ten times in one test: a platform ten minutes ahead of us is not believed.
        """
        self.sim("clock", {"advance_seconds": 61})
        self.all_is_due()

    def all_is_due(self) -> None:
        """Let what waits here for a minute, or for ten, be due."""
        with self.database() as connection:
            connection.execute("UPDATE mass_jobs SET not_before = 0, updated_at = 0")

    def platform_jobs(self) -> list[dict[str, Any]]:
        """Return the mass jobs the platform has taken."""
        return [*self.sim("jobs")["jobs"]]

    def calls(self, path: str) -> int:
        """Return how often a call was made."""
        return int(self.sim("counts")["by_call"].get(path, 0))

    def got(self, person: str) -> list[str]:
        """Return the texts of broadcasts on a person's phone, in order."""
        messages = self.sim(f"people/{person}/messages")["messages"]
        return [
            one["message"]["text"].partition("\n")[0]
            for one in messages
            if one["road"] in {"mass", "preview"} or (one["road"] == "custom" and "STOP" in str(one["message"]))
        ]

    def tag_people(self, people: Sequence[str], tag: str) -> None:
        """Give people a value that a filter finds them by."""
        lines = ["platform_user_id,var.kind", *(f"{person},{tag}" for person in people)]
        (self.folder / "people.csv").write_text("\n".join(lines) + "\n")
        self.run("import", "--channel", CHANNEL, "people.csv")


@contextmanager
def account(folder: Path, followers: int, *options: str, **more: Any) -> Iterator[AccountStack]:
    """Run an account with so many followers for the length of a test."""
    stack = AccountStack(folder, **more)
    try:
        stack.start(followers, *options)
        yield stack
    finally:
        stack.stop()
