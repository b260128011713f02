"""Make one spelling of many: width, case, spaces, traditional characters, Chinese numerals."""

import re
import unicodedata

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
POWERS = {"十": 10, "百": 100}

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "ninety": 90,
}  # fmt: skip
NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)})\b")

PUNCTUATION = str.maketrans({"。": ".", "、": ",", "’": "'", "(": " ", ")": " "})
"""What NFKC leaves of the signs people use between words."""

TRADITIONAL = str.maketrans("週點號後兩鐘個禮現馬時間這內", "周点号后两钟个礼现马时间这内")
"""Traditional characters of the time words, each with its simplified form."""

MOST_QUOTED = 60
"""Characters, at most 240 bytes: an answer on WeChat has 2,048 bytes in all."""

# A weekday keeps its numeral: 周五12点 must not become 周512点, and 周五十点 is Friday at ten, not "fifty".
NUMERAL = re.compile(r"(?<![周期拜])[零〇一二两三四五六七八九十百]+")


def normalise(text: str) -> str:
    """Return `text` as the grammar reads it. Normalising twice changes nothing."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(TRADITIONAL)
    plain = NUMBER_WORD.sub(lambda found: str(NUMBER_WORDS[found[0]]), plain.translate(PUNCTUATION))
    return " ".join(NUMERAL.sub(lambda found: _digits(found[0]), plain).split()).rstrip(" .!")


def quoted(text: str) -> str:
    """Return `text` as an answer quotes it back: trimmed, and never longer than an answer can bear."""
    plain = " ".join(text.split())
    return plain if len(plain) <= MOST_QUOTED else f"{plain[: MOST_QUOTED - 1]}…"


def _digits(numeral: str) -> str:
    """Return a Chinese numeral in digits: 二十三 is 23, 二〇二六 is 2026, 零五 is 05."""
    if not any(power in numeral for power in POWERS):
        return "".join(str(DIGITS[sign]) for sign in numeral)
    total, pending = 0, 0
    for sign in numeral:
        if sign in POWERS:
            total += max(pending, 1) * POWERS[sign]
            pending = 0
        else:
            pending = DIGITS[sign]
    return str(total + pending)
