"""What requests and answers of all kinds have in common."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from realtime.contract.events import (
    Wire,
)
from tasks.engine.requests import (
    MAX_IDEMPOTENCY_KEY_CHARS,
)

MAX_PAGE = 100


class Request(BaseModel):
    """Base of what clients send: camelCase on the wire, nothing unknown."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class Success(Wire):
    """Base of every answer to a request that went well."""

    success: Literal[True] = True


class BrokenRule(Wire):
    """One field that breaks a rule."""

    field: str
    rule: str
    message: str


class FailureDetails(Wire):
    """What a program may want to know about a failure."""

    fields: list[BrokenRule] = Field(default_factory=list)
    retry_after_seconds: int | None = None
    code: str | None = Field(default=None, description="`maintenance` where new work is not taken just now")


class Failure(Wire):
    """Every answer to a request that did not go well."""

    success: Literal[False] = False
    error: str
    details: FailureDetails = FailureDetails()


class IdempotencyHeader(BaseModel):
    """A key that makes it safe to send a request again."""

    idempotency_key: str | None = Field(
        None, alias="Idempotency-Key", min_length=1, max_length=MAX_IDEMPOTENCY_KEY_CHARS
    )
