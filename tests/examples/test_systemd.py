"""The systemd units, held against systemd's own reading of them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parents[2] / "examples" / "systemd"


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("there is no systemd-analyze here; on Debian: apt-get install systemd")
    names = []
    for unit in UNITS.iterdir():
        names.append(unit.name.replace("@.", "@1."))  # a worker is verified as one that runs
        # It looks for the programs too: this Python stands for the one that an installation has.
        text = unit.read_text("utf-8").replace("/opt/clarion/.venv/bin/python", sys.executable)
        (tmp_path / names[-1]).write_text(text, "utf-8")
    done = subprocess.run(
        [analyse, "verify", *(tmp_path / name for name in names)], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "clarion" in line]
    assert ours == []
    assert done.returncode == 0, done.stderr
