"""Fingerprints of the pixels of images that share a place, to tell copies from other images."""

import hashlib

import numpy as np

from viewer.dicom.headers import FrameHeader
from viewer.dicom.pixels import FrameError, FrameReader
from viewer.dicom.sources import FileSource


class Fingerprint:
    """Makes fingerprints; images that mean the same values in the same unit have equal ones.

    Each is made once.

    Parameters
    ----------
    reader : FrameReader
        Where pixels come from.
    """

    def __init__(self, reader: FrameReader) -> None:
        self._reader = reader
        self._made: dict[tuple[FileSource, int, bool], bytes] = {}

    def __call__(self, header: FrameHeader, *, decoded: bool) -> bytes:
        """Return 16 bytes; those of an image that cannot be read are its own.

        Parameters
        ----------
        header : FrameHeader
            The image.
        decoded : bool
            Compare stored values, for images of different encodings; else the bytes as they
            are in the file, which costs no decoding.
        """
        key = (header.block.source, header.frame, decoded)
        if key not in self._made:
            self._made[key] = self._make(header, decoded=decoded)
        return self._made[key]

    def _make(self, header: FrameHeader, *, decoded: bool) -> bytes:
        rescale = f"{header.rescale.slope}/{header.rescale.intercept}".encode()
        try:
            if decoded:
                stored = self._reader.stored(header.block, header.frame)
                pixels = np.ascontiguousarray(stored, np.float64).tobytes()
            else:
                pixels = self._reader.encoded(header.block, header.frame)
        except FrameError:
            pixels = f"{header.block.source.display}#{header.frame}".encode(errors="replace")
        return hashlib.blake2b(pixels + rescale, digest_size=16).digest()
