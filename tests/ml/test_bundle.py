"""Bundles: a sound one is read; every damaged or hostile one is refused before it is parsed."""

import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import pytest

from ml.bundle import BundleError, read_bundle, write_bundle
from ml.head_text import HeadTextError
from ml.members import WeightsError, check_weights, load_member
from tests.support.nodule_tiles import (
    TINY_BACKBONE,
    TINY_PATCH,
    hostile_head_text,
    tiny_parts,
)
from viewer.core.errors import ViewerError


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / "manifest.json"
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(values))


def replace_file(folder: Path, name: str, data: bytes) -> None:
    """Put a file into a bundle with a manifest that vouches for it: a hostile author."""
    (folder / name).write_bytes(data)

    def rename(values: dict[str, Any]) -> None:
        for entry in values["files"]:
            if entry["name"] == name:
                entry |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    edit_manifest(folder, rename)


def test_a_sound_bundle_is_read_back(tiny_bundle: Path) -> None:
    bundle = read_bundle(tiny_bundle)
    assert (bundle.name, bundle.version) == ("tiny", "0")
    assert bundle.patch == TINY_PATCH
    assert bundle.backbone == TINY_BACKBONE
    assert len(bundle.member_weights) == 2
    assert bundle.card == "# Tiny\n"
    assert bundle.manifest["meaning"] == "a test"
    assert bundle.sha256 == hashlib.sha256((tiny_bundle / "manifest.json").read_bytes()).hexdigest()


def test_reading_a_bundle_imports_neither_keras_nor_lightgbm(tiny_bundle: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ml.bundle import read_bundle;"
        f"read_bundle(Path({str(tiny_bundle)!r}));"
        "print([n for n in ('keras', 'tensorflow', 'lightgbm') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "name", ["member_0.weights.h5", "head_0.txt", "calibrator.json", "card.md"]
)
@pytest.mark.parametrize("damage", ["truncated", "flipped", "longer", "missing", "link"])
def test_damaged_files_are_refused(tiny_bundle: Path, name: str, damage: str) -> None:
    path = tiny_bundle / name
    data = bytearray(path.read_bytes())
    if damage == "truncated":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "flipped":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif damage == "longer":
        path.write_bytes(data + b"\n")
    else:
        path.unlink()
        if damage == "link":
            path.symlink_to("/etc/hostname")
    with pytest.raises(BundleError, match=name.split(".")[0]):
        read_bundle(tiny_bundle)


def test_an_extra_file_is_refused(tiny_bundle: Path) -> None:
    (tiny_bundle / "more.py").write_text("print()")
    with pytest.raises(BundleError, match=r"more\.py"):
        read_bundle(tiny_bundle)


def test_a_missing_or_damaged_manifest_is_refused(tiny_bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="missing"):
        read_bundle(tmp_path / "nowhere")
    for text in ("", "[]", "{", "[" * 100_000, '{"format": 99}'):
        (tiny_bundle / "manifest.json").write_text(text)
        with pytest.raises(BundleError):
            read_bundle(tiny_bundle)


@pytest.mark.parametrize("name", ["../card.md", "/etc/hostname", "A\\b.md", "", 3, "manifest.json"])
def test_names_that_leave_the_folder_are_refused(tiny_bundle: Path, name: object) -> None:
    edit_manifest(tiny_bundle, lambda values: values["files"][0].update(name=name))
    with pytest.raises(BundleError, match="cannot be in a bundle"):
        read_bundle(tiny_bundle)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("backbone", {"size_px": 16}),
        ("backbone", {**TINY_BACKBONE.to_json(), "channels": [250, 250, 250]}),
        ("backbone", {**TINY_BACKBONE.to_json(), "size_px": 32}),
        ("backbone", None),
        ("preprocessing", {**TINY_PATCH.to_json(), "size_px": 10**6}),
        ("readings", ["malignancy"]),
        ("features", []),
        ("views", 1),
        ("members", []),
        ("members", ["card.txt"]),
        ("heads", 3),
        ("files", []),
    ],
)
def test_descriptions_out_of_bounds_are_refused(tiny_bundle: Path, key: str, value: object) -> None:
    edit_manifest(tiny_bundle, lambda values: values.update({key: value}))
    with pytest.raises(BundleError):
        read_bundle(tiny_bundle)


def test_a_vouched_for_hostile_head_is_refused(tiny_bundle: Path) -> None:
    text = (tiny_bundle / "head_0.txt").read_text()
    hostile = hostile_head_text(text, "split_feature", "1999999999")
    replace_file(tiny_bundle, "head_0.txt", hostile.encode())
    with pytest.raises(HeadTextError):
        read_bundle(tiny_bundle)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "platt", "line": [1, 0], "resampled": []},
        {"kind": "platt", "line": [-1, 0], "resampled": [[1, 0]]},
        {"kind": "platt", "line": ["nan", 0], "resampled": [[1, 0]]},
        {"kind": "isotonic", "line": [1, 0], "resampled": [[1, 0]]},
        {},
    ],
)
def test_a_vouched_for_bad_calibrator_is_refused(tiny_bundle: Path, values: object) -> None:
    replace_file(tiny_bundle, "calibrator.json", json.dumps(values).encode())
    with pytest.raises(BundleError, match="calibrator"):
        read_bundle(tiny_bundle)


def test_weights_load_into_the_network_of_the_description(tiny_bundle: Path) -> None:
    data = read_bundle(tiny_bundle).member_weights[0]
    assert load_member(data, TINY_BACKBONE).count_params() == TINY_BACKBONE.parameters()


def _h5(fill: Callable[[h5py.File], object]) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        fill(file)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not HDF5",
        _h5(lambda file: file.create_dataset("w", shape=(10**6, 10**6), dtype="f4")),
        _h5(lambda file: file.create_dataset("w", shape=(100,), dtype="f4", compression="gzip")),
        _h5(lambda file: file.__setitem__("w", h5py.ExternalLink("/etc/hostname", "/"))),
        _h5(lambda file: file.create_dataset("w", shape=(TINY_BACKBONE.parameters(),), dtype="f4")),
    ],
    ids=["empty", "not-hdf5", "claims-terabytes", "compressed", "external", "other-network"],
)
def test_hostile_weights_are_refused(data: bytes) -> None:
    with pytest.raises(WeightsError) as caught:
        load_member(data, TINY_BACKBONE)
    assert isinstance(caught.value, ViewerError)
    assert caught.value.what_to_do


def test_truncated_weights_are_refused(tiny_bundle: Path) -> None:
    data = read_bundle(tiny_bundle).member_weights[0]
    with pytest.raises(WeightsError):
        check_weights(data[: len(data) // 2], TINY_BACKBONE)


def test_a_bundle_is_not_written_over_files(tiny_bundle: Path) -> None:
    with pytest.raises(BundleError, match="not empty"):
        write_bundle(tiny_bundle, tiny_parts(members=1))
