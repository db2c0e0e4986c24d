"""Every error that Batchwire raises on purpose.

BatchwireError
├── InvalidInput      what the caller sent breaks a rule; names each field and rule (HTTP 422)
├── AuthenticationFailed   no token, a bad one, or a wrong password (HTTP 401)
├── Forbidden         the caller is known and may not do this (HTTP 403)
├── NotFound          there is no such thing, or it belongs to somebody else (HTTP 404)
├── Conflict          the state of the thing forbids the request (HTTP 409)
├── TooLarge          a body, a file or a list is over its limit (HTTP 413)
├── TooManyRequests   the caller is over a rate limit (HTTP 429)
├── UnderMaintenance  new work is not taken just now (HTTP 503)
└── LeaseLost         another worker has taken over the chunk; nothing may be written
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One broken rule.

    Attributes:
        field: Dotted path of the field, such as `options.maxKeywords`.
        rule: Short name of the rule, such as `required` or `less_than_equal`.
        message: One sentence for a person.
    """

    field: str
    rule: str
    message: str


class BatchwireError(Exception):
    """Root of all errors below. `code` names the kind on the wire."""

    code = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def details(self) -> dict[str, object]:
        """What a program may want to know beside the message."""
        return {}


class InvalidInput(BatchwireError):
    """What the caller sent breaks at least one rule."""

    code = "invalid_input"

    def __init__(self, message: str, fields: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.fields = tuple(fields)

    @classmethod
    def of(cls, field: str, rule: str, message: str) -> InvalidInput:
        """One broken rule, whose message is the whole message."""
        return cls(f"{field}: {message}", [FieldError(field, rule, message)])

    @property
    def details(self) -> dict[str, object]:
        """The broken rules."""
        return {"fields": [asdict(field) for field in self.fields]}


class AuthenticationFailed(BatchwireError):
    """No token, a bad one, or a wrong password."""

    code = "authentication_failed"


class Forbidden(BatchwireError):
    """The caller is known and may not do this."""

    code = "forbidden"


class NotFound(BatchwireError):
    """There is no such thing, or it belongs to somebody else."""

    code = "not_found"


class Conflict(BatchwireError):
    """The state of the thing forbids the request."""

    code = "conflict"


class TooLarge(BatchwireError):
    """A body, a file or a list is over its limit."""

    code = "too_large"


class TooManyRequests(BatchwireError):
    """The caller is over a rate limit.

    Attributes:
        retry_after_seconds: When the next try may succeed.
    """

    code = "too_many_requests"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds

    @property
    def details(self) -> dict[str, object]:
        """When the next try may succeed."""
        return {"retryAfterSeconds": self.retry_after_seconds}


class UnderMaintenance(BatchwireError):
    """New work is not taken just now; the message is what the operator says about it."""

    code = "maintenance"

    @property
    def details(self) -> dict[str, object]:
        """The kind, by which a program tells it from an outage."""
        return {"code": self.code}


class LeaseLost(BatchwireError):
    """Another worker has taken over the chunk; nothing may be written."""

    code = "lease_lost"
