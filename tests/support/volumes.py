"""Small asymmetric volumes for tests of the views."""

import numpy as np

from viewer.core.caveats import Caveat
from viewer.core.geometry import VolumeGeometry
from viewer.core.study import FrameRef, NamedWindow, Patient, Stack, StackKey, StackLabels
from viewer.core.volume import Volume
from viewer.core.window import HuWindow

SHAPE_ZYX = (7, 10, 12)
SPACING_ZYX_MM = (2.5, 0.8, 0.7)
ORIGIN_LPS_MM = (-30.0, 11.0, -101.0)


def make_geometry(shape_zyx=SHAPE_ZYX, direction_lps=None, **changes) -> VolumeGeometry:
    """Axial by default: z up, y to the back, x to the left."""
    facts = {
        "spacing_zyx_mm": SPACING_ZYX_MM,
        "origin_lps_mm": np.array(ORIGIN_LPS_MM),
        "direction_lps": np.eye(3)[::-1] if direction_lps is None else direction_lps,
        "frame_of_reference_uid": "1.2.3",
    }
    return VolumeGeometry(shape_zyx=tuple(shape_zyx), **{**facts, **changes})


def make_volume(
    geometry: VolumeGeometry | None = None,
    *,
    unit: str | None = "HU",
    caveats: tuple[Caveat, ...] = (),
    placeholders: tuple[int, ...] = (),
    windows: tuple[NamedWindow, ...] = (NamedWindow("", HuWindow(400, 40)),),
    data=None,
    **stack_changes,
) -> Volume:
    """A CT volume whose voxels are 100 z + 10 y + x - 500 HU."""
    geometry = geometry or make_geometry()
    depth = geometry.shape_zyx[0]
    if data is None:
        z, y, x = np.indices(geometry.shape_zyx)
        data = (100 * z + 10 * y + x - 500).astype(np.int16)
    facts = {
        "frames": tuple(FrameRef("x", "", 0, f"1.{n}", n + 1, 2.5 * n) for n in range(depth)),
        "frame_of_slice": tuple(range(depth)),
        "patient": Patient("Doe^Jane", "P-7", "19501231", "075Y", "F"),
        "labels": StackLabels(
            institution="Hospital", study_description="Chest", accession="A1", date="20260102",
            time="101530.5", series_number="3", series_description="Thin",
            slice_thickness_mm=2.5, kvp="120", kernel="B70f",
        ),
    }  # fmt: skip
    facts |= {"key": StackKey("9.8.7", 0), "modality": "CT", "dtype": "int16"}
    stack = Stack(geometry=geometry, unit=unit, windows=windows, **{**facts, **stack_changes})
    return Volume(stack, data, geometry, caveats=caveats, placeholders=placeholders)
