"""Items, and what becomes of them: from what an operation returned or raised to what is stored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Generic

import orjson
from typing_extensions import TypeVar

# Said again, so that operations need not know the store.
from store.states import FAILED as FAILED
from store.states import SKIPPED as SKIPPED
from store.states import SUCCESSFUL as SUCCESSFUL

# Not outcomes that are stored: the item is to run again, because it failed for now or was interrupted.
RETRIED, INTERRUPTED = 4, 5

# What an operation returns for an item, which must be a JSON value.
ResultT = TypeVar("ResultT", default=Any)
_NO_RESULT: Any = None

MAX_MESSAGE_CHARS = 2000
MAX_TYPE_CHARS = 100
_VARIABLE_PARTS = re.compile(
    r"'[^']*'|\"[^\"]*\"|\b0x[0-9a-fA-F]+\b|\b[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\b|\d+(\.\d+)?"
)


class ItemTimeout(Exception):
    """An item took longer than its batch or its operation allows."""


class WorkerLost(Exception):
    """An item ended the process that ran it, more than once."""


@dataclass(slots=True)  # Not frozen: that would double the time to make one, and there are very many.
class Item:
    """One unit of input.

    Attributes:
        position: Place in the batch, counted from 0.
        key: What a person recognises the item by: a node id, a row number.
        data: The input, a JSON value.
    """

    position: int
    key: str
    data: Any


@dataclass(slots=True)
class Outcome(Generic[ResultT]):
    """What became of one item: `result` where it succeeded, `error` where it failed or was skipped.

    Attributes:
        kind: SUCCESSFUL, FAILED, SKIPPED, RETRIED or INTERRUPTED.
        result: The JSON value that the operation returned; None for whatever did not succeed.
        error: As `describe_error` gives it.
        duration_us: Time that the item took, in microseconds.
        attempts: How often the item was tried before.
        due_ms: For RETRIED, when to try again, in milliseconds since the epoch.
        encoded: The result as JSON text, once it was checked that it can be stored.
    """

    item: Item
    kind: int = SUCCESSFUL
    result: ResultT = _NO_RESULT
    error: dict[str, Any] | None = None
    duration_us: int = 0
    encoded: str | None = None
    attempts: int = 0
    due_ms: int = 0

    @property
    def is_final(self) -> bool:
        """False if the item is to run again."""
        return self.kind < RETRIED

    def fail(self, error: BaseException) -> None:
        """Turns the outcome into a failure, such as for a conflict that shows only when saving."""
        self.kind = FAILED
        self.result, self.encoded = _NO_RESULT, None
        self.error = describe_error(error)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many outcomes there are of each kind."""

    successful: int
    failed: int
    skipped: int
    retried: int

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Tally:
        """Counts them."""
        kinds = [one.kind for one in outcomes]
        return cls(kinds.count(SUCCESSFUL), kinds.count(FAILED), kinds.count(SKIPPED), kinds.count(RETRIED))


def describe_error(error: BaseException) -> dict[str, Any]:
    """Type, message and, of an `ItemError`, field, rule and line, as text that any database stores."""
    try:
        message = str(error)
    except BaseException:
        message = "(the exception could not be turned into text)"
    described: dict[str, Any] = {
        "type": clean_text(type(error).__name__, MAX_TYPE_CHARS),
        "message": clean_text(message),
    }
    for name in ("field", "rule", "line"):
        value = getattr(error, name, None)
        if isinstance(value, int):
            described[name] = value
        elif isinstance(value, str):
            described[name] = clean_text(value)
    return described


def clean_text(text: str, max_chars: int = MAX_MESSAGE_CHARS) -> str:
    """Text without NUL and lone surrogates, which PostgreSQL and JSON refuse, cut to a length."""
    if text.isascii() and len(text) <= max_chars and "\x00" not in text:
        return text
    text = text[: max_chars + 1].replace("\x00", "\ufffd")
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= max_chars else text[: max_chars - 1] + "…"


def fingerprint(error: dict[str, Any]) -> tuple[str, str]:
    """What failures of one kind have in common.

    Args:
        error: As `describe_error` gives it.

    Returns:
        A short hash and the message with its variable parts (numbers, quoted text, ids) taken out.
    """
    pattern = _VARIABLE_PARTS.sub("…", error["message"])
    parts = "\x1f".join([error["type"], error.get("field") or "", error.get("rule") or "", pattern])
    return blake2b(parts.encode(), digest_size=8).hexdigest(), pattern


def encode_result(value: Any, max_bytes: int) -> str | None:
    """The result as JSON text, or None for no result.

    Raises:
        ValueError: It is not JSON, or larger than the limit.
    """
    if value is None:
        return None
    try:
        encoded = orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the result is not JSON: {error}") from error
    if len(encoded) > max_bytes:
        raise ValueError(f"the result has {len(encoded)} bytes; the limit is {max_bytes}")
    return encoded.decode()
