"""The demo's children: started, killed, stopped, and ended by the guard when nobody else does."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.playground import guard
from bot.playground.processes import ChildFailed, Processes, forget_settings

SLEEPER = ("-c", "import time; print('up', flush=True); time.sleep(60)")


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    folder = tmp_path / "demo"
    folder.mkdir()
    made = Processes(folder)
    yield made
    if folder.exists():
        made.stop()


def _up(processes: Processes, name: str) -> Callable[[], bool]:
    return lambda: "up" in processes.log(name).read_text()


def test_a_child_runs_until_all_is_stopped_and_the_folder_goes_with_it(processes: Processes) -> None:
    processes.start("one", *SLEEPER)
    processes.wait("one", _up(processes, "one"))
    assert processes.alive("one")
    processes.stop()
    assert not processes.alive("one")
    assert not processes.folder.exists()


def test_a_killed_child_can_be_started_again(processes: Processes) -> None:
    processes.start("one", *SLEEPER)
    processes.kill("one")
    assert not processes.alive("one")
    processes.start("one", *SLEEPER)
    assert processes.alive("one")


def test_killing_a_child_ends_what_it_had_started_itself(processes: Processes) -> None:
    nested = "import subprocess, sys; print(subprocess.Popen([sys.executable, *sys.argv[1:]]).pid, 'up', flush=True);"
    processes.start("parent", "-c", nested + " import time; time.sleep(60)", "-c", "import time; time.sleep(60)")
    processes.wait("parent", _up(processes, "parent"))
    grandchild = int(processes.log("parent").read_text().split()[0])
    processes.kill("parent")
    _until(lambda: not _runs(grandchild))


def test_a_child_that_ends_instead_of_starting_is_told_with_its_last_words(processes: Processes) -> None:
    processes.start("web", "-c", "raise SystemExit('the sky has fallen')")
    with pytest.raises(ChildFailed, match=r"^The web process did not start: the sky has fallen$"):
        processes.wait("web", lambda: False)


def test_the_owner_s_settings_do_not_reach_the_children(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLARION_DATABASE__URL", "postgresql://the-real-one/")
    processes.start("one", "-c", "import os; print([name for name in os.environ if name.startswith('CLARION')], 'up')")
    _until(_up(processes, "one"))
    assert processes.log("one").read_text() == "[] up\n"


def test_the_owner_s_settings_are_forgotten_here_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLARION_DATABASE__URL", "postgresql://the-real-one/")
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--reload")
    forget_settings()
    assert not [name for name in os.environ if name.startswith(("CLARION_", "GUNICORN_"))]


def test_the_guard_counts_the_groups_that_were_not_ended() -> None:
    assert guard.groups_left(["+1\n", "+22\n", "-1\n", "+3\n"]) == {22, 3}


def test_the_guard_ends_what_is_left_when_its_pipe_does(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    child = subprocess.Popen([sys.executable, *SLEEPER], stdout=subprocess.DEVNULL, start_new_session=True)
    subprocess.run(
        [sys.executable, "-I", "-S", guard.__file__, str(folder)], input=f"+{child.pid}\n", text=True, check=True
    )
    assert child.wait(5) == -9
    assert not folder.exists()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def _until(so: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not so():
        assert time.monotonic() < until
        time.sleep(0.02)
