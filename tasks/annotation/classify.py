"""Rules that assign a business area, recognise personal data and judge complexity."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from functools import cache

from tasks.annotation.annotator import FunctionText
from tasks.annotation.vocabulary import AREAS
from tasks.annotation.words import words_of

TITLE_WEIGHT = 3.0
FIELD_WEIGHT = 1.5

# GDPR article 9 (health, religion, ...) and what people are hurt by most when it leaks: pay and bank data.
_SENSITIVE = re.compile(
    r"\b(diagnos\w+|medical|health|injur\w+|sick\w*|disabilit\w+|religio\w+|nationality|biometric\w*"
    r"|ethnic\w*|union member\w*|salar\w+|wages?|garnishment|payslips?|pension|social security"
    r"|insurance number|tax number|bank account|iban|criminal)\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"\b(employees?|applicants?|persons?|contact|customer name|e-?mail( address)?"
    r"|phone( number)?|date of birth|birth\w*|address|curriculum vitae|technicians?|drivers?|signatur\w+"
    r"|signatory|ip address|user names?|requester|participants?|interviewers?|consent)\b",
    re.IGNORECASE,
)
# Of a field these say what it holds; in a sentence they may be about anything: "used by 64 people".
_PERSONAL_FIELD = re.compile(rf"{_PERSONAL.pattern}|\b(people|names?)\b", re.IGNORECASE)


def business_area(function: FunctionText) -> tuple[str | None, float]:
    """The area whose vocabulary fits best, and how sure that is, 0 to 1.

    Words count more the fewer areas use them (inverse document frequency over the areas); the title counts
    three times. The confidence is the best area's share of the two best.
    """
    weights = _area_weights()
    scores: dict[str, float] = defaultdict(float)
    texts = [(function.title, TITLE_WEIGHT), (function.description, 1.0)]
    texts += [(" ".join(function.fields), FIELD_WEIGHT), (" ".join(function.tags), 1.0)]
    for text, weight in texts:
        for word in words_of(text):
            for area, value in weights.get(word, {}).items():
                scores[area] += weight * value
    if not scores:
        return None, 0.0
    ranked = sorted(scores, key=lambda area: scores[area], reverse=True)
    best = scores[ranked[0]]
    second = scores[ranked[1]] if len(ranked) > 1 else 0.0
    return ranked[0], round(best / (best + second), 2)


def personal_data(function: FunctionText) -> tuple[str, list[str]]:
    """`sensitive`, `personal` or `none`, and the words that decided it."""
    fields = " ; ".join(function.fields)
    for level, in_text, in_fields in (
        ("sensitive", _SENSITIVE, _SENSITIVE),
        ("personal", _PERSONAL, _PERSONAL_FIELD),
    ):
        places = ((in_text, function.title), (in_fields, fields), (in_text, function.description))
        matches = (match for pattern, text in places for match in pattern.finditer(text))
        found = dict.fromkeys(match.group(0).lower() for match in matches)
        if found:
            return level, list(found)[:5]
    return "none", []


def complexity(function: FunctionText) -> str:
    """`low`, `medium` or `high`, from steps, fields, kind and conditions in the description.

    Points: one per step and per two fields, two for workflows and interfaces (more parties take part), one
    per conditional word. Up to 6 is low, up to 10 medium.
    """
    steps = function.steps if function.steps is not None else 2
    conditions = len(
        re.findall(r"\b(if|when|unless|until|except|depends?|either)\b", function.description.lower())
    )
    points = steps + len(function.fields) / 2 + conditions
    points += 2 if function.kind in ("workflow", "interface") else 0
    return "low" if points <= 6 else "medium" if points <= 10 else "high"


@cache
def _area_weights() -> dict[str, dict[str, float]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for area, (title, modules) in AREAS.items():
        texts = [title, *modules, *(text for objects in modules.values() for text in objects)]
        for text in texts:
            for word in words_of(text):
                counts[word][area] += 1
    return {
        word: {
            area: math.log1p(number) * math.log(1 + len(AREAS) / len(areas)) for area, number in areas.items()
        }
        for word, areas in counts.items()
    }
