"""Brings the catalogues up to date with the sentences in the code: `python -m bot.locales.update`.

New sentences are added empty, sentences that are gone are dropped, nothing is guessed. A test fails as long as
one is missing a translation.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.texts import DOMAIN, ENGLISH, LANGUAGES, LOCALES

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "broadcast", "handlers")
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "say": None,
    "choice": None,
    "plural": (1, 2),
    "ngettext": (1, 2),
    "Problem": (2,),
    "PlatformError": (1,),
    "Ambiguous": (2,),
    "Failure": (3,),
    "Ending": (3,),
    "Limit": (3,),  # its unit
}
"""The names that sentences are given to, and which of their arguments the sentence is."""

COMMENT = "For translators:"


def extracted() -> Catalog:
    """Return the sentences of the code, in alphabetical order of where they stand."""
    catalogue = Catalog(project="Clarion", charset="utf-8", fuzzy=False, msgid_bugs_address="")
    for room in ROOMS:
        found = extract_from_dir(
            ROOT / room,
            method_map=[("simulator/**", "ignore"), ("**.py", "python")],
            keywords=KEYWORDS,
            comment_tags=[COMMENT],
            strip_comment_tags=True,
        )
        for path, _line, message, comments, _context in found:
            catalogue.add(message, locations=[(f"{room}/{path}", 1)], auto_comments=comments)
    return catalogue


def update(language: str) -> None:
    """Write the catalogue of a language anew, keeping its translations."""
    path = LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, domain=DOMAIN)
    made = catalogue.creation_date
    catalogue.update(extracted(), no_fuzzy_matching=True, update_header_comment=False)
    catalogue.creation_date = made  # the file changes only when its sentences do
    written = io.BytesIO()
    write_po(written, catalogue, width=110, ignore_obsolete=True, include_lineno=False, sort_by_file=True)
    path.write_bytes(written.getvalue())


if __name__ == "__main__":
    for name in LANGUAGES:
        if name != ENGLISH:
            update(name)
