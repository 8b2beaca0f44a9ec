"""What tells of colours and of a second series on the image: labels, the swipe's line, bars."""

from viewer.app.layer_view import LayerView, unit_text
from viewer.app.overlays_frame import BADGE, TEXT, is_compact, value_text
from viewer.app.resolve import ResolvedView
from viewer.core.drawable import (
    Align,
    ColourBarItem,
    Drawable,
    HandleItem,
    PolylineItem,
    Space,
    Style,
    TextItem,
)
from viewer.core.layer import GREY_MAP, LayerMode
from viewer.core.shapes import PointLps
from viewer.core.volume import Volume
from viewer.core.window import VoiTransform
from viewer.i18n import tr
from viewer.imaging.colour_maps import colour_table

_LINE = Style("#7fd4ff", 1.4)
_GAP_PX = 10.0
_LABEL_PX = 30.0  # below the letter at the upper edge
_COMPACT_LABEL_PX = 58.0  # and below the corner texts, which meet in the middle
_SWIPE_LABEL_PX = 96.0  # below the corner texts: the line goes there
_SWIPE_STEP_PX = 20.0  # near the side one label reaches below the other
_BAR_WIDTH_PX = 11.0
_BAR_LENGTH_PX = 150.0
_BAR_RIGHT_PX = 44.0  # left of the letter at the right edge
_BAR_STEP_PX = 74.0
_BAR_TOP_PX = 96.0  # below the corner texts
_BAR_BELOW_PX = 104.0  # above those of the lower corner
_LEAST_BAR_PX = 50.0
_LEAST_WIDTH_PX = 300.0


def layer_items(volume: Volume, view: ResolvedView, size_px: tuple[float, float]) -> list[Drawable]:
    """Return labels that say which series is seen where, and the bars of the colour maps.

    They belong to the picture as its letters do: no level of texts takes them away.
    """
    items: list[Drawable] = []
    if view.layer is not None:
        items += _labels(view.layer, size_px)
    return items + _bars(volume, view, size_px)


def layer_notes(view: ResolvedView, cursor_lps: PointLps | None) -> tuple[str, ...]:
    """Return the lines of the corner: the layer's value under the cursor, and what the layer is."""
    shown = view.layer
    if shown is None:
        return ()
    notes = []
    if cursor_lps is not None and (value := _layer_value(shown, cursor_lps)):
        notes.append(tr("Layer: {value}", value=value))
    layer = shown.layer
    how = {
        LayerMode.FUSION: tr("{percent} % over it", percent=round(100 * layer.opacity)),
        LayerMode.BLINK: tr("blink"),
        LayerMode.SWIPE: tr("swipe"),
    }[layer.mode]
    notes.append(tr("Layer: {name}, {how}", name=shown.name, how=how))
    if not layer_is_whole(shown):
        notes.append(tr("Layer: still loading"))
    return tuple(notes)


def _layer_value(shown: LayerView, cursor_lps: PointLps) -> str:
    """Return the value of the layer's voxel under the cursor, "" where it is not there yet."""
    point_lps = shown.rigid.apply(cursor_lps)
    z = round(float(shown.volume.geometry.lps_to_index(point_lps)[0]))
    if shown.loaded and z not in shown.loaded:
        return ""
    return value_text(shown.volume, point_lps)


def layer_is_whole(shown: LayerView) -> bool:
    """Tell whether all slices of a layer are there."""
    return not shown.loaded or len(shown.loaded) == shown.volume.geometry.shape_zyx[0]


def _labels(shown: LayerView, size_px: tuple[float, float]) -> list[Drawable]:
    layer = shown.layer
    top_px = _COMPACT_LABEL_PX if is_compact(size_px) else _LABEL_PX
    if layer.mode is LayerMode.BLINK:
        text = tr("Seen: {name}", name=shown.name if layer.seen else shown.below)
        return [TextItem((0.5, 0.0), text, Align.TOP, BADGE, (0.0, top_px), Space.VIEW)]
    if layer.mode is not LayerMode.SWIPE:
        return []
    at = layer.split
    if layer.upright:
        ends, grip, place = ((at, 0.0), (at, 1.0)), (at, 0.5), (at, 0.0)
        before = (-_GAP_PX, _SWIPE_LABEL_PX)
        behind = (_GAP_PX, _SWIPE_LABEL_PX + _SWIPE_STEP_PX)
        aligns = Align.TOP_RIGHT, Align.TOP_LEFT
    else:
        ends, grip, place = ((0.0, at), (1.0, at)), (0.5, at), (0.5, at)
        before, behind = (0.0, -_GAP_PX), (0.0, _GAP_PX)
        aligns = Align.BOTTOM, Align.TOP
    return [
        PolylineItem(ends, _LINE, space=Space.VIEW),
        HandleItem(grip, _LINE, Space.VIEW),
        TextItem(place, shown.below, aligns[0], TEXT, before, Space.VIEW),
        TextItem(place, shown.name, aligns[1], BADGE, behind, Space.VIEW),
    ]


def _bars(volume: Volume, view: ResolvedView, size_px: tuple[float, float]) -> list[Drawable]:
    bars: list[tuple[str, VoiTransform, bool, str]] = []
    shown = view.layer
    if shown is not None and (
        shown.layer.mode is LayerMode.FUSION or shown.layer.colour_map != GREY_MAP
    ):
        bars.append((shown.layer.colour_map, shown.window, shown.inverted, shown.unit))
    if view.colour_map != GREY_MAP and not volume.is_colour:
        bars.append((view.colour_map, view.window, view.inverted, unit_text(volume)))
    length = min(_BAR_LENGTH_PX, size_px[1] - _BAR_TOP_PX - _BAR_BELOW_PX)
    if length < _LEAST_BAR_PX or size_px[0] < _LEAST_WIDTH_PX:
        return []
    items: list[Drawable] = []
    for number, (map_id, window, inverted, unit) in enumerate(bars):
        left = -_BAR_RIGHT_PX - _BAR_WIDTH_PX - number * _BAR_STEP_PX
        colours = colour_table(map_id)
        colours = colours if inverted else colours[::-1]
        size = (_BAR_WIDTH_PX, length)
        items.append(ColourBarItem((1.0, 0.0), (left, _BAR_TOP_PX), size, colours.tobytes()))
        for text, top, align in (
            (f"{window.high:.4g}", 0.0, Align.TOP_RIGHT),
            (unit, length / 2, Align.RIGHT),
            (f"{window.low:.4g}", length, Align.BOTTOM_RIGHT),
        ):
            place = (left - 5.0, _BAR_TOP_PX + top)
            if text:
                items.append(TextItem((1.0, 0.0), text, align, TEXT, place, Space.VIEW))
    return items
