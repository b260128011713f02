"""How Sphinx makes a site of these pages: `make site`. They are plain Markdown, and read where they lie as well."""

from collections.abc import Mapping

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

NAVIGATION: Mapping[str, tuple[str, ...]] = {
    "Begin": ("first_hour", "connect_a_page", "connect_an_account", "wechat"),
    "Send": ("admins", "conversations", "filters", "flows", "quotas"),
    "Run": (
        "operations",
        "/examples/container/README",
        "security",
        "reference/errors",
        "reference/settings",
        "reference/metrics",
    ),
    "Look up": ("reference/commands", "reference/fields", "reference/limits", "reference/states"),
    "Build": (
        "plugin",
        "architecture",
        "decisions",
        "/CONTRIBUTING",
        "/benchmarks/README",
        "/tests/security/seeds/README",
        "/CHANGELOG",
    ),
}
"""The menu beside each page: its headings, and under each the pages. A page that stands nowhere is an error."""

project = "Clarion"
root_doc = "docs/index"
include_patterns = [
    "docs/**.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "benchmarks/*.md",
    "examples/**.md",
    "tests/**/README.md",
]
exclude_patterns = [".*", "site"]
extensions = ["myst_parser"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
nitpicky = True
smartquotes = False

html_theme = "furo"
html_title = "Clarion"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["static"]
html_css_files = ["site.css"]
templates_path = ["templates"]
html_additional_pages = {"index": "redirect.html"}  # the pages keep their folders, and a site is entered at its root


def setup(app: Sphinx) -> None:
    """Name the languages of our own, and put the menu under the first page."""
    for language in ("chat", "filter"):
        app.add_lexer(language, TextLexer)
    app.connect("source-read", _add_menu)


def _add_menu(app: Sphinx, page: str, source: list[str]) -> None:
    """Append the menu when the site is built: on a code host it would stand there as a block of code."""
    if page == app.config.root_doc:
        source[0] += "".join(_menu(heading, pages) for heading, pages in NAVIGATION.items())


def _menu(heading: str, pages: tuple[str, ...]) -> str:
    return "\n".join(["", "```{toctree}", ":hidden:", f":caption: {heading}", "", *pages, "```", ""])
