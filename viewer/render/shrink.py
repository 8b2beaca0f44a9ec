"""Shrinks finished pixels without patterns that are not there.

Interpolating between the nearest pixels would skip the others: fine detail turns into patterns
that are not there, and just below an image's own size noise comes and goes in a grid. Qt averages
only below one half, hence this.
"""

import numpy as np
from numpy.typing import NDArray

PixelArray = NDArray[np.uint8]

_BLUR_SIGMA = 0.4
"""Pixels: just enough that pixels between two others are not smoother than those that hit one."""


def load_shrinking() -> None:
    """Load OpenCV: a tenth of a second in which Python does nothing else, before anybody reads."""
    import cv2  # noqa: F401


def area_average(image: PixelArray, size_vu: tuple[int, int]) -> PixelArray:
    """Return an image of fewer pixels, each the mean of the area that it covers.

    Parameters
    ----------
    image : ndarray of uint8, shape (v, u) or (v, u, 3)
        The pixels.
    size_vu : tuple of int
        Rows and columns of the result, not more than the image has.

    Returns
    -------
    ndarray of uint8
        C-contiguous; even areas exactly as they were. The same image where the size stays.
    """
    import cv2  # imported late, as everywhere: it takes a while to load

    if size_vu == image.shape[:2]:
        return image
    return np.asarray(cv2.resize(image, size_vu[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def shrink(image: PixelArray, size_vu: tuple[int, int]) -> PixelArray:
    """Return an image of somewhat fewer pixels (three quarters and more), edges sharp.

    Parameters
    ----------
    image : ndarray of uint8, shape (v, u) or (v, u, 3)
        The pixels.
    size_vu : tuple of int
        Rows and columns of the result, not more than the image has.

    Returns
    -------
    ndarray of uint8
        C-contiguous; even areas exactly as they were. The same image where the size stays.
    """
    import cv2

    if size_vu == image.shape[:2]:
        return image
    softer = cv2.GaussianBlur(image, (3, 3), _BLUR_SIGMA, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(softer, size_vu[::-1], interpolation=cv2.INTER_LANCZOS4), np.uint8)
