"""An article as the HTML WeChat stores, and the pictures in it. Pure."""

import html
import re

from handlers.content import Article

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_PICTURE = re.compile(r"""(<img\b[^<>]*?\bsrc\s*=\s*)(["'])(.*?)\2""", re.IGNORECASE | re.DOTALL)


def page_html(article: Article, way_out: str = "") -> str:
    """Return the article's `content`, with the opt-out line, where there is one, as its last paragraph.

    A body with a tag in it is HTML and stays as it is; in any other each line becomes a paragraph.
    """
    body = article.body
    if not _TAG.search(body):
        body = "".join(_paragraph(line) for line in body.splitlines() if line.strip())
    return body + (_paragraph(way_out) if way_out else "")


def pictures(body: str) -> tuple[str, ...]:
    """Return the addresses of the pictures in an HTML body, each once, in order."""
    return tuple(dict.fromkeys(html.unescape(match[3]) for match in _PICTURE.finditer(body)))


def replace_pictures(body: str, addresses: dict[str, str]) -> str:
    """Return `body` with the addresses of its pictures replaced as `addresses` says."""

    def replaced(match: re.Match[str]) -> str:
        old = html.unescape(match[3])
        return f"{match[1]}{match[2]}{html.escape(addresses.get(old, old))}{match[2]}"

    return _PICTURE.sub(replaced, body)


def _paragraph(line: str) -> str:
    return f"<p>{html.escape(line.strip(), quote=False)}</p>"
