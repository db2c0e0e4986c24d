"""From errors to HTTP answers, in one place: never a stack trace, always the same shape."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, jsonify, make_response
from pydantic import ValidationError
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from errors import (
    AuthenticationFailed,
    BatchwireError,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TooLarge,
    TooManyRequests,
    UnderMaintenance,
)
from store.database import is_away
from tasks.engine.requests import describe_validation

logger = logging.getLogger(__name__)

STATUS: dict[type[BatchwireError], int] = {
    AuthenticationFailed: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    InvalidInput: 422,
    TooManyRequests: 429,
    UnderMaintenance: 503,
}

# About as long as a database takes to start again.
RETRY_SECONDS = 5


def failure(message: str, status: int, details: dict[str, Any] | None = None) -> Response:
    """The answer to a request that did not go well."""
    return make_response(jsonify(success=False, error=message, details=details or {}), status)


def answer_validation_error(error: ValidationError) -> Response:
    """What flask-openapi3 sends when path, query or body break the model."""
    message, fields = describe_validation(error, "")
    return _answer_batchwire(InvalidInput(message, fields))


def register(app: Flask) -> None:
    """Puts the error handlers on the app."""
    app.register_error_handler(BatchwireError, _answer_batchwire)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(SQLAlchemyError, _answer_database)
    app.register_error_handler(RedisError, _answer_redis)
    app.register_error_handler(Exception, _answer_unexpected)


def _answer_batchwire(error: BatchwireError) -> Response:
    response = failure(error.message, STATUS.get(type(error), 500), error.details)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, AuthenticationFailed):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _answer_http(error: HTTPException) -> Response:
    if error.response is not None:  # It was made by `answer_validation_error`.
        return make_response(error.response)
    response = failure(error.description or error.name, error.code or 500)
    allow = getattr(error, "valid_methods", None)
    if allow:
        response.headers["Allow"] = ", ".join(sorted(allow))
    return response


def _answer_database(error: SQLAlchemyError) -> Response:
    if not is_away(error):
        return _answer_unexpected(error)
    logger.warning("A request was turned away, the database is away: %s", error)
    return _answer_away("The database")


def _answer_redis(error: RedisError) -> Response:
    logger.warning("A request was turned away, Redis is away: %s", error)
    return _answer_away("Redis")


def _answer_away(what: str) -> Response:
    message = f"{what} cannot be reached just now; try again in a few seconds"
    response = failure(message, 503, {"retryAfterSeconds": RETRY_SECONDS})
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _answer_unexpected(error: Exception) -> Response:
    logger.error("A request failed", exc_info=error)
    return failure("Something went wrong on our side; it was logged", 500)
