"""What the files themselves put over an image: their display shutter and their overlay planes."""

from collections.abc import Iterator
from functools import lru_cache

from viewer.app.resolve import ResolvedView
from viewer.core.drawable import BitmapItem, Drawable
from viewer.core.image_graphics import BitMask, OverlayKind, SliceGraphics
from viewer.core.plane import AxisMapping
from viewer.core.volume import Volume
from viewer.imaging.reslice import as_seen, as_standing

OVERLAY_COLOUR = "#8fe6ae"
REGION_OPACITY = 0.4
"""Of filled regions: what lies under them stays to be seen."""
_KEPT = 8


def shutter_items(volume: Volume, view: ResolvedView) -> Iterator[Drawable]:
    """Hide what the files' display shutter hides; in reformatted planes and slabs nothing."""
    graphics = _graphics(volume, view)
    if graphics is not None and graphics.shutter is not None:
        grey = graphics.shutter.grey
        colour = f"#{grey:02x}{grey:02x}{grey:02x}"
        yield _bitmap(graphics.shutter.mask, *_standing(view), colour, 1.0, False)


def overlay_plane_items(volume: Volume, view: ResolvedView) -> Iterator[Drawable]:
    """Draw the overlay planes of an acquired image; in reformatted planes and slabs none."""
    graphics = _graphics(volume, view)
    for overlay in graphics.overlays if graphics is not None else ():
        is_region = overlay.plane.kind is OverlayKind.ROI
        yield _bitmap(
            overlay.mask,
            *_standing(view),
            OVERLAY_COLOUR,
            REGION_OPACITY if is_region else 1.0,
            not is_region,
        )


def _graphics(volume: Volume, view: ResolvedView) -> SliceGraphics | None:
    return volume.graphics.get(view.index) if view.is_acquired else None


def _standing(view: ResolvedView) -> tuple[AxisMapping | None, int, bool, tuple[float, float]]:
    return view.mapping, view.turns, view.mirrored, view.plane.spacing_vu_mm


@lru_cache(maxsize=_KEPT)
def _bitmap(
    mask: BitMask,
    mapping: AxisMapping,
    turns: int,
    mirrored: bool,
    spacing_vu_mm: tuple[float, float],
    colour: str,
    opacity: float,
    is_drawing: bool,
) -> BitmapItem:
    """Return a mask as it is seen; the same item again, so that the painter knows it again."""
    seen = as_standing(as_seen(mask.unpacked(), mapping), turns, mirrored)
    return BitmapItem(seen, spacing_vu_mm, colour, opacity, is_drawing)
