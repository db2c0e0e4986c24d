"""What an annotation is, and what a provider of annotations must do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionText:
    """What is known of a function.

    Attributes:
        area: Business area that the catalog states, or None.
        fields: Names of the data fields that the function deals with.
        steps: How many steps a user or the system takes in it, or None.
    """

    title: str
    description: str = ""
    kind: str = "function"
    area: str | None = None
    tags: Sequence[str] = ()
    fields: Sequence[str] = ()
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class QualityPart:
    """One part of the quality score.

    Attributes:
        points: Reached, of `most`.
        reason: What was found, for the person who maintains the function.
    """

    name: str
    points: float
    most: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What was found out about a function.

    Attributes:
        pii: `none`, `personal` or `sensitive` (special categories of GDPR article 9, pay, bank data).
        pii_evidence: The words that decided it.
        complexity: `low`, `medium` or `high`.
        quality: 0 to 100, the sum of the points of `quality_parts`.
    """

    keywords: list[str]
    summary: str
    business_area: str | None
    area_confidence: float
    pii: str
    pii_evidence: list[str]
    complexity: str
    quality: float
    quality_parts: list[QualityPart] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The annotation as an item's result, in the wire's names."""
        return {
            "keywords": self.keywords,
            "summary": self.summary,
            "businessArea": self.business_area,
            "areaConfidence": self.area_confidence,
            "pii": self.pii,
            "piiEvidence": self.pii_evidence,
            "complexity": self.complexity,
            "quality": self.quality,
            "qualityParts": [asdict(part) for part in self.quality_parts],
        }


class Annotator(Protocol):
    """A provider of annotations."""

    def annotate(self, function: FunctionText, max_keywords: int) -> Annotation:
        """Describes one function.

        Raises:
            ItemError: It cannot be described.
        """
