"""Doubts that travel with a volume and with every number drawn from it."""

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


@dataclass(frozen=True, slots=True)
class Caveat:
    """One doubt about otherwise usable data, for the fidelity badge, exports and reports."""

    code: CaveatCode
    text: str
