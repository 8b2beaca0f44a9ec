"""A slice with everything that its overlays depend on, for tests of the overlays."""

from dataclasses import replace
from typing import Any

from tests.support.volumes import make_volume
from viewer.app import overlays
from viewer.app.overlays import OverlayScene, parts_of_level
from viewer.app.resolve import resolve
from viewer.core.drawable import Space, TextItem
from viewer.core.plane import Orientation
from viewer.core.screen import place
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow

SIZE = (800.0, 600.0)


def compose(scene) -> list[Any]:
    """Drawables of any kind: each test knows which it expects."""
    return list(overlays.compose(scene))


def make_scene(volume=None, orientation=Orientation.AXIAL, index=3, **changes):
    volume = volume or make_volume()
    view = resolve(
        ViewportState(orientation, DisplayState(HuWindow(1500, -600), "lung"), index=index), volume
    )
    scene = OverlayScene(
        volume=volume,
        view=view,
        transform=place(view.plane, SIZE),
        size_px=SIZE,
        parts=parts_of_level("all"),
        loaded=frozenset(range(volume.geometry.shape_zyx[0])),
    )
    return replace(scene, **changes)


def at(volume, z, y, x):
    return tuple(float(v) for v in volume.geometry.index_to_lps((z, y, x)))


def texts(items):
    return [item.text for item in items if isinstance(item, TextItem)]


def corner(items, align):
    return next(
        i.text
        for i in items
        if isinstance(i, TextItem) and i.space is Space.VIEW and i.align is align
    )
