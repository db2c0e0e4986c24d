"""A minute of the live soak; `make soak-live` runs the whole."""

from __future__ import annotations

import pytest

from tests.faults.soak_live import main


@pytest.mark.timeout(300)
def test_two_web_processes_under_fire_lose_double_and_leak_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--users", "20", "--clients", "5", "--batches", "50"]) == 0
    printed = capsys.readouterr().out
    print(printed)
    assert printed.strip().splitlines()[-1] == "lost=0 doubled=0 disordered=0 foreign=0"
