"""What files put over their images: overlay planes and display shutters, as values to be drawn.

They are for the eye only: voxels and statistics know nothing of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray


class OverlayKind(StrEnum):
    """What an overlay plane shows: Overlay Type (PS3.3 C.9.2)."""

    GRAPHICS = "G"
    ROI = "R"


@dataclass(frozen=True, slots=True)
class OverlayPlane:
    """One overlay of the files, as they describe it.

    Attributes
    ----------
    group : int
        0x6000, 0x6002 ... 0x601E.
    label : str
        Overlay Label, else Overlay Description; may be empty.
    kind : OverlayKind
        Lines and letters, or a region.
    rows, columns : int
        Its own matrix, which may be smaller or larger than the image's.
    """

    group: int
    label: str
    kind: OverlayKind
    rows: int
    columns: int

    @property
    def name(self) -> str:
        """The group as it is written in DICOM ("6000")."""
        return f"{self.group:04X}"


@dataclass(frozen=True, slots=True, eq=False)
class BitMask:
    """Yes or no for each pixel of an image, eight to the byte.

    Attributes
    ----------
    shape_yx : tuple of int
        Rows and columns of the image.
    bits : ndarray of uint8, shape (n,)
        From `numpy.packbits` of the whole mask, row by row.
    """

    shape_yx: tuple[int, int]
    bits: NDArray[np.uint8]

    @classmethod
    def of(cls, mask: NDArray[np.bool_]) -> Self:
        """Pack a mask, shape (y, x)."""
        return cls((mask.shape[0], mask.shape[1]), np.packbits(mask))

    def unpacked(self) -> NDArray[np.bool_]:
        """Return the mask, shape (y, x)."""
        rows, columns = self.shape_yx
        return np.unpackbits(self.bits, count=rows * columns).reshape(rows, columns).view(np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class OverlayBitmap:
    """An overlay plane on one slice, in the matrix of its image."""

    plane: OverlayPlane
    mask: BitMask


@dataclass(frozen=True, slots=True, eq=False)
class ShutterMask:
    """The pixels of one slice that the files' display shutter hides.

    Attributes
    ----------
    mask : BitMask
        What is hidden.
    grey : int
        0..255: what is shown there instead, 0 for black.
    """

    mask: BitMask
    grey: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class SliceGraphics:
    """All that the files put over one slice.

    Attributes
    ----------
    overlays : tuple of OverlayBitmap
        In the order of their groups; those without a single set pixel are left out.
    shutter : ShutterMask or None
        Where something is hidden.
    """

    overlays: tuple[OverlayBitmap, ...] = ()
    shutter: ShutterMask | None = None
