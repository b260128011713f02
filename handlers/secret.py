"""Words that must not be shown, and the one way to compare them."""

import hmac


class Secret(str):
    """A string that prints as dots; use it like a string where it is really needed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('•••')"


def same_secret(one: str | bytes, other: str | bytes) -> bool:
    """Compare in constant time, whatever the lengths."""
    left = one.encode() if isinstance(one, str) else one
    right = other.encode() if isinstance(other, str) else other
    return hmac.compare_digest(left, right)
