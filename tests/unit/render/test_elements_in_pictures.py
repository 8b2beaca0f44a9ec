"""A picture of each element that lies over an image: its ink is where the element says.

Two tables: kinds of drawables, and what the program draws with them. Whoever adds a kind, a part
or a function that makes drawables adds a row here, or the guards at the end fail.
"""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
import pytest

from tests.support.ink import GROUND, Place, ink, misplaced, painted
from tests.support.overlay_scenes import at, compose, make_scene
from tests.support.source_tree import PROJECT_ROOT
from tests.support.volumes import make_geometry, make_volume
from tests.unit.app.test_overlays_patients import JANE, OTHER, beside
from viewer.app.curved import CurvedWish, DrawnLine, cross_items, curved_items, cut_curved
from viewer.app.loupe import loupe_items
from viewer.app.overlays import Part
from viewer.app.overlays_patients import patients_badge
from viewer.core.analysis import Finding, Interval
from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.drawable import (
    Align,
    ArrowItem,
    BitmapItem,
    ColourBarItem,
    Drawable,
    EllipseItem,
    HandleItem,
    LoupeItem,
    PolylineItem,
    RulerItem,
    Space,
    Style,
    TextItem,
)
from viewer.core.image_graphics import (
    BitMask,
    OverlayBitmap,
    OverlayKind,
    OverlayPlane,
    ShutterMask,
    SliceGraphics,
)
from viewer.core.key_image import KeyImage
from viewer.core.plane import Orientation, slice_plane
from viewer.core.progress import SilentContext
from viewer.core.screen import ScreenTransform
from viewer.core.screen import place as placed
from viewer.core.shapes import LengthShape
from viewer.imaging.curved import cross_section
from viewer.render.painter import _PAINTERS

pytestmark = pytest.mark.usefixtures("qapp")  # fonts
SIZE = (400, 300)
ALL = (0.0, 0.0, 400.0, 300.0)
TRANSFORM = ScreenTransform(4.0, (20.0, 10.0))
LINE = Style("#ffffff", 2.0, halo_px=0.0)
WIDE, HIGH = 4 * float(np.hypot(12, 6)), 4 * float(np.hypot(9, 8))
MASK = np.zeros((20, 30), bool)
MASK[5:12, 8:26] = True

KINDS: dict[type, tuple[Any, Place]] = {
    PolylineItem: (
        PolylineItem(((10.0, 5.0), (50.0, 15.0), (80.0, 60.0)), LINE),
        Place(ALL, 60, 30, 340, 250, within=2),
    ),
    EllipseItem: (
        EllipseItem((40.0, 30.0), (12.0, 9.0), (-6.0, 8.0), LINE),
        Place(ALL, 180 - WIDE, 130 - HIGH, 180 + WIDE, 130 + HIGH, within=2),
    ),
    HandleItem: (HandleItem((30.0, 20.0), LINE), Place(ALL, 136, 86, 144, 94, within=1.5)),
    TextItem: (
        TextItem((1.0, 1.0), "Hg 12", Align.BOTTOM_RIGHT, LINE, (-8.0, -8.0), Space.VIEW),
        Place((300, 260, 400, 300), right=392, bottom=292, within=5),
    ),
    ArrowItem: (
        ArrowItem((20.0, 15.0), (80.0, 60.0), LINE),
        Place(ALL, 100, 70, 340, 250, within=3),
    ),
    RulerItem: (  # 34 % of 300 px hold 20 mm of 4 px
        RulerItem(True, "mm", Style("#ffffff", text_px=11)),
        Place((0, 107, 60, 200), left=7, top=110, bottom=190, within=3),
    ),
    BitmapItem: (  # smooth across half a pixel of 12 x 8 px
        BitmapItem(MASK, (2.0, 3.0), "#ffffff"),
        Place(ALL, 20 + 4 * 7.5 * 3, 10 + 4 * 4.5 * 2, 20 + 4 * 25.5 * 3, 10 + 4 * 11.5 * 2,
              within=5),
    ),
    ColourBarItem: (
        ColourBarItem((1.0, 0.0), (-50.0, 20.0), (12.0, 200.0), bytes(range(0, 240)) * 3),
        Place(ALL, 350, 20, 362, 220, within=2.5),
    ),
    LoupeItem: (  # its radius is 32 % of the shorter side
        LoupeItem((45.0, 35.0), 3.0, np.full((90, 100), 250, np.uint8), (1.0, 1.0)),
        Place(ALL, 200 - 96, 150 - 96, 200 + 96, 150 + 96, within=3),
    ),
}  # fmt: skip


@pytest.mark.parametrize("scale", [1.0, 2.0], ids=["screen", "export twice as fine"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_of_drawable_is_painted_at_its_place(kind, scale):
    item, place = KINDS[kind]
    inked = ink(painted([item], TRANSFORM, SIZE, scale))
    beside = [Place((0, 80, 60, 107))] if kind is RulerItem else []  # its length
    assert misplaced(inked, [place, *beside], scale) == []
    away = painted([item], ScreenTransform(4.0, (20.0, 60.0)), SIZE, scale)
    moves = not isinstance(item, TextItem | RulerItem | ColourBarItem)
    assert bool(misplaced(ink(away), [place, *beside], scale)) is moves


# --- what the program draws ------------------------------------------------------------------

VIEW = (800, 600)
VOLUME = make_volume(make_geometry((20, 60, 60)))
PX_X, PX_Y = 8.75, 10.0
LEFT = 137.5
"""Voxels are 8.75 x 10 px; the image begins 137.5 px from the left and fills the height."""
TEXT = 8.0
"""How far letters may end before the box in which they stand."""


def x_of(column: float) -> float:
    return LEFT + (column + 0.5) * PX_X


def y_of(row: float) -> float:
    return (row + 0.5) * PX_Y


@dataclass(frozen=True)
class Element:
    """What is drawn over a view of 800 x 600 px, and where its ink shall be."""

    items: Callable[[], Iterable[Any]]
    places: tuple[Place, ...]
    part: Part | None = None
    transform: ScreenTransform | None = None


def part(part: Part, *places: Place, **changes: Any) -> Element:
    def items():
        return compose(make_scene(**{"volume": VOLUME, "index": 10, **changes,
                                     "parts": frozenset({part})}))  # fmt: skip

    return Element(items, places, part)


def graphics() -> SliceGraphics:
    drawn = np.zeros((60, 60), bool)
    drawn[20:26, 10:30] = True
    plane = OverlayPlane(0x6000, "x", OverlayKind.ROI, 60, 60)
    overlay = OverlayBitmap(plane, BitMask.of(drawn))
    return SliceGraphics((overlay,), ShutterMask(BitMask.of(~drawn), 0))


COVERED = replace(VOLUME, graphics={10: graphics()})
OTHERS = tuple(
    (orientation, slice_plane(VOLUME.geometry, orientation, index))
    for orientation, index in ((Orientation.CORONAL, 20), (Orientation.SAGITTAL, 45))
)
LENGTH = LengthShape(
    frame_of_reference_uid="1.2.3",
    stack=VOLUME.stack.key,
    normal_lps=(0.0, 0.0, 1.0),
    start_lps=at(VOLUME, 10, 30, 10),
    end_lps=at(VOLUME, 10, 30, 40),
)
MOVED = replace(LENGTH, label_way_lps=(2.0, 16.0, 0.0))
FINDING = Finding(
    "1", at(VOLUME, 10, 30, 20), 3, 10.0, 100.0, 20.0, "solid", 0.4, Interval(0.2, 0.6)
)
CAVEATS = (Caveat(CaveatCode.LOSSY, "x", "lossy 12:1"), Caveat(CaveatCode.GAP, "y"))
KEY_IMAGE = KeyImage(
    stack=VOLUME.stack.key, sop_uid="1.10", frame=0, slice_z=10, comment="consolidation"
)
SWEEP = DrawnLine((at(VOLUME, 10, 30, 5), at(VOLUME, 10, 30, 55)), (0.0, 0.0, 1.0))
CURVED = cut_curved(SilentContext(), VOLUME, CurvedWish(SWEEP, 20.0, 0.0))
CROSS = cross_section(VOLUME, CURVED.line, 15.0, 20.0)


def magnifier() -> Iterable[Any]:
    scene = make_scene(VOLUME, index=10)
    picture = np.full((60, 60), 250, np.uint8)
    return loupe_items(scene.view, picture, at(VOLUME, 10, 30, 40), 3.0, ())


def coloured() -> Iterable[Any]:
    scene = make_scene(VOLUME, index=10, parts=frozenset())
    return compose(replace(scene, view=replace(scene.view, colour_map="pet")))


ELEMENTS: dict[str, Element] = {
    "shutter_items": part(  # with an opening; smooth across half a voxel
        Part.SHUTTER,
        Place((0, 0, 800, 206), LEFT, 0, LEFT + 525, within=2),
        Place((0, 206, x_of(9.5) + 6, 254), LEFT, None, x_of(9.5), within=5),
        Place((x_of(29.5) - 6, 206, 800, 254), x_of(29.5), None, LEFT + 525, within=5),
        Place((240, 100, 390, 206), bottom=200, within=5),
        Place((240, 254, 390, 600), top=260, within=5),
        Place((0, 254, 800, 600), LEFT, None, LEFT + 525, 600, within=2),
        volume=COVERED,
    ),
    "overlay_plane_items": part(
        Part.OVERLAY_PLANES,
        Place((0, 0, 800, 600), x_of(9.5), 200, x_of(29.5), 260),
        volume=COVERED,
    ),
    "mark_items": part(
        Part.MARKS,
        Place((0, 280, x_of(40) + 5, 330), x_of(10), None, x_of(40), middle_y=y_of(30)),
        Place((x_of(40) + 5, 280, 620, 330), x_of(40) + 9, middle_y=y_of(30), within=4),
        shapes=(LENGTH,),
    ),
    "mark_items, label moved": part(  # the corner that faces the mark, and the way there
        Part.MARKS,
        Place((0, 295, 800, 315), x_of(10), None, x_of(40)),
        Place((x_of(25), 315, 500, y_of(30) + 196)),
        Place((x_of(25), y_of(30) + 196, 500, 600), x_of(25) + 25, y_of(30) + 200, within=5),
        shapes=(MOVED,),
    ),
    "finding_rings": part(
        Part.FINDINGS,
        Place(
            (0, 0, x_of(20) + 60, 600), x_of(20) - 81.25, y_of(30) - 81.25, None, y_of(30) + 81.25
        ),
        Place((x_of(20) + 60, 200, 800, y_of(30) - 55), x_of(20) + 63, within=TEXT),
        Place((x_of(20) + 60, y_of(30) - 55, 800, 600), right=x_of(20) + 81.25),
        findings=(FINDING,),
    ),
    "crosshair_lines": part(
        Part.CROSSHAIR,
        Place((0, 195, x_of(45) - 10, 215), LEFT, middle_y=y_of(20)),
        Place((x_of(45) + 10, 195, 800, 215), right=LEFT + 525, middle_y=y_of(20)),
        Place((x_of(45) - 10, 0, x_of(45) + 10, 195), top=0, middle_x=x_of(45)),
        Place((x_of(45) - 10, 215, x_of(45) + 10, 600), bottom=600, middle_x=x_of(45)),
        other_planes=OTHERS,
    ),
    "crosshair_point": part(
        Part.CROSSHAIR,
        Place((0, 0, 800, 600), middle_x=x_of(40), middle_y=y_of(10), within=1.5),
        crosshair_lps=at(VOLUME, 10, 10, 40),
    ),
    "corner_texts": part(
        Part.TEXTS,
        Place((0, 0, 390, 200), 8, 8, within=TEXT),
        Place((410, 0, 800, 200), None, 8, 792, within=TEXT),
        Place((0, 400, 390, 600), 8, None, None, 579, within=TEXT),
        Place((410, 400, 800, 600), None, None, 792, 579, within=TEXT),
    ),
    "edge_letters": part(
        Part.LETTERS,
        Place((0, 250, 60, 350), 22, middle_y=300, within=TEXT),
        Place((740, 250, 800, 350), right=792, middle_y=300, within=TEXT),
        Place((350, 0, 450, 60), top=6, middle_x=400, within=TEXT),
        Place((350, 540, 450, 600), bottom=580, middle_x=400, within=TEXT),
    ),
    "rulers": part(  # 10 mm upright and 20 mm level, of 12.5 px
        Part.RULER,
        Place((0, 234, 60, 370), 7, 237.5, None, 362.5),
        Place((0, 200, 60, 234)),
        Place((270, 570, 529, 600), 275, None, 525),
        Place((529, 570, 600, 600)),
    ),
    "badges": part(
        Part.BADGES,
        Place((0, 20, 400, 140), 8, within=TEXT),
        volume=make_volume(make_geometry((20, 60, 60)), caveats=CAVEATS, lossy_ratio=12.0),
    ),
    "stamp": part(Part.STAMP, Place((150, 500, 650, 600), bottom=558, middle_x=400, within=TEXT)),
    "key_image_items": part(
        Part.KEY_IMAGE,
        Place((150, 0, 650, 80), top=28, middle_x=400, within=TEXT),
        key_images=(KEY_IMAGE,),
    ),
    "absent_slices": Element(
        lambda: compose(make_scene(VOLUME, index=10, parts=frozenset(), loaded=frozenset())),
        (Place((200, 250, 600, 350), middle_x=400, middle_y=300, within=4),),
    ),
    "layer_items": Element(
        coloured,
        (
            Place((743, 90, 800, 260), 800 - 44 - 11, 96, 800 - 44, 246, within=2.5),
            Place((600, 90, 743, 260), None, 96, 740, 246, within=TEXT),
        ),
    ),
    "patients_badge": Element(
        lambda: patients_badge(beside(JANE, OTHER), "1", (800.0, 600.0)),
        (Place((200, 0, 600, 120), top=46, middle_x=400, within=TEXT),),
    ),
    "loupe_items": Element(
        magnifier,
        (Place((0, 0, 800, 600), x_of(40) - 105, y_of(30) - 105, x_of(40) + 105, y_of(30) + 105),),
    ),
    "curved_items": Element(
        lambda: curved_items(VOLUME, CURVED, 10.0),
        (
            Place((0, 0, 450, 60), 8, 6, within=TEXT),
            Place((450, 0, 800, 60), None, 6, 792, within=TEXT),
            Place((0, 60, 800, 600)),
        ),
        transform=placed(CURVED.cut.plane, (800.0, 600.0), 0.96),
    ),
    "cross_items": Element(
        lambda: cross_items(VOLUME, CROSS.plane, 15.0, CURVED.line.frame_at(15.0, 0.0)[1]),
        (
            Place((0, 0, 300, 60), 8, 6, within=TEXT),
            Place((0, 60, 800, 600)),
            Place((300, 0, 800, 60)),
        ),
        transform=placed(CROSS.plane, (800.0, 600.0), 0.96),
    ),
}


@pytest.mark.parametrize("scale", [1.0, 2.0], ids=["screen", "export twice as fine"])
@pytest.mark.parametrize("name", ELEMENTS)
def test_each_element_is_painted_at_its_place(name, scale):
    element = ELEMENTS[name]
    transform = element.transform or make_scene(VOLUME, index=10).transform
    inked = ink(painted(list(element.items()), transform, VIEW, scale))
    assert misplaced(inked, element.places, scale) == []


# --- guards ----------------------------------------------------------------------------------


def makers(sources: Iterable[str]) -> set[str]:
    """Public functions that return several drawables."""
    found = set()
    for source in sources:
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.returns:
                returns = ast.unparse(node.returns)
                if "Drawable" in returns and returns != "Drawable":
                    found.add(node.name)
    return found


def pictured() -> set[str]:
    return {name.split(",")[0] for name in ELEMENTS}


def test_every_kind_every_part_and_every_maker_has_a_picture():
    assert set(KINDS) == set(get_args(Drawable)) == set(_PAINTERS)
    assert {element.part for element in ELEMENTS.values()} >= set(Part)
    sources = (path.read_text("utf-8") for path in (PROJECT_ROOT / "viewer/app").glob("*.py"))
    assert makers(sources) - {"compose"} == pictured()


def test_an_element_without_a_picture_is_found():
    new = "def bookmarks(view) -> list[Drawable]:\n    return []\ndef text(x) -> str: ...\n"
    assert makers([new]) - pictured() == {"bookmarks"}


def test_ink_at_a_wrong_place_is_found():
    item, place = KINDS[PolylineItem]
    inked = ink(painted([item], TRANSFORM, SIZE))
    assert misplaced(inked, [place]) == []
    assert misplaced(inked, [replace(place, left=64.0)]) == ["0: left is 59.0, not 64.0"]
    assert misplaced(inked, [Place((0, 0, 50, 50))])[0] == "0: no ink"
    assert misplaced(inked, [replace(place, window=(0, 0, 100, 60))])[-1].startswith("ink beside")
    empty = np.full((*SIZE[::-1], 3), GROUND, np.uint8)
    assert not ink(empty).any()
