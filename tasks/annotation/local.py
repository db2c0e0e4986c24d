"""Annotations without a network: keywords by YAKE, the rest by rules.

Source: Campos et al., YAKE! Keyword extraction from single documents using multiple local features,
Information Sciences 509 (2020).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from tasks.annotation.annotator import Annotation, FunctionText
from tasks.annotation.classify import business_area, complexity, personal_data
from tasks.annotation.quality import score

MAX_SUMMARY_CHARS = 160


class LocalAnnotator:
    """Describes functions from their own text; about 3 ms each."""

    def annotate(self, function: FunctionText, max_keywords: int) -> Annotation:
        """Describes one function."""
        keywords = extract_keywords(function, max_keywords)
        area, confidence = business_area(function)
        pii, evidence = personal_data(function)
        quality, parts = score(function, keywords, area, confidence)
        return Annotation(
            keywords=keywords,
            summary=summarise(function),
            business_area=area,
            area_confidence=confidence,
            pii=pii,
            pii_evidence=evidence,
            complexity=complexity(function),
            quality=quality,
            quality_parts=parts,
        )


def load() -> None:
    """Loads the keyword library, which takes about a second, before it is first needed."""
    _extractor(8)


def extract_keywords(function: FunctionText, most: int) -> list[str]:
    """Up to `most` keywords of one or two words, the best first, in lower case."""
    text = ". ".join(filter(None, [function.title, function.description, ", ".join(function.fields)]))
    found = (keyword.lower().strip(" .,;:()") for keyword, _ in _extractor(most).extract_keywords(text))
    return [keyword for keyword in dict.fromkeys(found) if keyword][:most]


def summarise(function: FunctionText) -> str:
    """The first sentence of the description, or what the title and the fields tell."""
    sentence = function.description.split(". ")[0].strip().rstrip(".")
    if not sentence:
        fields = f" with {', '.join(function.fields[:3])}" if function.fields else ""
        sentence = f"{function.title}{fields}"
    if len(sentence) > MAX_SUMMARY_CHARS:
        sentence = sentence[: MAX_SUMMARY_CHARS - 1].rsplit(" ", 1)[0] + "…"
    return sentence


@cache
def _extractor(most: int) -> Any:
    # Imported here: it brings NumPy along, which the web process has no use for.
    import yake

    return yake.KeywordExtractor(lan="en", n=2, dedupLim=0.8, top=most)
