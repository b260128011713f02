"""When two texts are equal: the one rule for upper and lower case, in every reading.

The letters A-Z equal a-z wherever they stand, which both databases can do at full speed. Neither folds other
alphabets the same way as the other or as Python, so there the *wanted* text is tried in four forms: as it was
typed, all small, all capitals, and with Capital First Letters. "москва" therefore finds "Москва" and
"МОСКВА", and "émile" finds "Émile"; "мОСКВА" stored by somebody's stuck shift key is not found.
"""

import string

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def fold(stored: str) -> str:
    """Return a stored text as it is compared: only A-Z made small, as SQLite's NOCASE and the C locale do."""
    return stored.translate(_ASCII_LOWER)


def forms(wanted: str) -> tuple[str, ...]:
    """Return the folded forms of a wanted text; a stored text is equal when its fold is among them.

    A purely ASCII text has one form.
    """
    return tuple(dict.fromkeys(map(fold, (wanted, wanted.lower(), wanted.upper(), wanted.title()))))
