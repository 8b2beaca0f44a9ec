"""Two pictures of one plane in one: in colour, mixed, or side by side of a line."""

import numpy as np
from numpy.typing import NDArray

from viewer.core.layer import GREY_MAP
from viewer.core.volume import MaskArray
from viewer.imaging.colour_maps import colour_table

Picture = NDArray[np.uint8]

NO_PICTURE: Picture = np.zeros((1, 1), np.uint8)
"""What is shown before anything is."""

_WHOLE = 256


def coloured(grey: Picture, map_id: str, invalid: MaskArray | None = None) -> Picture:
    """Give a grey picture its colours.

    Parameters
    ----------
    grey : ndarray of uint8, shape (v, u) or (v, u, 3)
        Colour passes through unchanged, and so does grey without a colour map.
    map_id : str
        See `viewer.imaging.colour_maps.COLOUR_MAPS`.
    invalid : ndarray of bool, shape (v, u), optional
        Pixels without a measurement stay black, whatever the map begins with.

    Returns
    -------
    ndarray of uint8, shape (v, u) or (v, u, 3)

    Raises
    ------
    KeyError
        There is no such colour map.
    """
    if grey.ndim == 3 or map_id == GREY_MAP:
        return grey
    picture: Picture = np.take(colour_table(map_id), grey, axis=0)
    if invalid is not None:
        picture[invalid] = 0
    return picture


def as_rgb(picture: Picture) -> Picture:
    """Return a picture in three channels, shape (v, u, 3)."""
    if picture.ndim == 3:
        return picture
    return np.repeat(picture[..., None], 3, axis=2)


def fused(base: Picture, over: Picture, invalid: MaskArray | None, opacity: float) -> Picture:
    """Mix two pictures: base + opacity x (over - base), to one grey in 255.

    Parameters
    ----------
    base, over : ndarray of uint8, shape (v, u) or (v, u, 3)
        On the same pixels.
    invalid : ndarray of bool, shape (v, u), or None
        Where `over` shows nothing: the base stays.
    opacity : float
        0..1.

    Returns
    -------
    ndarray of uint8, shape (v, u, 3)
    """
    share = np.uint16(round(opacity * _WHOLE))
    below, above = as_rgb(base), as_rgb(over)
    mixed = below * np.uint16(_WHOLE - share)
    mixed += above * share
    mixed += np.uint16(_WHOLE // 2)
    mixed >>= np.uint16(8)
    picture = mixed.astype(np.uint8)
    if invalid is not None:
        np.copyto(picture, below, where=invalid[..., None])
    return picture


def swiped(base: Picture, over: Picture, first: int, *, upright: bool) -> Picture:
    """Show the base before a line and the other picture behind it.

    Parameters
    ----------
    base, over : ndarray of uint8, shape (v, u) or (v, u, 3)
        On the same pixels.
    first : int
        First column (row) of `over`.
    upright : bool
        Whether the line runs from top to bottom.
    """
    if base.ndim != over.ndim:
        base, over = as_rgb(base), as_rgb(over)
    picture = base.copy()
    first = max(first, 0)
    if upright:
        picture[:, first:] = over[:, first:]
    else:
        picture[first:] = over[first:]
    return picture
