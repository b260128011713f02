"""The platform's XML: written as its webhooks are, read as its replies must be."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

Fields = Mapping[str, object]

# Characters that XML 1.0 has no way of writing.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class NotXml(ValueError):
    """A reply is not the XML it has to be; the sentence says why."""


def written(fields: Fields) -> str:
    """Return `<xml>` with these fields: text as CDATA, numbers bare, mappings nested, lists repeated."""
    return f"<xml>{''.join(_element(name, value) for name, value in fields.items())}</xml>"


def _element(name: str, value: object) -> str:
    if isinstance(value, str):
        text = _UNWRITABLE.sub("", value).replace("]]>", "]]]]><![CDATA[>")
        return f"<{name}><![CDATA[{text}]]></{name}>"
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_element(inner, one) for inner, one in value.items())}</{name}>"
    if isinstance(value, Sequence):
        return "".join(_element(name, one) for one in value)
    return f"<{name}>{value}</{name}>"


def read(raw: str) -> ET.Element:
    """Return the `<xml>` element of a reply. Raises `NotXml`."""
    if "<!DOCTYPE" in raw.upper():
        raise NotXml("The reply has a document type, which no reply needs.")
    try:
        root = ET.fromstring(raw)  # noqa: S314 - what the bot under test answered, without a DTD
    except ET.ParseError as error:
        raise NotXml(f"The reply is not well-formed XML: {error}.") from error
    if root.tag != "xml":
        raise NotXml(f"The reply begins with <{root.tag}>, not with <xml>.")
    return root


def text_of(element: ET.Element, path: str) -> str:
    """Return the text of the element at this path, empty where there is none."""
    return element.findtext(path) or ""
