"""Which encoding a text file is in."""

from __future__ import annotations

import codecs
from pathlib import Path

BLOCK_BYTES = 1024 * 1024
FALLBACK = "cp1252"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # Before UTF-16, whose mark it begins with.
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect_encoding(path: Path) -> str:
    """By its byte order mark, else UTF-8 if it reads as that, else Windows-1252.

    Western spreadsheets that are not UTF-8 are Windows-1252 (WHATWG Encoding Standard, section 4.2:
    the fallback for most locales). A file with broken bytes among valid UTF-8 ones stays UTF-8: its broken
    rows are then reported, where the other encoding would garble all the good ones without a word.
    """
    with path.open("rb") as file:
        sample = file.read(4096)
        for mark, name in _MARKS:
            if sample.startswith(mark):
                return name
        without_mark = _utf16_without_mark(sample)
        if without_mark:
            return without_mark
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        while block := file.read(BLOCK_BYTES):
            try:
                if not decoder.decode(block).isascii():
                    return "utf-8"
            except UnicodeDecodeError as error:
                # What stands before the first broken byte decides.
                return FALLBACK if block[: error.start].isascii() else "utf-8"
    return "utf-8"


def has_undecodable(text: str) -> bool:
    """True if the text holds bytes that were not of its encoding, or lone surrogates."""
    if text.isascii():
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _utf16_without_mark(sample: bytes) -> str | None:
    """UTF-16 by where its zero bytes are: nearly every second byte of Western text."""
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    even, odd = sample[0 : pairs * 2 : 2].count(0), sample[1 : pairs * 2 : 2].count(0)
    if odd > pairs * 0.7 and even == 0:
        return "utf-16-le"
    if even > pairs * 0.7 and odd == 0:
        return "utf-16-be"
    return None
