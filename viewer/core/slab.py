"""Thick slices: how several planes become one picture, and how thick they are together."""

from dataclasses import dataclass
from enum import StrEnum


class SlabMode(StrEnum):
    """How a slab's values become one picture."""

    NONE = "none"
    MIP = "mip"
    MINIP = "minip"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Slab:
    """A thick slice: the mode and the thickness across the plane, in millimetres."""

    mode: SlabMode = SlabMode.NONE
    thickness_mm: float = 10.0

    def __post_init__(self) -> None:
        if not self.thickness_mm > 0:
            raise ValueError("a slab's thickness must be positive")

    @property
    def is_thick(self) -> bool:
        """Whether more than one plane may take part."""
        return self.mode is not SlabMode.NONE


THIN = Slab()
