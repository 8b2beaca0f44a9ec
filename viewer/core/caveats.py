"""Doubts that travel with a volume and with every number drawn from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class CaveatCode(StrEnum):
    """Stable codes of the caveats; the text beside a code may change, the code does not."""

    ORDER_UNVERIFIED = "order-unverified"
    RESAMPLED = "resampled"
    GAP = "gap"
    SPARSE = "sparse"
    DUPLICATES_DROPPED = "duplicates-dropped"
    GANTRY_TILT = "gantry-tilt"
    UNCALIBRATED = "uncalibrated"
    DETECTOR_CALIBRATION = "detector-calibration"
    SPACING_UNKNOWN = "spacing-unknown"
    ORIENTATION_UNKNOWN = "orientation-unknown"
    NO_RESCALE = "no-rescale"
    ROUNDED = "rounded"
    TOO_LARGE = "too-large"
    UNIT_UNKNOWN = "unit-unknown"
    PADDING = "padding"
    PADDING_ASSUMED = "padding-assumed"
    LOSSY = "lossy"
    DERIVED = "derived"
    SINGLE_SLICE = "single-slice"
    TEXT_ENCODING = "text-encoding"
    MISSING_SLICES = "missing-slices"
    NONSTANDARD_HEADER = "nonstandard-header"
    PARTIAL = "partial"
    SUV_UNAVAILABLE = "suv-unavailable"
    REGION_CALIBRATION = "region-calibration"
    OVERLAY_DROPPED = "overlay-dropped"
    SHUTTER = "shutter"
    SAME_UID = "same-uid"
    PREAMBLE = "preamble"
    SLAB = "slab"
    OBLIQUE = "oblique"
    MIRRORED = "mirrored"
    LAYER = "layer"


_SHORT: dict[CaveatCode, str] = {
    CaveatCode.ORDER_UNVERIFIED: "order unverified",
    CaveatCode.RESAMPLED: "resampled",
    CaveatCode.GAP: "slices missing",
    CaveatCode.SPARSE: "tissue between slices unseen",
    CaveatCode.DUPLICATES_DROPPED: "duplicate images ignored",
    CaveatCode.GANTRY_TILT: "gantry tilt",
    CaveatCode.UNCALIBRATED: "uncalibrated",
    CaveatCode.DETECTOR_CALIBRATION: "mm at the detector",
    CaveatCode.SPACING_UNKNOWN: "slice distance unknown",
    CaveatCode.ORIENTATION_UNKNOWN: "orientation unknown",
    CaveatCode.NO_RESCALE: "stored values, not HU",
    CaveatCode.ROUNDED: "large values rounded",
    CaveatCode.TOO_LARGE: "values too large",
    CaveatCode.UNIT_UNKNOWN: "unit unknown",
    CaveatCode.PADDING: "padding masked",
    CaveatCode.PADDING_ASSUMED: "border taken as padding",
    CaveatCode.LOSSY: "lossy",
    CaveatCode.DERIVED: "derived images",
    CaveatCode.SINGLE_SLICE: "one image",
    CaveatCode.TEXT_ENCODING: "names may be wrong",
    CaveatCode.MISSING_SLICES: "slices missing",
    CaveatCode.NONSTANDARD_HEADER: "header not to standard",
    CaveatCode.PARTIAL: "slices could not be read",
    CaveatCode.SUV_UNAVAILABLE: "no SUV",
    CaveatCode.REGION_CALIBRATION: "mm inside the region only",
    CaveatCode.OVERLAY_DROPPED: "overlay left out",
    CaveatCode.SHUTTER: "display shutter",
    CaveatCode.SAME_UID: "UID used twice",
    CaveatCode.PREAMBLE: "file begins like a program",
    CaveatCode.SLAB: "slab",
    CaveatCode.OBLIQUE: "oblique",
    CaveatCode.MIRRORED: "mirrored",
    CaveatCode.LAYER: "layer: other series, resampled",
}


@dataclass(frozen=True, slots=True)
class Caveat:
    """One doubt about otherwise usable data, for the fidelity badge, exports and reports.

    Attributes
    ----------
    code : CaveatCode
        What kind of doubt.
    text : str
        The whole of it, with what it means.
    short : str
        Few words for a picture, with their figures; by default those of the code.
    """

    code: CaveatCode
    text: str
    short: str = ""

    def __post_init__(self) -> None:
        if not self.short:
            object.__setattr__(self, "short", _SHORT[self.code])

    @property
    def is_note(self) -> bool:
        """Whether it only describes the data, without doubt.

        One image has no other planes; an image that is there twice, pixel for pixel, shows the
        same either way.
        """
        return self.code in (CaveatCode.SINGLE_SLICE, CaveatCode.DUPLICATES_DROPPED)


def doubts(caveats: Iterable[Caveat]) -> tuple[Caveat, ...]:
    """Return the caveats that are more than notes."""
    return tuple(caveat for caveat in caveats if not caveat.is_note)


def ratio_text(ratio: float) -> str:
    """Return a compression ratio with three figures ("2.35", "12", "2100")."""
    return f"{float(f'{ratio:.3g}'):.10g}"


def ranges_text(numbers: Iterable[int], limit: int = 8) -> str:
    """Write whole numbers as "24, 44-46"; after `limit` ranges only that there are more.

    Parameters
    ----------
    numbers : iterable of int
        Ascending.
    limit : int
        So many ranges are written.
    """
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    texts = [str(a) if a == b else f"{a}-{b}" for a, b in runs]
    return ", ".join(texts[:limit]) + (", ..." if len(texts) > limit else "")
