"""Which model bundles are installed: read from their manifests, without loading any of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from viewer.core.errors import ViewerError

MANIFEST = "manifest.json"
MAX_MANIFEST_BYTES = 1_000_000
HOW_TO_ADD = (
    "A model is a folder with a manifest.json. Put it into the program's folder for models, "
    "then start Analyze again"
)


class NoModelError(ViewerError):
    """No model is installed, or none of the name that was asked for."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model bundle on disk.

    Attributes
    ----------
    name, version : str
        As its manifest says.
    meaning : str
        What its score is.
    folder : Path
        Where it lies.
    """

    name: str
    version: str
    meaning: str
    folder: Path


def list_models(folders: Sequence[Path]) -> tuple[ModelEntry, ...]:
    """List the bundles in folders of models, the newest version of each name first.

    Folders that do not exist and bundles whose manifest cannot be read are left out: a bundle is
    checked, and refused with its reason, when it is loaded.
    """
    found: list[ModelEntry] = []
    for parent in folders:
        if parent.is_dir():
            for folder in sorted(parent.iterdir()):
                entry = read_entry(folder)
                if entry is not None:
                    found.append(entry)
    return tuple(sorted(found, key=lambda entry: (entry.name, _newest_first(entry.version))))


def find_model(folders: Sequence[Path], name: str = "") -> ModelEntry:
    """Return the model of a name ("name" or "name-version"), or the first one.

    Raises
    ------
    NoModelError
        There is none.
    """
    models = list_models(folders)
    if not models:
        raise NoModelError("Analyze needs a model", "no model is installed", HOW_TO_ADD)
    for entry in models:
        if name in ("", entry.name, f"{entry.name}-{entry.version}", entry.folder.name):
            return entry
    names = ", ".join(sorted({entry.name for entry in models}))
    raise NoModelError(
        "Analyze needs a model", f"no model is called {name!r}", f"Installed: {names}"
    )


def read_entry(folder: Path) -> ModelEntry | None:
    """Read what a bundle's manifest says of it, or None where there is no readable manifest."""
    path = folder / MANIFEST
    try:
        if not path.is_file() or path.stat().st_size > MAX_MANIFEST_BYTES:
            return None
        values = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or not isinstance(values.get("name"), str):
        return None
    return ModelEntry(
        values["name"], str(values.get("version", "")), str(values.get("meaning", "")), folder
    )


def _newest_first(version: str) -> tuple[int, ...]:
    """Sort key: larger numbers first, "10" before "9"."""
    return tuple(-int(part) if part.isdigit() else 0 for part in version.split("."))
