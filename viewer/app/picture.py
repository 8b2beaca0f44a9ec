"""A view's pixels: cut, window, colours and the layer over them: for screen and exports alike."""

import math
from collections.abc import Callable

from viewer.app.resolve import ResolvedView, view_image
from viewer.app.standing_text import slab_text
from viewer.app.value_text import number_with_unit
from viewer.core.layer import GREY_MAP, LayerMode
from viewer.core.screen import ScreenTransform
from viewer.core.session import OpenStack
from viewer.core.shapes import PointLps
from viewer.core.volume import Volume
from viewer.i18n import tr
from viewer.imaging.blend import Picture, coloured, fused, swiped
from viewer.imaging.lut import to_grey
from viewer.imaging.resample_to_plane import resample_to_plane
from viewer.imaging.reslice import PlaneSlice


def view_picture(volume: Volume, view: ResolvedView, split: int = 0) -> Picture:
    """Make the whole picture at once: uint8, shape (v, u) or (v, u, 3), standing as on the screen.

    `split` is the first column or row of a swiped layer, see `split_pixel`.
    """
    return compose_picture(view, view_image(volume, view), layer_slice(view), split)


def layer_slice(
    view: ResolvedView, coarse: int = 1, check: Callable[[], None] = lambda: None
) -> PlaneSlice | None:
    """Sample the layer on the pixels of the view; None without one.

    `coarse` and `check` are those of `viewer.imaging.oblique.oblique_slice`.
    """
    layer = view.layer
    if layer is None:
        return None
    plane, slab = view.plane, view.slab
    return resample_to_plane(layer.volume, plane, layer.rigid, slab, coarse, check)


def compose_picture(
    view: ResolvedView, cut: PlaneSlice, over: PlaneSlice | None, split: int = 0
) -> Picture:
    """Draw a slice, and the layer's values on its pixels over it.

    Parameters
    ----------
    view : ResolvedView
        Windows, colour maps, and how the two share the picture.
    cut, over : PlaneSlice
        Values of the view's own stack, and of the layer (None: not there).
    split : int
        First column or row of a swiped layer.
    """
    base = _drawn(cut, to_grey(cut.image, view.window, view.inverted, cut.invalid), view.colour_map)
    shown = view.layer
    if shown is None or over is None:
        return base
    layer = shown.layer
    grey = to_grey(over.image, shown.window, shown.inverted, over.invalid)
    above = _drawn(over, grey, layer.colour_map)
    if layer.mode is LayerMode.FUSION:
        return fused(base, above, over.invalid, layer.opacity)
    if layer.mode is LayerMode.BLINK:
        return above if layer.seen else base
    return swiped(base, above, split, upright=layer.upright)


def picture_value(
    stack: OpenStack, view: ResolvedView, cut: PlaneSlice | None, point_lps: PointLps | None
) -> str | None:
    """Return in words what a picture has at a point where that is not the value of a voxel.

    Parameters
    ----------
    cut : PlaneSlice or None
        The picture's values; None while only a coarse one is there.

    Returns
    -------
    str or None
        The value of a slab, "" where it or the slice is not there yet; None for a voxel's own.
    """
    volume = stack.volume
    if point_lps is None:
        return None
    if round(float(volume.geometry.lps_to_index(point_lps)[0])) not in stack.loaded:
        return ""
    if not view.slab.is_thick or volume.is_colour:
        return None
    if cut is None or cut.image.shape != view.plane.shape_vu:
        return ""
    u_mm, v_mm, _ = (float(x) for x in view.plane.lps_to_uvw(point_lps))
    dv, du = view.plane.spacing_vu_mm
    rows, columns = view.plane.shape_vu
    row, column = (
        min(max(round(v_mm / dv), 0), rows - 1),
        min(max(round(u_mm / du), 0), columns - 1),
    )
    value = float(cut.image[row, column])
    if (cut.invalid is not None and cut.invalid[row, column]) or not math.isfinite(value):
        return tr("no value (padding)")
    mode = slab_text(view.slab).split(" ")[0]
    return f"{mode} {number_with_unit(value, volume.stack.unit)}"


def split_pixel(
    view: ResolvedView, transform: ScreenTransform, size_px: tuple[float, float]
) -> int:
    """Return the first column (row) of the picture behind the line of a swipe."""
    if view.layer is None or view.layer.layer.mode is not LayerMode.SWIPE:
        return 0
    layer = view.layer.layer
    u_mm, v_mm = transform.to_uv((layer.split * size_px[0], layer.split * size_px[1]))
    dv, du = view.plane.spacing_vu_mm
    rows, columns = view.plane.shape_vu
    place, count = (u_mm / du, columns) if layer.upright else (v_mm / dv, rows)
    return min(max(round(place + 0.5), 0), count)


def _drawn(cut: PlaneSlice, grey: Picture, map_id: str) -> Picture:
    if map_id == GREY_MAP:
        return grey
    invalid = cut.invalid
    if cut.image.dtype.kind == "f" and cut.image.ndim == 2:
        unknown = cut.image != cut.image  # NaN
        invalid = unknown if invalid is None else invalid | unknown
    return coloured(grey, map_id, invalid)
