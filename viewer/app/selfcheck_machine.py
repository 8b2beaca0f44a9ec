"""Self-check of what is kept and what it runs on: marks, memory, screen, versions."""

import os
import platform
from dataclasses import dataclass

import numpy as np

from viewer.app.selfcheck_decoders import DECODER_PACKAGE, package_version
from viewer.app.selfcheck_findings import Findings
from viewer.app.selfcheck_geometry import measured_length
from viewer.app.selfcheck_lab import Lab
from viewer.app.selfcheck_values import insert_roi
from viewer.core.geometry import FloatArray
from viewer.core.plane import Orientation
from viewer.core.shapes import AnyShape, EllipseShape
from viewer.core.volume import Volume
from viewer.dicom.memory import available_bytes
from viewer.imaging.phantom_quality import CORNER, INSERTS, SIDE
from viewer.imaging.roi import region_statistics
from viewer.store.annotations import AnnotationStore

MEMORY_GB = 1.0
"""A chest CT of 1000 slices takes half of it."""
BITS_A_PIXEL = 24
_VERSIONS = ("numpy", "pydicom", "scipy", "scikit-image", "PySide6-Essentials")


@dataclass(frozen=True, slots=True)
class DisplayFacts:
    """What the window system says about the screen.

    Attributes
    ----------
    size_px : tuple of int
        Width and height, device-independent.
    scale : float
        Device pixels for each of them.
    depth : int
        Bits a pixel.
    """

    size_px: tuple[int, int]
    scale: float
    depth: int


def check_marks(lab: Lab, out: Findings) -> None:
    """Save marks, read them again, and look at the voxels under them."""
    volume = lab.volume
    insert = INSERTS[-1]
    made: tuple[AnyShape, ...] = (
        measured_length(volume, Orientation.CORONAL, CORNER, SIDE),
        insert_roi(volume, insert.centre_lps),
    )
    folder, series = lab.folder / "marks", volume.stack.key.series_uid
    AnnotationStore(folder).save(series, made)
    read = AnnotationStore(folder).load(series).shapes
    out.near("count", "Marks read again", len(read), len(made), 0.0, "marks")
    before, after = (_voxels(volume, shapes) for shapes in (made, read))
    moved = None
    if before.shape == after.shape:
        moved = float(np.abs(after - before).max()) + 0.0
    out.near("voxels", "Largest shift of a handle", moved, 0.0, 1e-6, "voxels")
    regions = [shape for shape in read if isinstance(shape, EllipseShape)]
    mean = region_statistics(volume, regions[0]).mean if regions else None
    out.near("mean", "Mean under the region read again", mean, insert.hu, 0.5, "HU")


def check_memory(lab: Lab, out: Findings) -> None:
    """Look at the memory that a study may use."""
    del lab
    free = available_bytes()
    gigabytes = None if free is None else round(free / 2**30, 1)
    out.at_least("free", "Memory available", gigabytes, MEMORY_GB, "GB")


def check_display(facts: DisplayFacts, out: Findings) -> None:
    """Look at the screen's own figures."""
    out.at_least("depth", "Bits a pixel of the screen", facts.depth, BITS_A_PIXEL, "bits")


def environment(display: DisplayFacts | None) -> tuple[tuple[str, str], ...]:
    """Return what the self-check runs on: versions, memory, screen; nothing about anybody."""
    rows = [
        ("Python", platform.python_version()),
        ("System", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("Processors", str(os.cpu_count() or "not stated")),
    ]
    rows += [
        (name, package_version(name) or "not installed") for name in (*_VERSIONS, DECODER_PACKAGE)
    ]
    if display is not None:
        width, height = display.size_px
        rows += [
            ("Screen", f"{width} x {height}, {display.depth} bits a pixel"),
            ("Screen scale", f"{display.scale:g}"),
        ]
    return tuple(rows)


def _voxels(volume: Volume, shapes: tuple[AnyShape, ...]) -> FloatArray:
    """Return where the handles of marks lie in the voxels, shape (n, 3)."""
    points = [point for shape in shapes for point in shape.points_lps]
    return volume.geometry.lps_to_index(np.array(points).reshape(-1, 3))
