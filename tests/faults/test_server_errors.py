"""What the soaks make of an answer of 5xx."""

from __future__ import annotations

import pytest
import requests

from tests.faults import server_errors
from tests.faults.server_errors import ServerErrors

BATCH = "0199f3c2-5c41-7c4a-8f0e-3f1e5a7c9b11"


def answer(status: int) -> requests.Response:
    made = requests.Response()
    made.status_code, made.url = status, f"http://127.0.0.1:3000/api/batch/{BATCH}/pause?x=1"
    made.request = requests.Request("POST", made.url).prepare()
    return made


def test_only_a_503_near_a_fault_that_explains_it_is_excused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_errors, "AFTERMATH_SECONDS", 0)
    errors = ServerErrors()
    for status in (200, 404, 503):
        errors.note(answer(status))
    with errors.explained_by("restart redis"):
        for status in (503, 503, 500):
            errors.note(answer(status))
    errors.note(answer(503))
    assert errors.describe() == (
        "5xx: 3 unexplained (1 x 500 POST /api/batch/{id}/pause, 2 x 503 POST /api/batch/{id}/pause), "
        "2 explained (2 x restart redis)"
    )


def test_a_503_while_what_was_away_comes_back_is_excused() -> None:
    errors = ServerErrors()
    with errors.explained_by("restart redis"):
        pass
    errors.note(answer(503))
    assert errors.describe() == "5xx: 0 unexplained, 1 explained (1 x restart redis)"
