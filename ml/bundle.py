"""The model bundle: a folder of files named and hashed by its manifest, read and checked as bytes.

    manifest.json        format, name, version, hashes, settings, cohort, licences
    member_N.weights.h5  Keras weights, loaded into networks built from the manifest
    head_N.txt           LightGBM text models
    calibrator.json      numbers
    metrics.json         out-of-fold figures
    card.md              what the model is and is not, for readers

Nothing is parsed before its hash holds; no file may be missing or added; nothing is ever unpickled.
What is read is what was hashed: the bytes are kept, the files are not opened again.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.backbone import READINGS, BackboneError, BackboneSpec
from ml.calibration import CalibrationError, Calibrator
from ml.features import FEATURES
from ml.head import HeadError, HeadStart
from ml.head_text import check_head_text
from ml.preprocess import PatchSpec, PatchSpecError
from ml.reading import VIEWS
from viewer.core.errors import ViewerError

FORMAT = 1
"""Version of the bundle format that this program reads and writes."""
MANIFEST = "manifest.json"
KIND = "nodule-malignancy"
MAX_FILES = 64
MAX_FILE_BYTES = 64_000_000
MAX_MANIFEST_BYTES = 1_000_000
MAX_MEMBERS = 16
_FILE_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9]+)+\Z")
_ADVICE = "Get the model again from its source"


class BundleError(ViewerError):
    """A model bundle that must not be used."""

    def __init__(self, why: str) -> None:
        super().__init__("The model is refused", why, _ADVICE)


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A checked bundle.

    Attributes
    ----------
    name, version : str
    sha256 : str
        Of the manifest, and so of everything that it names.
    patch, backbone : specs
        Settings of preprocessing and network.
    member_weights : tuple of bytes
        Keras weights files.
    head_texts : tuple of str
        LightGBM text models, bounds-checked.
    head_start : HeadStart
        What their trees add to.
    calibrator : Calibrator
    card : str
        Markdown.
    metrics, manifest : mapping
        JSON values.
    """

    name: str
    version: str
    sha256: str
    patch: PatchSpec
    backbone: BackboneSpec
    member_weights: tuple[bytes, ...]
    head_texts: tuple[str, ...]
    head_start: HeadStart
    calibrator: Calibrator
    card: str
    metrics: Mapping[str, Any]
    manifest: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class BundleParts:
    """What a bundle is written from."""

    name: str
    version: str
    patch: PatchSpec
    backbone: BackboneSpec
    member_weights: tuple[bytes, ...]
    head_texts: tuple[str, ...]
    head_start: HeadStart
    calibrator: Calibrator
    card: str
    metrics: Mapping[str, Any]
    about: Mapping[str, Any]


def read_bundle(folder: Path) -> Bundle:
    """Read and check a bundle. Neither Keras nor LightGBM is imported.

    Raises
    ------
    BundleError, HeadTextError
        Anything is missing, added, changed or out of bounds.
    """
    raw_manifest = _read_file(folder / MANIFEST, MAX_MANIFEST_BYTES)
    manifest = _json_object(raw_manifest, MANIFEST)
    if manifest.get("format") != FORMAT or manifest.get("kind") != KIND:
        raise BundleError("its manifest is of another format or kind")
    files = _verified_files(folder, manifest)
    try:
        if manifest["readings"] != list(READINGS) or manifest["features"] != list(FEATURES):
            raise BundleError("it was made for other readings or features")
        if manifest["views"] != VIEWS:
            raise BundleError("it was made for another number of views")
        members, heads = manifest["members"], manifest["heads"]
        if not (1 <= len(members) <= MAX_MEMBERS and 1 <= len(heads) <= MAX_MEMBERS):
            raise BundleError("it has too many or too few networks or heads")
        texts = tuple(files[name].decode("ascii") for name in heads)
        patch = PatchSpec.from_json(manifest["preprocessing"])
        backbone = BackboneSpec.from_json(manifest["backbone"])
        bundle = Bundle(
            name=str(manifest["name"]),
            version=str(manifest["version"]),
            sha256=hashlib.sha256(raw_manifest).hexdigest(),
            patch=patch,
            backbone=backbone,
            member_weights=tuple(files[name] for name in members),
            head_texts=texts,
            head_start=HeadStart.from_json(manifest["head_start"]),
            calibrator=Calibrator.from_json(_json_object(files["calibrator.json"], "calibrator")),
            card=files["card.md"].decode("utf-8"),
            metrics=_json_object(files["metrics.json"], "metrics.json"),
            manifest=manifest,
        )
    except (KeyError, TypeError, UnicodeDecodeError) as error:
        raise BundleError(f"its manifest is incomplete: {error}") from error
    except (BackboneError, PatchSpecError, CalibrationError, HeadError) as error:
        raise BundleError(error.one_line()) from error
    if patch.size_px != backbone.size_px:
        raise BundleError("patch and network differ in size")
    for text in texts:
        check_head_text(text, len(FEATURES))
    return bundle


def write_bundle(folder: Path, parts: BundleParts) -> Path:
    """Write a bundle into a new or empty folder and return the folder.

    Raises
    ------
    BundleError
        The folder has files already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BundleError(f"{folder.name} is not empty")
    members = [f"member_{number}.weights.h5" for number in range(len(parts.member_weights))]
    heads = [f"head_{number}.txt" for number in range(len(parts.head_texts))]
    files = dict(zip(members, parts.member_weights, strict=True))
    files |= {
        name: text.encode("ascii") for name, text in zip(heads, parts.head_texts, strict=True)
    }
    files["calibrator.json"] = _json_bytes(parts.calibrator.to_json())
    files["metrics.json"] = _json_bytes(parts.metrics)
    files["card.md"] = parts.card.encode("utf-8")
    manifest = {
        "format": FORMAT,
        "kind": KIND,
        "name": parts.name,
        "version": parts.version,
        "preprocessing": parts.patch.to_json(),
        "backbone": parts.backbone.to_json(),
        "readings": list(READINGS),
        "views": VIEWS,
        "features": list(FEATURES),
        "members": members,
        "heads": heads,
        "head_start": parts.head_start.to_json(),
        **parts.about,
        "files": [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(files.items())
        ],
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / MANIFEST).write_bytes(_json_bytes(manifest))  # last: without it there is no bundle
    return folder


def _verified_files(folder: Path, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """Read the files that the manifest names and compare sizes and hashes."""
    entries = manifest.get("files")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_FILES:
        raise BundleError("its manifest names no files or too many")
    files: dict[str, bytes] = {}
    for entry in entries:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not _FILE_NAME.match(name) or name == MANIFEST:
            raise BundleError("its manifest names a file that cannot be in a bundle")
        data = _read_file(folder / name, MAX_FILE_BYTES)
        if len(data) != entry.get("bytes"):
            raise BundleError(f"{name} has {len(data)} bytes instead of {entry.get('bytes')}")
        if hashlib.sha256(data).hexdigest() != entry.get("sha256"):
            raise BundleError(f"{name} is not the file that the manifest names (SHA-256 differs)")
        files[name] = data
    there = {path.name for path in folder.iterdir()}
    added = sorted(there - set(files) - {MANIFEST})
    if added:
        raise BundleError(f"there is a file that the manifest does not name: {added[0]}")
    return files


def _read_file(path: Path, limit: int) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise BundleError(f"{path.name} is missing or not a file")
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise BundleError(f"{path.name} cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise BundleError(f"{path.name} has more than {limit} bytes")
    return data


def _json_object(data: bytes, name: str) -> dict[str, Any]:
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{name} is not JSON") from error
    if not isinstance(values, dict):
        raise BundleError(f"{name} is not a JSON object")
    return values


def _json_bytes(values: Mapping[str, Any]) -> bytes:
    return (json.dumps(values, indent=1, sort_keys=True, allow_nan=False) + "\n").encode("utf-8")
