"""Words of a text, brought to one form so that they can be compared."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Za-zÀ-ÿ]+")

STOP_WORDS = frozenset(
    """a about after all also an and any are as at away be because been before behind between but by can could
    does each either every for from had has have if in into is it its just keep like may more most must no nor
    not of off on once one only or other our out over own per shall should so some such than that the their
    them then there these they this those through to under until up upon use used uses user users via was
    were what when where which while who whole whoever will with within without would you your""".split()  # noqa: SIM905
)


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without stop words, in the singular."""
    return [
        singular(word) for word in _WORD.findall(text.lower()) if word not in STOP_WORDS and len(word) > 1
    ]


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """A plain English singular; it only has to map both numbers of a word to the same text."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
