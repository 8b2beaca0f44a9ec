"""How the pixels of a file are stored, and where they lie: facts from the header alone."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viewer.dicom.transfer import ENCAPSULATED_UNCOMPRESSED, TransferSyntax

if TYPE_CHECKING:  # the decoders' processes start without what reads files
    from viewer.dicom.sources import FileSource

StoredArray = NDArray[Any]
"""Samples as they are stored: integers of any width, or floats."""


class SampleKind(StrEnum):
    """What one stored sample is."""

    INTEGER = "integer"
    FLOAT = "float"


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """Layout of one stored frame (PS3.3 C.7.6.3).

    Attributes
    ----------
    rows, columns, samples : int
        Matrix and samples a pixel (1 or 3).
    photometric : str
        Photometric Interpretation.
    bits_allocated, bits_stored : int
        Size of a sample, and the low bits that count.
    high_bit : int
        Highest bit that counts.
    signed : bool
        Pixel Representation.
    planar : bool
        Colours stored plane by plane.
    kind : SampleKind
        Integer or floating point.
    """

    rows: int
    columns: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    planar: bool
    kind: SampleKind = SampleKind.INTEGER

    @property
    def frame_bits(self) -> int:
        """Bits of one uncompressed frame (Python integers: no overflow)."""
        if self.photometric in ("YBR_FULL_422", "YBR_PARTIAL_422") and self.samples == 3:
            return self.rows * self.columns * 2 * self.bits_allocated
        return self.rows * self.columns * self.samples * self.bits_allocated

    @property
    def frame_bytes(self) -> int:
        """Bytes of one uncompressed frame, rounded up."""
        return (self.frame_bits + 7) // 8

    @property
    def stored_range(self) -> tuple[int, int]:
        """Smallest and largest value that the stored bits can hold."""
        if self.signed:
            return -(1 << (self.bits_stored - 1)), (1 << (self.bits_stored - 1)) - 1
        return 0, (1 << self.bits_stored) - 1

    @property
    def is_palette(self) -> bool:
        """Whether values are indices into colour tables."""
        return self.photometric == "PALETTE COLOR"

    @property
    def is_colour(self) -> bool:
        """Whether a shown pixel has three channels."""
        return self.samples == 3 or self.is_palette


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A DICOM look-up table: `values[clip(stored - first, 0, len - 1)]`.

    Attributes
    ----------
    first : int
        Stored value of the first entry.
    entries : bytes
        16-bit entries, little endian: small, and the same object where slices repeat a table.
    bits : int
        Bits of an entry.
    """

    first: int
    entries: bytes
    bits: int

    @property
    def values(self) -> NDArray[np.uint16]:
        """The entries, shape (n,)."""
        return np.frombuffer(self.entries, "<u2")


@dataclass(frozen=True, slots=True)
class Palette:
    """Colour tables for red, green and blue."""

    red: LookupTable
    green: LookupTable
    blue: LookupTable


@dataclass(frozen=True, slots=True, eq=False)
class PixelBlock:
    """The pixel data of one file.

    Attributes
    ----------
    source : FileSource
        The file.
    offset : int
        Where the value (or the first item, when encapsulated) starts.
    length : int or None
        Its bytes; None when encapsulated.
    frames : int
        Number of frames.
    transfer_syntax : str
        UID.
    little : bool
        Byte order of uncompressed samples.
    inflate_from : int or None
        Where the deflated data set starts; offsets then count in inflated bytes.
    format : PixelFormat
        Layout of a frame.
    palette : Palette or None
        Of PALETTE COLOR images.
    frame_offsets : tuple of int
        Extended offset table, or empty.
    swapped_words : bool
        8-bit samples written as 16-bit big endian words (OW): each pair of bytes is swapped.
    """

    source: "FileSource"
    offset: int
    length: int | None
    frames: int
    transfer_syntax: str
    little: bool
    inflate_from: int | None
    format: PixelFormat
    palette: Palette | None = None
    frame_offsets: tuple[int, ...] = ()
    swapped_words: bool = False

    @property
    def encapsulated(self) -> bool:
        """Whether frames are compressed, or at least wrapped in items."""
        return TransferSyntax(self.transfer_syntax).encapsulated

    @property
    def compressed(self) -> bool:
        """Whether frames have to be decoded."""
        return self.encapsulated and self.transfer_syntax != ENCAPSULATED_UNCOMPRESSED
