"""The house stands as it is described: names, rooms, files that are made from others."""

import importlib.metadata
import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "handlers", "broadcast", "storage")
EXPLAINED = 500
"""Lines; a longer file has to be split."""


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize("name", PACKAGES)
def test_the_name_is_ours(name):
    """Each top-level package comes from this checkout, and no other distribution claims its name."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).is_relative_to(ROOT)
    assert set(importlib.metadata.packages_distributions().get(name, ())) <= {"clarion-broadcast"}


def test_every_test_folder_is_a_package():
    """Without it pytest would import tests/handlers as `handlers`, and every test would talk to the wrong package."""
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")} | {ROOT / "tests"}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_packages_do_not_re_export():
    """A package that re-exports drags every room behind it."""
    full = [path for path in python_files(*PACKAGES) if path.name == "__init__.py" and path.read_text().strip()]
    assert full == [ROOT / "bot" / "__init__.py"]


def test_no_file_is_too_long_to_hold_in_the_head():
    long = {str(path.relative_to(ROOT)): n for path in python_files(*PACKAGES) if (n := lines(path)) > EXPLAINED}
    assert long == {}


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_only_the_settings_read_the_environment():
    """Apart from where the settings are found, what gunicorn's own configuration takes, and processes we start."""
    allowed = {
        "bot/settings.py",
        "bot/wiring.py",
        "bot/cli.py",
        "bot/clock.py",
        "bot/gunicorn_config.py",
        "bot/backup.py",
    }
    reading = {
        str(path.relative_to(ROOT))
        for path in python_files(*PACKAGES)
        if "os.environ" in path.read_text(encoding="utf-8") and "playground" not in path.parts
    }
    assert reading - {"bot/demo.py"} <= allowed


def test_every_locked_package_has_its_hashes():
    for path in (ROOT / "requirements").glob("*.txt"):
        entries = re.split(r"\n(?=[a-z0-9])", path.read_text(encoding="utf-8"))[1:]
        assert entries
        assert all("--hash=sha256:" in entry for entry in entries), path.name


def test_the_procfile_starts_what_the_command_line_starts():
    procfile = (ROOT / "Procfile").read_text()
    assert 'web: gunicorn --config bot/gunicorn_config.py "bot:create_app()"' in procfile
    assert "worker: python -m bot worker" in procfile
