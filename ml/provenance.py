"""Where a result comes from: hashes of voxels and pipeline, versions, and what the model says."""

import hashlib
import platform
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

import ml
import viewer.imaging
from ml.bundle import Bundle
from viewer.core.analysis import ModelInfo
from viewer.core.progress import JobContext
from viewer.core.volume import VoxelArray

PACKAGES = ("hounsfield", "numpy", "scipy", "tensorflow", "keras", "lightgbm")
ML_SOURCES = (
    "analyze.py", "backbone.py", "calibration.py", "features.py", "findings.py", "gate.py",
    "gate_image.py", "head.py", "head_text.py", "members.py", "predict.py", "preprocess.py",
    "reading.py",
)  # fmt: skip
IMAGING_SOURCES = ("lungs*.py", "candidates*.py")
SHOWN_GROUPS = 4


def pixels_sha256(ctx: JobContext, volume: VoxelArray) -> str:
    """Hash the voxels in volume order, as little-endian numbers, with type and shape."""
    digest = hashlib.sha256(f"{volume.dtype.name} {volume.shape}\n".encode())
    little = volume.dtype.newbyteorder("<")
    for plane in volume:
        ctx.check()
        digest.update(np.ascontiguousarray(plane, little).data)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def pipeline_sha256() -> str:
    """Hash the sources of everything between the voxels and the numbers."""
    learning = Path(next(iter(ml.__path__)))
    imaging = Path(next(iter(viewer.imaging.__path__)))
    files = [learning / name for name in ML_SOURCES]
    for pattern in IMAGING_SOURCES:
        files += sorted(imaging.glob(pattern))
    digest = hashlib.sha256()
    for path in files:
        # Line ends differ between systems, the pipeline does not.
        text = path.read_bytes().replace(b"\r\n", b"\n") if path.is_file() else b""
        digest.update(path.name.encode() + b"\n" + text)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def versions() -> tuple[tuple[str, str], ...]:
    """Return the versions of what computed the result; nothing is imported for it."""
    found = [("python", platform.python_version())]
    for name in PACKAGES:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            found.append((name, "not installed"))
    return tuple(found)


def model_info(bundle: Bundle) -> ModelInfo:
    """Say what a model is, from its manifest and figures."""
    manifest = bundle.manifest
    meaning = str(manifest.get("meaning", ""))
    not_meaning = str(manifest.get("not_meaning", ""))
    summary = f"{meaning}; {not_meaning}" if meaning and not_meaning else meaning or not_meaning
    return ModelInfo(
        name=bundle.name,
        version=bundle.version,
        summary=summary,
        cohort=_cohort(manifest.get("cohort")),
        figures=_figures(bundle.metrics.get("groups")),
        card=bundle.card,
        sha256=bundle.sha256,
    )


def _cohort(cohort: Any) -> str:  # noqa: ANN401 - a JSON value
    """Say whom the figures were measured on."""
    if not isinstance(cohort, dict):
        return ""
    known = ("labelled_nodules", "labelled_patients", "rated_malignant", "rated_benign")
    if not all(name in cohort for name in known):
        return str(cohort.get("source", ""))
    return (
        f"{cohort['labelled_nodules']} nodules of {cohort['labelled_patients']} patients of "
        f"LIDC-IDRI ({cohort['rated_malignant']} rated malignant, {cohort['rated_benign']} rated "
        "benign by the median of its readers)"
    )


def _figures(groups: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401 - a JSON value
    """Return the out-of-fold areas under the curve with their intervals."""
    if not isinstance(groups, dict):
        return ()
    found = []
    for name, group in groups.items():
        if isinstance(group, dict) and {"auc", "auc_interval"} <= group.keys():
            low, high = group["auc_interval"]
            text = f"{group['auc']:.3f} ({low:.3f} to {high:.3f})"
            found.append((f"AUC, {name}", text))
    return tuple(found[:SHOWN_GROUPS])
