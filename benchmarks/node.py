"""Node.js and its packages, for what Batchwire is compared with."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.system import Unavailable
from local.node import node_environment
from local.ui import install

FOLDER = Path(__file__).parent


def install_packages() -> None:
    """Installs what the lock file names.

    Raises:
        Unavailable: It cannot be installed here.
    """
    try:
        install(FOLDER)
    except RuntimeError as error:
        raise Unavailable(str(error)) from error


def node() -> str:
    """The path of `node`, once the packages are installed."""
    found = shutil.which("node", path=node_environment()["PATH"])
    assert found is not None  # The installation has used it.
    return found
