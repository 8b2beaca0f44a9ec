"""Overlays as values: what they say, where they stand, when they are silent."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.overlay_scenes import at, compose, corner, make_scene, texts
from tests.support.volumes import make_geometry, make_volume
from viewer.app.mark_values import length_text
from viewer.app.overlays import EXPORT_PARTS, Part, parts_of_level
from viewer.app.roi_cache import RoiCache
from viewer.core.analysis import Finding, Interval
from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.drawable import (
    Align,
    ArrowItem,
    EllipseItem,
    HandleItem,
    PolylineItem,
    RulerItem,
    TextItem,
)
from viewer.core.geometry import Calibration
from viewer.core.plane import Orientation, slice_plane
from viewer.core.shapes import ArrowShape, EllipseShape, LengthShape
from viewer.core.study import FrameRef


def make_shape(kind, volume, **points):
    return kind(
        frame_of_reference_uid="1.2.3",
        stack=volume.stack.key,
        normal_lps=(0.0, 0.0, 1.0),
        **points,
    )


def test_four_corners():
    items = compose(make_scene(cursor_lps=at(make_volume(), 3, 4, 5)))
    assert corner(items, Align.TOP_LEFT) == "Doe, Jane\nP-7\n1950-12-31  075Y  F"
    assert corner(items, Align.TOP_RIGHT) == "Hospital\nChest\nAcc A1\n2026-01-02  10:15:30"
    assert corner(items, Align.BOTTOM_RIGHT) == (
        "Se 3  Thin\nThickness 2.5 mm  120 kVp  B70f\nLoc I 93.5 mm\nIm 4 / 7  Inst 4"
    )
    bottom_left = corner(items, Align.BOTTOM_LEFT).splitlines()
    assert bottom_left[0] == "-155 HU"
    assert bottom_left[1] == "R 26.5  P 14.2  I 93.5 mm"
    assert bottom_left[3] == "W 1500  L -600  Lung"


def test_a_reformatted_plane_says_so():
    items = compose(make_scene(orientation=Orientation.SAGITTAL, index=0))
    assert corner(items, Align.BOTTOM_RIGHT).endswith("Loc R 30.0 mm\nMPR 1 / 12")


def test_small_viewports_keep_the_most_needed_lines():
    items = compose(make_scene(size_px=(300.0, 280.0)))
    assert corner(items, Align.TOP_LEFT) == "Doe, Jane\nP-7"
    expected = "Se 3  Thin\nThickness 2.5 mm\nLoc I 93.5 mm\nIm 4 / 7  Inst 4"
    assert corner(items, Align.BOTTOM_RIGHT) == expected


def test_the_number_in_the_file_stands_beside_the_place_in_the_stack():
    # Seven places, the third without an image, the files numbered downwards from 81.
    frames = tuple(FrameRef("x", "", 0, f"1.{n}", 81 - n, None) for n in range(6))
    volume = make_volume(placeholders=(2,), frames=frames, frame_of_slice=(0, 1, None, 2, 3, 4, 5))

    def number(**changes):
        return corner(compose(make_scene(volume, **changes)), Align.BOTTOM_RIGHT).splitlines()[-1]

    assert number(index=4) == "Im 5 / 7  Inst 78"
    assert number(index=2) == "Im 3 / 7"
    assert number(orientation=Orientation.CORONAL, index=4) == "MPR 5 / 10"
    nameless = make_volume(frames=tuple(replace(f, instance_number=None) for f in frames) * 2)
    assert corner(compose(make_scene(nameless)), Align.BOTTOM_RIGHT).endswith("Im 4 / 7")


@pytest.mark.parametrize(
    ("orientation", "letters"),
    [
        (Orientation.AXIAL, "RLAP"),
        (Orientation.CORONAL, "RLSI"),
        (Orientation.SAGITTAL, "APSI"),
    ],
)
def test_orientation_letters(orientation, letters):
    items = compose(make_scene(orientation=orientation, index=1, parts=frozenset({Part.LETTERS})))
    edges = (Align.LEFT, Align.RIGHT, Align.TOP, Align.BOTTOM)
    assert {item.align: item.text for item in items} == dict(zip(edges, letters, strict=True))


def test_compound_letters_on_a_turned_volume():
    turn = np.radians(30)
    direction = np.array(
        [[0, 0, 1], [-np.sin(turn), np.cos(turn), 0], [np.cos(turn), np.sin(turn), 0]]
    )
    volume = make_volume(make_geometry(direction_lps=direction))
    items = compose(make_scene(volume, parts=frozenset({Part.LETTERS})))
    assert {i.align: i.text for i in items}[Align.RIGHT] == "LP"


def test_no_letters_without_orientation_and_no_ruler_without_calibration():
    geometry = make_geometry(orientation_known=False, calibration=Calibration.NONE)
    items = compose(make_scene(make_volume(geometry), parts=frozenset(Part)))
    assert not [i for i in items if isinstance(i, RulerItem)]
    assert not {"R", "L", "A", "P"} & set(texts(items))


def test_rulers_name_their_calibration_and_keep_off_unknown_slice_distances():
    detector = make_volume(make_geometry(calibration=Calibration.DETECTOR))
    rulers = compose(make_scene(detector, parts=frozenset({Part.RULER})))
    assert [(r.vertical, r.unit) for r in rulers] == [
        (True, "mm at detector"),
        (False, "mm at detector"),
    ]
    loose = make_volume(make_geometry(z_known=False))
    rulers = compose(
        make_scene(loose, orientation=Orientation.CORONAL, parts=frozenset({Part.RULER}))
    )
    assert [r.vertical for r in rulers] == [False]


def test_a_length_is_drawn_on_its_slice_only_with_its_value():
    volume = make_volume()
    shape = make_shape(
        LengthShape, volume, start_lps=at(volume, 3, 2, 1), end_lps=at(volume, 3, 5, 5)
    )
    items = compose(make_scene(volume, shapes=(shape,), parts=frozenset({Part.MARKS})))
    line, label = items
    np.testing.assert_allclose(line.points, [(0.7, 1.6), (3.5, 4.0)])
    assert label.text == f"{np.hypot(4 * 0.7, 3 * 0.8):.1f} mm"
    for other in (2, 4):
        scene = make_scene(volume, index=other, shapes=(shape,), parts=frozenset({Part.MARKS}))
        assert compose(scene) == []


def test_a_mark_made_in_one_plane_lands_on_the_same_voxels_in_another():
    volume = make_volume()
    shape = make_shape(
        LengthShape, volume, start_lps=at(volume, 1, 4, 2), end_lps=at(volume, 5, 4, 9)
    )
    scene = make_scene(
        volume, Orientation.CORONAL, 4, shapes=(shape,), parts=frozenset({Part.MARKS})
    )
    line = compose(scene)[0]
    np.testing.assert_allclose(line.points, [(2 * 0.7, 5 * 2.5), (9 * 0.7, 1 * 2.5)])


def test_lengths_in_other_calibrations():
    points = {"start": (3, 2, 1), "end": (3, 5, 5)}

    def text(**geometry):
        volume = make_volume(make_geometry(**geometry))
        shape = make_shape(
            LengthShape,
            volume,
            **{f"{name}_lps": at(volume, *index) for name, index in points.items()},
        )
        return length_text(shape, volume.geometry)

    assert text(calibration=Calibration.DETECTOR) == "3.7 mm at detector"
    assert text(calibration=Calibration.NONE) == "5.0 px"
    points["end"] = (5, 5, 5)
    assert text(z_known=False) == "no length: slice distance unknown"


def test_an_ellipse_shows_numpys_statistics_in_their_unit():
    volume = make_volume(make_geometry((3, 40, 50)))
    shape = make_shape(
        EllipseShape,
        volume,
        center=at(volume, 1, 20, 30),
        half_axis_u=(7.0, 0.0, 0.0),
        half_axis_v=(0.0, 4.0, 0.0),
    )
    scene = make_scene(volume, index=1, shapes=(shape,), parts=frozenset({Part.MARKS}))
    items = compose(replace(scene, selected=shape.uid))
    y, x = np.indices((40, 50))
    inside = ((x - 30) * 0.7 / 7) ** 2 + ((y - 20) * 0.8 / 4) ** 2 <= 1 + 1e-9
    values = volume.data[1][inside].astype(float)
    assert items[1].text == (
        f"Mean {values.mean():.1f}  SD {values.std():.1f} HU\n"
        f"Min {values.min():g}  Max {values.max():g}  Median {np.median(values):g} HU\n"
        f"Area {np.pi * 28:.1f} mm²  N {inside.sum()}"
    )
    short = next(item for item in compose(scene) if isinstance(item, TextItem))
    assert short.text == f"{values.mean():.1f} ± {values.std():.1f} HU\n{np.pi * 28:.1f} mm²"
    assert isinstance(items[0], EllipseItem)
    np.testing.assert_allclose(items[0].center, (30 * 0.7, 20 * 0.8))


def test_an_ellipse_on_a_slice_that_has_not_come_yet_has_no_numbers():
    volume = make_volume()
    shape = make_shape(
        EllipseShape,
        volume,
        center=at(volume, 3, 5, 6),
        half_axis_u=(2.0, 0.0, 0.0),
        half_axis_v=(0.0, 2.0, 0.0),
    )
    scene = make_scene(
        volume, shapes=(shape,), loaded=frozenset({1}), parts=frozenset({Part.MARKS})
    )
    assert texts(compose(scene)) == ["Loading this slice…", "loading…"]


def test_statistics_are_kept_until_shape_or_volume_change():
    volume, cache = make_volume(), RoiCache()
    shape = make_shape(
        EllipseShape,
        volume,
        center=at(volume, 3, 5, 6),
        half_axis_u=(2.0, 0.0, 0.0),
        half_axis_v=(0.0, 2.0, 0.0),
    )
    first = cache.statistics(volume, shape)
    assert cache.statistics(volume, shape) is first
    assert cache.statistics(volume, replace(shape, half_axis_u=(3.0, 0.0, 0.0))) is not first
    assert cache.statistics(make_volume(), shape) is not first


def test_a_selected_mark_has_grips_and_a_draft_replaces_its_original():
    volume = make_volume()
    shape = make_shape(
        ArrowShape, volume, tip_lps=at(volume, 3, 2, 2), tail_lps=at(volume, 3, 6, 8), text="here"
    )
    draft = replace(shape, tail_lps=at(volume, 3, 7, 9))
    scene = make_scene(volume, shapes=(shape,), draft=draft, parts=frozenset({Part.MARKS}))
    items = compose(scene)
    arrows = [item for item in items if isinstance(item, ArrowItem)]
    assert len(arrows) == 1
    np.testing.assert_allclose(arrows[0].tail, (9 * 0.7, 7 * 0.8))
    assert texts(items) == ["here"]
    assert len([item for item in items if isinstance(item, HandleItem)]) == 2


def test_marks_of_another_frame_are_left_out():
    volume = make_volume()
    shape = replace(
        make_shape(LengthShape, volume, start_lps=at(volume, 3, 2, 1), end_lps=at(volume, 3, 5, 5)),
        frame_of_reference_uid="other",
        stack=replace(volume.stack.key, series_uid="other"),
    )
    assert compose(make_scene(volume, shapes=(shape,), parts=frozenset({Part.MARKS}))) == []


def test_crosshair_lines_lie_where_the_other_slices_are():
    volume = make_volume()
    others = (
        (Orientation.CORONAL, slice_plane(volume.geometry, Orientation.CORONAL, 4)),
        (Orientation.SAGITTAL, slice_plane(volume.geometry, Orientation.SAGITTAL, 9)),
    )
    items = compose(make_scene(volume, other_planes=others, parts=frozenset({Part.CROSSHAIR})))
    assert all(isinstance(item, PolylineItem) for item in items)
    across = [p[1] for item in items[:2] for p in item.points]
    upright = [p[0] for item in items[2:] for p in item.points]
    np.testing.assert_allclose(across, 4 * 0.8)
    np.testing.assert_allclose(upright, 9 * 0.7)
    assert items[0].style != items[2].style
    assert items[0].style.dash != items[2].style.dash
    # Open around the crossing, closed off at the image's edges.
    xs = sorted(p[0] for item in items[:2] for p in item.points)
    assert xs[0] == pytest.approx(-0.35)
    assert xs[1] < 9 * 0.7 < xs[2]


def make_finding(position, diameter):
    return Finding("1", position, 3, diameter, 100.0, 20.0, "solid", 0.4, Interval(0.2, 0.6))


def test_rings_mark_findings_on_the_slices_they_reach():
    volume = make_volume(make_geometry((20, 60, 60)))
    finding = make_finding(at(volume, 10, 30, 20), 10.0)
    for index, there in ((10, True), (12, True), (13, False)):
        items = compose(
            make_scene(volume, index=index, findings=(finding,), parts=frozenset({Part.FINDINGS}))
        )
        assert bool(items) is there
    ring, number = compose(
        make_scene(volume, index=12, findings=(finding,), parts=frozenset({Part.FINDINGS}))
    )
    np.testing.assert_allclose(ring.center, (20 * 0.7, 30 * 0.8))
    assert ring.half_u[0] == pytest.approx(np.sqrt(6.5**2 - 5.0**2))
    assert number.text == "1"


def test_findings_that_do_not_count_stay_in_the_background():
    volume = make_volume(make_geometry((20, 60, 60)))
    counted = make_finding(at(volume, 10, 30, 20), 10.0)
    aside = replace(make_finding(at(volume, 10, 20, 40), 8.0), counts=False)
    scene = make_scene(
        volume, index=10, findings=(aside, counted), parts=frozenset({Part.FINDINGS})
    )
    dim, ring, number = compose(scene)
    np.testing.assert_allclose(dim.center, (40 * 0.7, 20 * 0.8))
    assert dim.style.dash
    assert not ring.style.dash
    assert dim.style.width_px < ring.style.width_px

    def light(style):
        return sum(int(style.colour[i : i + 2], 16) for i in (1, 3, 5))

    assert light(dim.style) < light(ring.style)
    assert number.text == "2"  # as in the list, which has all of them


def test_absent_slices_are_told_in_both_directions():
    volume = make_volume(placeholders=(2,))
    axial = compose(make_scene(volume, index=2, parts=frozenset()))
    assert texts(axial) == ["No image at this position"]
    coronal = compose(make_scene(volume, Orientation.CORONAL, 1, parts=frozenset()))
    outline = coronal[0]
    assert outline.closed
    # Slice 2 of 7 is the fifth row from the top, 2.5 mm each.
    assert sorted({round(p[1], 6) for p in outline.points}) == [8.75, 11.25]
    loading = compose(make_scene(make_volume(), loaded=frozenset(), parts=frozenset()))
    assert texts(loading) == ["Loading this slice…"]


def test_exports_carry_badge_and_stamp():
    note = Caveat(CaveatCode.SINGLE_SLICE, "one image")
    caveats = (Caveat(CaveatCode.LOSSY, "x", "lossy 12:1"), Caveat(CaveatCode.GAP, "y"), note)
    volume = make_volume(caveats=caveats, lossy_ratio=12.0)
    words = texts(compose(make_scene(volume, parts=EXPORT_PARTS)))
    assert "lossy 12:1 · slices missing" in words
    assert "Research and education. Not a medical device." in words
    assert Part.CROSSHAIR not in EXPORT_PARTS


def test_data_without_caveats_burn_nothing_in():
    words = texts(compose(make_scene(parts=frozenset({Part.BADGES, Part.STAMP}))))
    assert words == ["Research and education. Not a medical device."]
    note = make_volume(caveats=(Caveat(CaveatCode.SINGLE_SLICE, "one image"),))
    assert texts(compose(make_scene(note, parts=frozenset({Part.BADGES})))) == []


@pytest.mark.parametrize(("level", "corners"), [("all", 4), ("minimal", 0), ("none", 0)])
def test_levels(level, corners):
    items = compose(make_scene(parts=parts_of_level(level)))
    found = [i for i in items if isinstance(i, TextItem) and "\n" in i.text]
    assert len(found) == corners
