"""A small picture of a stack for the study tree: its middle slice, windowed, square."""

import numpy as np
from numpy.typing import NDArray

from viewer.core.study import Stack
from viewer.core.volume import VoxelArray
from viewer.core.window import HuWindow
from viewer.dicom.loader import read_frame, require_image_stack
from viewer.dicom.values import rescaled_padding


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
    small = _fit(image, images.geometry.spacing_zyx_mm[1:], size_px)
    if images.samples == 3:
        return _centred(small.astype(np.uint8), size_px)
    padding = rescaled_padding(images.pixels[images.frame_of_slice[z] or 0])
    window = images.windows[0].window if images.windows else _window_of(small, padding)
    grey = np.clip((small.astype(np.float32) - window.low) / window.width, 0, 1)
    if images.inverted:
        grey = 1 - grey
    if padding is not None:
        grey[(small >= padding[0]) & (small <= padding[1])] = 0
    return _centred(np.rint(grey * 255).astype(np.uint8), size_px)


def _middle(frame_of_slice: tuple[int | None, ...]) -> int:
    """Return the slice nearest to the middle that has an image."""
    middle = len(frame_of_slice) // 2
    present = [z for z, frame in enumerate(frame_of_slice) if frame is not None]
    return min(present, key=lambda z: abs(z - middle))


def _fit(image: VoxelArray, spacing_yx: tuple[float, ...], size_px: int) -> VoxelArray:
    """Pick every n-th pixel so that the longer side just fits; proportions by the spacing."""
    rows, columns = image.shape[:2]
    height, width = rows * spacing_yx[0], columns * spacing_yx[1]
    scale = size_px / max(height, width)
    target = max(round(height * scale), 1), max(round(width * scale), 1)
    y = ((np.arange(target[0]) + 0.5) * rows / target[0]).astype(int)
    x = ((np.arange(target[1]) + 0.5) * columns / target[1]).astype(int)
    picked: VoxelArray = image[np.ix_(y, x)]
    return picked


def _window_of(image: VoxelArray, padding: tuple[float, float] | None) -> HuWindow:
    values = image.ravel()
    if padding is not None:
        values = values[(values < padding[0]) | (values > padding[1])]
    if values.size == 0:
        return HuWindow(1.0, 0.0)
    low, high = np.percentile(values, (0.5, 99.5))
    return HuWindow.from_range(float(low), float(high))


def _centred(small: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    square = np.zeros((size_px, size_px, *small.shape[2:]), np.uint8)
    y, x = (size_px - small.shape[0]) // 2, (size_px - small.shape[1]) // 2
    square[y : y + small.shape[0], x : x + small.shape[1]] = small
    return square
