"""Builds the reference of what authors and operators name: `python -m local.reference`."""

from __future__ import annotations

import os
import shutil
import warnings
from pathlib import Path

import pdoc

from settings import ROOT
from version import VERSION

# What operations, scripts and deployments may rely on; all else may change from one version to the next.
PUBLIC = (
    "tasks.operation",
    "tasks.testing",
    "tasks.engine.batches",
    "tasks.annotation.annotator",
    "realtime.contract.events",
    "realtime.publish.emitter",
    "realtime.publish.notifications",
    "settings",
    "errors",
)
FOLDER = ROOT / "docs" / "reference"
TEMPLATES = Path(__file__).parent / "templates"
# How pydantic calls it that a field must be given; what stands in the pages for the folder of the project.
NO_DEFAULT, HERE = "PydanticUndefined", "…"


def build(folder: Path = FOLDER) -> None:
    """Writes one page a module, which need nothing from the network, in place of those that were there.

    Raises:
        Warning: Something cannot be described, such as a type that nothing defines.
    """
    # The defaults stand in the code: one that happens to be the value of a variable gives nothing away.
    os.environ["PDOC_DISPLAY_ENV_VARS"] = "1"
    pdoc.render.configure(
        docformat="google",
        footer_text=f"Batchwire {VERSION}",
        show_source=False,
        template_directory=TEMPLATES,
    )
    pdoc.render.env.globals |= {"no_default": NO_DEFAULT, "root": str(ROOT), "here": HERE}
    shutil.rmtree(folder, ignore_errors=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pdoc.pdoc(*PUBLIC, output_directory=folder)
    # The index of the search does not come from the template.
    index = folder / "search.js"
    index.write_text(index.read_text().replace(NO_DEFAULT, "").replace(str(ROOT), HERE))


if __name__ == "__main__":
    build()
    print(f"The reference begins at {(FOLDER / 'index.html').relative_to(ROOT)}")
