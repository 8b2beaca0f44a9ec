"""Self-check of greys: the window's formula at every value, and the picture that is saved."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from viewer.app.export import ImageExport, ImageTarget, export_images
from viewer.app.selfcheck_findings import Findings
from viewer.app.selfcheck_lab import Lab
from viewer.app.selfcheck_values import different
from viewer.core.plane import Orientation, acquisition_orientation, slice_index_at
from viewer.core.window import HuWindow
from viewer.export.image import image_format
from viewer.export.snapshot import ExportSnapshot, PixelArray
from viewer.imaging.lut import to_grey
from viewer.imaging.phantom_quality import CENTRE_LPS_MM, INSERTS, RAMP_HU, ramp_hu
from viewer.imaging.reslice import plane_slice

WINDOWS = (HuWindow(1024, 12), HuWindow(400, 40), HuWindow(1500, -600), HuWindow(81, 40.5))
"""Powers of two, so that halves are exact; the usual ones; an odd width."""
VALUES_HU = np.arange(-1500, 2501, dtype=np.int16)
_RAMP_Y_MM = -25.0
_RAMP_Z_MM = -21.0


def check_window(lab: Lab, out: Findings) -> None:
    """Compare the greys of all HU with the formula, worked out in fractions."""
    del lab
    window = WINDOWS[0]
    for key, name, value, expected in (
        ("low", "Grey at the lower end", window.low, 0),
        ("middle", "Grey at the level (127.5, rounded to 128)", window.center, 128),
        ("high", "Grey at the upper end", window.high, 255),
        ("step", "Grey 6 HU above the lower end (1.49)", window.low + 6, 1),
    ):
        grey = to_grey(np.full((1, 1), value, np.int16), window)[0, 0]
        out.near(key, name, float(grey), expected, 0.0, "grey level")
    for window in WINDOWS:
        name = f"Wrong greys, window {window.width:g} / {window.center:g}"
        wrong = _wrong(to_grey(VALUES_HU[None], window)[0], VALUES_HU, window)
        as_float = _wrong(to_grey(VALUES_HU[None].astype(np.float32), window)[0], VALUES_HU, window)
        note = f"{len(VALUES_HU)} HU, as int16 and float32"
        key = f"window-{window.width:g}"
        out.near(key, name, wrong + as_float, 0.0, 0.0, "values", note)
    inverted = to_grey(VALUES_HU[None], WINDOWS[0], True)
    wrong = int((inverted != 255 - to_grey(VALUES_HU[None], WINDOWS[0])).sum())
    out.near("inverted", "Wrong greys, inverted", wrong, 0.0, 0.0, "values")


def check_ramp(lab: Lab, out: Findings) -> None:
    """Look at the phantom's grey ramp as it is shown: the right slope, to the patient's left."""
    place = CENTRE_LPS_MM + np.array([0.0, _RAMP_Y_MM, _RAMP_Z_MM])
    index = slice_index_at(lab.volume.geometry, Orientation.AXIAL, place)
    image, _, plane = plane_slice(lab.volume, Orientation.AXIAL, index)
    _, v_mm, _ = plane.lps_to_uvw(place)
    columns = np.arange(image.shape[1])
    left_mm = (
        plane.uv_to_lps(
            np.stack([columns * plane.spacing_vu_mm[1], np.full(len(columns), v_mm)], axis=-1)
        )[:, 0]
        - CENTRE_LPS_MM[0]
    )
    row = image[round(float(v_mm) / plane.spacing_vu_mm[0])]
    expected = ramp_hu(left_mm)
    inside = (expected > RAMP_HU[0]) & (expected < RAMP_HU[1])
    largest = float(np.abs(row[inside].astype(np.float64) - expected[inside]).max())
    note = f"{int(inside.sum())} columns, {RAMP_HU[0]:g} to {RAMP_HU[1]:g} HU"
    out.near("ramp", "Largest error along the grey ramp", largest, 0.0, 0.51, "HU", note)


def check_png(lab: Lab, out: Findings) -> None:
    """Save a slice as PNG, read it again, and compare it with the formula."""
    from PIL import Image

    window = WINDOWS[0]
    index = slice_index_at(lab.volume.geometry, Orientation.AXIAL, INSERTS[0].centre_lps)
    request = ImageExport(
        lab.volume,
        acquisition_orientation(lab.volume.geometry),
        (index,),
        window,
        parts=frozenset(),
    )
    target = ImageTarget(lab.folder / "pictures", image_format("png"))
    (path,) = export_images(lab.ctx, request, target, _never_painted)
    with Image.open(path) as picture:
        read = np.asarray(picture.convert("L"), np.uint8)
    expected, ties = exact_grey(lab.truth[index], window)
    del ties
    wrong = different(read, expected)
    out.near("png", "Pixels changed by a PNG", wrong, 0.0, 0.0, "pixels", f"{read.size} pixels")


def exact_grey(
    values: NDArray[np.int16], window: HuWindow
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Work the window out in fractions: round(255 (v - low) / width), halves to even, clipped.

    Returns
    -------
    grey : ndarray of uint8, shape of `values`
    ties : ndarray of bool, shape of `values`
        Where the exact number lies halfway: a rounded quotient may fall on either side.
    """
    distinct, place = np.unique(values, return_inverse=True)
    width = Fraction(window.width)
    low = Fraction(window.center) - width / 2
    exact = [min(max((int(v) - low) / width, Fraction(0)), Fraction(1)) * 255 for v in distinct]
    grey = np.array([round(number) for number in exact], np.uint8)
    ties = np.array([(number * 2).denominator == 1 and number.denominator == 2 for number in exact])
    return grey[place].reshape(values.shape), ties[place].reshape(values.shape)


def _wrong(grey: PixelArray, values: NDArray[np.int16], window: HuWindow) -> int:
    expected, ties = exact_grey(values, window)
    off = np.abs(grey.astype(int) - expected.astype(int))
    binary = Fraction(window.width).numerator.bit_count() == 1
    allowed = np.where(ties & (not binary), 1, 0)
    return int((off > allowed).sum())


def _never_painted(snapshot: ExportSnapshot) -> PixelArray:
    del snapshot
    raise TypeError("a bare picture has nothing to paint")
