"""A small picture of a stack for the study tree: its middle slice as it opens, square."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.app.first_window import measured_window
from viewer.core.study import Stack
from viewer.core.volume import Padding, Volume
from viewer.dicom.loader import read_frame, require_image_stack
from viewer.dicom.probe import find_padding
from viewer.dicom.values import rescaled_padding
from viewer.imaging.lut import to_grey

AnyArray = NDArray[Any]


def thumbnail(stack: Stack, size_px: int = 96) -> NDArray[np.uint8]:
    """Draw the middle slice in a black square.

    Parameters
    ----------
    stack : Stack
        From a scan.
    size_px : int
        Edge of the square.

    Returns
    -------
    ndarray, shape (size_px, size_px) or (size_px, size_px, 3), uint8
        The slice in its true proportions; MONOCHROME1 is inverted as on the screen.

    Raises
    ------
    UnreadableSeriesError
        The middle slice cannot be read.
    """
    images = require_image_stack(stack)
    z = _middle(images.frame_of_slice)
    image = read_frame(images, z)
    spacing_yx = images.geometry.spacing_zyx_mm[1:]
    small = _fit(image, spacing_yx, size_px)
    if images.samples == 3:
        return _centred(small.astype(np.uint8), size_px)
    frame = images.pixels[images.frame_of_slice[z] or 0]
    padding, _ = find_padding(image, rescaled_padding(frame), images.unit)
    one = Volume(images, image[np.newaxis], images.geometry, _padding(padding))
    measured = measured_window(one)
    window = images.windows[0].window if measured is None else measured
    invalid = one.invalid_mask((0,))
    small_invalid = None if invalid is None else _fit(invalid, spacing_yx, size_px)
    return _centred(to_grey(small, window, images.inverted, small_invalid), size_px)


def _padding(value: tuple[float, float] | None) -> Padding | None:
    if value is None:
        return None
    return Padding(np.array(value[:1], np.float32), np.array(value[1:], np.float32))


def _middle(frame_of_slice: tuple[int | None, ...]) -> int:
    """Return the slice nearest to the middle that has an image."""
    middle = len(frame_of_slice) // 2
    present = [z for z, frame in enumerate(frame_of_slice) if frame is not None]
    return min(present, key=lambda z: abs(z - middle))


def _fit(image: AnyArray, spacing_yx: tuple[float, ...], size_px: int) -> AnyArray:
    """Pick every n-th pixel so that the longer side just fits; proportions by the spacing."""
    rows, columns = image.shape[:2]
    height, width = rows * spacing_yx[0], columns * spacing_yx[1]
    scale = size_px / max(height, width)
    target = max(round(height * scale), 1), max(round(width * scale), 1)
    y = ((np.arange(target[0]) + 0.5) * rows / target[0]).astype(int)
    x = ((np.arange(target[1]) + 0.5) * columns / target[1]).astype(int)
    return image[np.ix_(y, x)]


def _centred(small: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    square = np.zeros((size_px, size_px, *small.shape[2:]), np.uint8)
    y, x = (size_px - small.shape[0]) // 2, (size_px - small.shape[1]) // 2
    square[y : y + small.shape[0], x : x + small.shape[1]] = small
    return square
