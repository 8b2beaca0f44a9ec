"""Transfer syntaxes: how each encodes its data set and pixels, and whether it loses anything."""

from dataclasses import dataclass
from typing import ClassVar

from viewer.dicom.parser import EXPLICIT_LITTLE, IMPLICIT_LITTLE, Syntax

IMPLICIT_VR = "1.2.840.10008.1.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
GE_PRIVATE_BIG = "1.2.840.113619.5.2"
"""Implicit little endian with big endian pixel data."""
ENCAPSULATED_UNCOMPRESSED = "1.2.840.10008.1.2.1.98"

_JPEG_FAMILY = "1.2.840.10008.1.2.4."
RLE = "1.2.840.10008.1.2.5"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57"
JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_LS_NEAR = "1.2.840.10008.1.2.4.81"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
JPEG_2000 = "1.2.840.10008.1.2.4.91"
HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"
HTJ2K_RPCL = "1.2.840.10008.1.2.4.202"
HTJ2K = "1.2.840.10008.1.2.4.203"

_UNCOMPRESSED_NAMES = {
    "": "not stated",
    IMPLICIT_VR: "implicit VR little endian",
    "1.2.840.10008.1.2.1": "explicit VR little endian",
    DEFLATED: "deflated",
    EXPLICIT_BIG: "explicit VR big endian",
    GE_PRIVATE_BIG: "GE private, big endian pixels",
}
_COMPRESSED_NAMES = {
    ENCAPSULATED_UNCOMPRESSED: "encapsulated uncompressed",
    RLE: "RLE",
    JPEG_BASELINE: "JPEG baseline",
    JPEG_EXTENDED: "JPEG extended",
    JPEG_LOSSLESS: "JPEG lossless",
    JPEG_LOSSLESS_SV1: "JPEG lossless (first order)",
    JPEG_LS: "JPEG-LS",
    JPEG_LS_NEAR: "JPEG-LS near-lossless",
    JPEG_2000_LOSSLESS: "JPEG 2000 lossless",
    JPEG_2000: "JPEG 2000",
    HTJ2K_LOSSLESS: "HTJ2K lossless",
    HTJ2K_RPCL: "HTJ2K lossless (RPCL)",
    HTJ2K: "HTJ2K",
}
_VIDEO_NAMES = {
    **dict.fromkeys(("100", "101"), "MPEG-2 video"),
    **dict.fromkeys(("102", "103", "104", "105", "106"), "MPEG-4 (H.264) video"),
    **dict.fromkeys(("107", "108"), "HEVC (H.265) video"),
}
"""By the number behind 1.2.840.10008.1.2.4; fragmented streams have one more number."""
LOSSY = frozenset({JPEG_BASELINE, JPEG_EXTENDED, JPEG_LS_NEAR})
"""Always lossy; JPEG 2000 and HTJ2K (general) may be lossless: Lossy Image Compression decides."""


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """A transfer syntax by its UID; empty where the file states none."""

    uid: str
    EXPLICIT_LITTLE_UID: ClassVar[str] = "1.2.840.10008.1.2.1"

    @property
    def encapsulated(self) -> bool:
        """Whether pixel data are stored as items."""
        return self.uid not in _UNCOMPRESSED_NAMES

    @property
    def video_name(self) -> str:
        """Its name where the pixel data are a video stream, else ""."""
        if not self.uid.startswith(_JPEG_FAMILY):
            return ""
        return _VIDEO_NAMES.get(self.uid.removeprefix(_JPEG_FAMILY).partition(".")[0], "")

    @property
    def name(self) -> str:
        """Its name in a sentence."""
        known = _COMPRESSED_NAMES.get(self.uid) or _UNCOMPRESSED_NAMES.get(self.uid)
        known = known or self.video_name
        return known or f"transfer syntax {self.uid}"

    @property
    def data_set_syntax(self) -> Syntax:
        """Encoding of the elements."""
        if self.uid in (IMPLICIT_VR, GE_PRIVATE_BIG):
            return IMPLICIT_LITTLE
        if self.uid == EXPLICIT_BIG:
            return Syntax(implicit=False, little=False)
        return EXPLICIT_LITTLE

    @property
    def little_pixels(self) -> bool:
        """Byte order of uncompressed samples."""
        return self.uid not in (EXPLICIT_BIG, GE_PRIVATE_BIG)
