"""The container file copies what exists, and all of what the product is made of."""

import re
from pathlib import Path

from bot.doctor.installation import NAMES

ROOT = Path(__file__).resolve().parents[2]
LINES = (ROOT / "examples" / "container" / "Containerfile").read_text("utf-8").splitlines()

INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "VOLUME", "USER", "EXPOSE", "ENTRYPOINT", "CMD"}


def test_every_line_is_an_instruction_or_a_comment():
    words = {line.split()[0] for line in LINES if line and not line.startswith("#")}
    assert words == INSTRUCTIONS


def test_what_is_copied_is_there_and_is_all_of_the_product():
    copied = {match[1] for line in LINES if (match := re.fullmatch(r"COPY (?!--from)(\S+) \S+", line))}
    assert all((ROOT / path).exists() for path in copied)
    assert copied == {*NAMES, "requirements/run.txt"}
