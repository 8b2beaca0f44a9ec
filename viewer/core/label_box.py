"""Where the text of a mark stands: its box on the screen, and the way that a reader moved it.

The way leads from the mark to the side of the box that faces it. So a text that was put beside a
lesion stays beside it at every zoom, with letters of any size, in a picture that is turned or
mirrored; the box's middle, or a corner of it, would come to lie on the lesion.
"""

from dataclasses import dataclass

EDGE_PX = 4.0
"""Texts of marks keep this far from the edge of the viewport."""

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LabelBox:
    """Where the text of a mark was painted last, in viewport pixels.

    Attributes
    ----------
    uid : str
        Of the mark.
    left, top, right, bottom : float
        The box.
    """

    uid: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def center(self) -> Pair:
        """Its middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def half(self) -> Pair:
        """Half its width and height."""
        return (self.right - self.left) / 2, (self.bottom - self.top) / 2

    def holds(self, px: Pair) -> bool:
        """Tell whether a place in the viewport lies in it."""
        return self.left <= px[0] <= self.right and self.top <= px[1] <= self.bottom


def label_at(labels: tuple[LabelBox, ...], px: Pair) -> LabelBox | None:
    """Return the box at a place in the viewport, of several the one painted last."""
    return next((label for label in reversed(labels) if label.holds(px)), None)


def center_after(way_px: Pair, half_px: Pair) -> Pair:
    """Return how far the middle of a box lies from its mark.

    Parameters
    ----------
    way_px : tuple of float
        From the mark to the side of the box that faces it, to the right and down.
    half_px : tuple of float
        Half the box's width and height; the height must not be 0.

    Returns
    -------
    tuple of float
        In pixels. Across the height of half a box the one side turns gradually into the other.
    """
    turn = half_px[1]
    x, y = (
        way + half * min(max(way / turn, -1.0), 1.0)
        for way, half in zip(way_px, half_px, strict=True)
    )
    return x, y


def way_to(center_px: Pair, half_px: Pair) -> Pair:
    """Return the way after which the middle of a box lies there; the inverse of `center_after`."""
    turn = half_px[1]
    x, y = (
        center / (1.0 + half / turn)
        if abs(center) <= turn + half
        else center - half * (1.0 if center > 0 else -1.0)
        for center, half in zip(center_px, half_px, strict=True)
    )
    return x, y
