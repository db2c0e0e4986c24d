"""One minute of the soak; `make soak` runs ten.

On PostgreSQL, since a process that is stopped in the middle of writing blocks all others on SQLite.
"""

from __future__ import annotations

import pytest

from tests.faults.soak import main


@pytest.mark.timeout(300)
def test_a_minute_of_random_faults_loses_duplicates_and_stops_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--minutes", "1"]) == 0
    printed = capsys.readouterr().out
    print(printed)
    assert printed.strip().splitlines()[-1] == "lost=0 duplicated=0 stuck=0"
