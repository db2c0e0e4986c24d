"""The OpenAPI document is true: whatever is asked is answered as it says, and never with a 500."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from settings import Settings
from store.database import Database
from tests.conftest import add_user
from tests.system import PASSWORD
from webapp.app import create_app
from webapp.services import Services

EXAMPLES = 50
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
UNLIMITED = {"logins_per_minute": 1_000_000, "batches_per_minute": 1_000_000}


@pytest.fixture
def api(make_settings: Callable[..., Settings], sqlite_url: str) -> Iterator[Any]:
    database = Database(sqlite_url)
    add_user(database, "admin@example.org", PASSWORD, ["admin"])
    database.dispose()
    app = create_app(make_settings(database_url=sqlite_url, **UNLIMITED))
    login = {"email": "admin@example.org", "password": PASSWORD}
    token = app.test_client().post("/api/auth/login", json=login).json["token"]
    yield schemathesis.openapi.from_wsgi(
        "/api/openapi.json", app, headers={"Authorization": f"Bearer {token}"}
    )
    services: Services = app.extensions["batchwire"]
    services.engine.close()


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_request_is_answered_as_the_document_says(api: Any, mode: GenerationMode) -> None:
    operations = [result.ok() for result in api.get_all_operations()]
    assert len(operations) >= 20
    for operation in operations:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            # Without a worker the system is not well, and says so with a 503.
            left_out = [not_a_server_error] if case.path == "/api/health" else []
            case.call_and_validate(checks=CHECKS, excluded_checks=left_out)

        try:
            ask()
        except Unsatisfiable:  # There is nothing that could be wrong in a request without parameters.
            assert mode is GenerationMode.NEGATIVE
