"""The example alerts, held against made-up times by Prometheus' own tool."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "prometheus"
ALERTS = re.findall(r"- alert: (\w+)", (FOLDER / "alerts.yml").read_text("utf-8"))


def promtool(*arguments: str) -> str:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("there is no promtool here; on Debian: apt-get install prometheus")
    done = subprocess.run([tool, *arguments], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_prometheus_takes_the_rules():
    assert f"{len(ALERTS)} rules found" in promtool("check", "rules", "alerts.yml")


def test_every_alert_fires_when_it_should_and_is_silent_when_not():
    assert "SUCCESS" in promtool("test", "rules", "alerts_test.yml")


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_is_tried_both_ways(alert):
    trials = (FOLDER / "alerts_test.yml").read_text("utf-8")
    assert re.search(rf"alertname: {alert}\n +exp_alerts:", trials), "never fires"
    assert re.search(rf"alertname: {alert} }}", trials), "is never silent"
