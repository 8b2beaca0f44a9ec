"""HU windows and the presets radiologists know by number."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HuWindow:
    """Grey ramp: `center` is the level, `width` the span, both in the volume's unit (HU for CT)."""

    width: float
    center: float

    def __post_init__(self) -> None:
        if not self.width > 0:
            raise ValueError("a window's width must be positive")

    @property
    def low(self) -> float:
        """Value drawn black (at and below)."""
        return self.center - self.width / 2

    @property
    def high(self) -> float:
        """Value drawn white (at and above)."""
        return self.center + self.width / 2

    @classmethod
    def from_range(cls, low: float, high: float) -> "HuWindow":
        """Make the window that spans low..high (at least one part in a million wide)."""
        return cls(max(high - low, 1e-6), (low + high) / 2)


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
