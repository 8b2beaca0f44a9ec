"""From values to grey: windows and VOI look-up tables, and the presets known by number.

A VOI transform says for any value which share of white it is drawn with, from 0 (black) to 1.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

SIGMOID_REACH = 2.0
"""A sigmoid is black (or white) in 8 bits this many widths from its centre: 255 / (1 + e^8)."""


class VoiFunction(StrEnum):
    """How a window's centre and width are meant (PS3.3 C.11.2.1.2 and C.11.2.1.3)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class HuWindow:
    """Grey ramp: `center` is the level, `width` the span, both in the volume's unit (HU for CT).

    Presets and the reader's own windows are exact; DICOM's plain LINEAR counts pixel values, so
    that its ramp is one value shorter and begins at the same place.

    Raises
    ------
    ValueError
        The width is not positive, or below 1 for LINEAR (PS3.3 C.11.2.1.2).
    """

    width: float
    center: float
    function: VoiFunction = VoiFunction.LINEAR_EXACT

    def __post_init__(self) -> None:
        if not self.width > 0:
            raise ValueError("a window's width must be positive")
        if self.function is VoiFunction.LINEAR and self.width < 1:
            raise ValueError("the width of a linear window must be 1 at least")

    @property
    def low(self) -> float:
        """Value drawn black (at and below); of a sigmoid, black in 8 bits."""
        reach = SIGMOID_REACH if self.function is VoiFunction.SIGMOID else 0.5
        return self.center - reach * self.width

    @property
    def high(self) -> float:
        """Value drawn white (at and above); of a sigmoid, white in 8 bits."""
        if self.function is VoiFunction.SIGMOID:
            return self.center + SIGMOID_REACH * self.width
        return self.center + self.width / 2 - (self.function is VoiFunction.LINEAR)

    @classmethod
    def from_range(cls, low: float, high: float) -> "HuWindow":
        """Make the window that spans low..high (at least one part in a million wide)."""
        return cls(max(high - low, 1e-6), (low + high) / 2)

    def share_of_white(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return 0 (black) to 1 (white) for values of any shape, in the window's unit."""
        if self.function is VoiFunction.SIGMOID:
            with np.errstate(over="ignore"):
                return np.asarray(1 / (1 + np.exp(-4 * (values - self.center) / self.width)))
        if self.function is VoiFunction.LINEAR:
            middle = self.center - 0.5
            if self.width == 1:  # a step
                return np.asarray(values > middle, np.float64)
            share = (values - middle) / (self.width - 1) + 0.5
        else:
            share = (values - self.low) / self.width
        return np.asarray(np.clip(share, 0, 1), np.float64)


@dataclass(frozen=True, slots=True)
class VoiLut:
    """A VOI look-up table (PS3.3 C.11.2.1.1), brought to 8 bits.

    Attributes
    ----------
    first : int
        Value of the first entry; lower values take that entry, higher ones the last.
    greys : bytes
        One grey for each following whole value.
    """

    first: int
    greys: bytes

    def __post_init__(self) -> None:
        if not self.greys:
            raise ValueError("a look-up table must have an entry")

    @property
    def low(self) -> float:
        """Value of the first entry."""
        return float(self.first)

    @property
    def high(self) -> float:
        """Value of the last entry."""
        return float(self.first + len(self.greys) - 1)

    @property
    def width(self) -> float:
        """Span of the entries."""
        return max(self.high - self.low, 1.0)

    @property
    def center(self) -> float:
        """Middle of the entries."""
        return (self.low + self.high) / 2

    @classmethod
    def from_entries(cls, first: int, entries: ArrayLike, bits: int) -> "VoiLut":
        """Scale entries of so many bits to 8 bits."""
        share = np.asarray(entries, np.float64) / ((1 << bits) - 1)
        return cls(first, np.rint(255 * np.clip(share, 0, 1)).astype(np.uint8).tobytes())

    def share_of_white(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return 0 (black) to 1 (white) for values of any shape; fractions are rounded."""
        places = np.clip(np.rint(values) - self.first, 0, len(self.greys) - 1)
        greys = np.frombuffer(self.greys, np.uint8)[places.astype(np.intp)]
        return np.asarray(greys / 255, np.float64)


VoiTransform = HuWindow | VoiLut
"""What makes grey of values."""


@dataclass(frozen=True, slots=True)
class WindowPreset:
    """A named window; `key` is the digit that calls it, `window` is None for DICOM / automatic."""

    id: str
    name: str
    key: str
    window: HuWindow | None


CT_PRESETS: tuple[WindowPreset, ...] = (
    WindowPreset("default", "DICOM / automatic", "0", None),
    WindowPreset("mediastinum", "Mediastinum", "1", HuWindow(350, 50)),
    WindowPreset("lung", "Lung", "2", HuWindow(1500, -600)),
    WindowPreset("bone", "Bone", "3", HuWindow(1500, 300)),
    WindowPreset("brain", "Brain", "4", HuWindow(80, 40)),
    WindowPreset("abdomen", "Abdomen", "5", HuWindow(400, 50)),
    WindowPreset("liver", "Liver", "6", HuWindow(150, 30)),
    WindowPreset("cta", "PE / CTA", "7", HuWindow(700, 100)),
    WindowPreset("emphysema", "Emphysema", "8", HuWindow(500, -850)),
    WindowPreset("full", "Full range", "9", None),
    WindowPreset("soft-tissue", "Soft tissue", "", HuWindow(400, 40)),
    WindowPreset("airways", "Airways", "", HuWindow(1000, -900)),
)
"""Width / level in HU; hidden for modalities whose numbers are not HU."""
