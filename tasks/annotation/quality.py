"""The quality score: how well a function is described, for somebody who has to find and understand it.

Five parts, 100 points; `docs/annotate.md` explains them to those who maintain the catalog.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.annotation.annotator import FunctionText, QualityPart
from tasks.annotation.words import words_of

TITLE_POINTS, DESCRIPTION_POINTS, SPECIFIC_POINTS, TAG_POINTS, AGREEMENT_POINTS = 20, 30, 20, 15, 15

# Web Content Accessibility and plain-language guides alike ask for one to three sentences of context.
FEWEST_WORDS, MOST_WORDS = 12, 60
WANTED_TAGS = 3


def score(
    function: FunctionText, keywords: Sequence[str], area: str | None, confidence: float
) -> tuple[float, list[QualityPart]]:
    """The score, 0 to 100, and its parts with a reason each."""
    parts = [
        _title(function),
        _description(function),
        _specific(function),
        _tags(function, keywords),
        _agreement(function, area, confidence),
    ]
    return round(sum(part.points for part in parts), 1), parts


def _title(function: FunctionText) -> QualityPart:
    count = len(function.title.split())
    if function.title.isupper():
        return QualityPart("title", TITLE_POINTS * 0.25, TITLE_POINTS, "is written in capitals throughout")
    if count < 2:
        return QualityPart(
            "title", TITLE_POINTS * 0.5, TITLE_POINTS, "is a single word; say what is done to it"
        )
    if count > 10:
        return QualityPart("title", TITLE_POINTS * 0.5, TITLE_POINTS, "is longer than ten words")
    return QualityPart("title", TITLE_POINTS, TITLE_POINTS, "names action and object")


def _description(function: FunctionText) -> QualityPart:
    count = len(function.description.split())
    if count == 0:
        return QualityPart("description", 0, DESCRIPTION_POINTS, "is missing")
    if count < FEWEST_WORDS:
        points = round(DESCRIPTION_POINTS * count / FEWEST_WORDS, 1)
        return QualityPart("description", points, DESCRIPTION_POINTS, f"has only {count} words")
    if count > MOST_WORDS:
        points = round(DESCRIPTION_POINTS * MOST_WORDS / count, 1)
        return QualityPart(
            "description", points, DESCRIPTION_POINTS, f"has {count} words; say it in {MOST_WORDS}"
        )
    return QualityPart("description", DESCRIPTION_POINTS, DESCRIPTION_POINTS, f"has {count} words")


def _specific(function: FunctionText) -> QualityPart:
    described = set(words_of(function.description))
    if not described:
        return QualityPart("information", 0, SPECIFIC_POINTS, "there is nothing beyond the title")
    new = described - set(words_of(function.title))
    share = min(1.0, len(new) / 10)
    points = round(SPECIFIC_POINTS * share, 1)
    return QualityPart(
        "information", points, SPECIFIC_POINTS, f"{len(new)} words that the title does not have"
    )


def _tags(function: FunctionText, keywords: Sequence[str]) -> QualityPart:
    count = len(set(function.tags))
    points = round(TAG_POINTS * min(count, WANTED_TAGS) / WANTED_TAGS, 1)
    if count >= WANTED_TAGS:
        return QualityPart("tags", points, TAG_POINTS, f"{count} tags")
    proposal = ", ".join(keywords[:3])
    return QualityPart("tags", points, TAG_POINTS, f"{count} of {WANTED_TAGS} tags; think of: {proposal}")


def _agreement(function: FunctionText, area: str | None, confidence: float) -> QualityPart:
    name = "area"
    if function.area is None:
        return QualityPart(name, 0, AGREEMENT_POINTS, "no business area is stated")
    if area == function.area:
        return QualityPart(name, AGREEMENT_POINTS, AGREEMENT_POINTS, f"the text fits {area}")
    points = round(AGREEMENT_POINTS * (1 - confidence), 1)
    return QualityPart(name, points, AGREEMENT_POINTS, f"the text reads like {area}, not {function.area}")
