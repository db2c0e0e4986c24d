"""Which encoding a text file is in."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

SAMPLE_BYTES = 256 * 1024
MIN_ZEROS = 0.05

_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect_encoding(path: Path) -> str:
    """By its byte order mark, else UTF-16 or UTF-8 if its beginning reads like that, else Windows-1252.

    Western spreadsheets that are not UTF-8 are Windows-1252 (WHATWG Encoding Standard, section 4.2:
    the fallback for most locales).
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    for name in ("utf-16-le", "utf-16-be"):
        if _is_utf_16(sample, name):
            return name
    return "utf-8" if _is_utf_8(sample) else "cp1252"


def _is_utf_8(sample: bytes) -> bool:
    """True unless most of what is not ASCII breaks the rules of UTF-8.

    Text in Windows-1252 almost never keeps them by chance, so that a few broken bytes among letters that do
    are damage, and a problem of their rows.
    """
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(sample, final=False)
    broken = len(_ESCAPED_BYTE.findall(text))
    return broken == 0 or broken <= len(_BEYOND_ASCII.findall(text)) - broken


def _is_utf_16(sample: bytes, name: str) -> bool:
    """True for text whose commas, spaces and line breaks have their zero bytes all on the right side."""
    high, low = (sample[1::2], sample[0::2]) if name == "utf-16-le" else (sample[0::2], sample[1::2])
    if high.count(0) < len(high) * MIN_ZEROS or low.count(0) > 0:
        return False
    try:
        text = codecs.getincrementaldecoder(name)().decode(sample, final=False)
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(text)


def has_undecodable(text: str) -> bool:
    """True if the text holds bytes that were not of its encoding, or lone surrogates."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
