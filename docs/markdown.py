"""Pages and tables as Markdown that a code host and the site both understand."""

from collections.abc import Iterable

_NOTE = "<!-- Made by `python -m docs.generate`; edit what it is made from instead. -->"


def page(title: str, *parts: str) -> str:
    """Return a whole page: its title, the note that it is made, and its parts; empty ones are left out."""
    return "\n\n".join([f"# {title}", _NOTE, *(part for part in parts if part)]) + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table; what would break a cell is taken out of it."""

    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return "\n".join([line(head), line("---" for _ in head), *(line(row) for row in rows)])
