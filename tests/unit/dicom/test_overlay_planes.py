"""Overlay planes lie where the files put them; those that lie are left out, the image shows."""

import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from tests.support.dicom_writer import UNCOMPRESSED, enhanced_set, save, write_series
from tests.support.graphics_writer import (
    SHAPE_YX,
    drawing,
    image_set,
    put_overlay,
    stack_of,
    volume_of,
)
from viewer.app.describe import describe_stack
from viewer.core.caveats import CaveatCode
from viewer.core.image_graphics import OverlayKind
from viewer.core.progress import SilentContext
from viewer.core.volume import Volume
from viewer.dicom.loader import load, require_image_stack
from viewer.dicom.scan import scan


def masks(volume: Volume, z: int = 0) -> list[np.ndarray]:
    graphics = volume.graphics.get(z)
    return [] if graphics is None else [one.mask.unpacked() for one in graphics.overlays]


def dropped(volume: Volume) -> str:
    return next((c.text for c in volume.caveats if c.code is CaveatCode.OVERLAY_DROPPED), "")


@pytest.mark.parametrize("uid", UNCOMPRESSED)
@pytest.mark.parametrize("vr", ["OW", "OB"])
def test_an_overlay_lies_where_it_was_drawn(tmp_path, uid, vr):
    one = image_set()
    put_overlay(one, drawing(), label="Lesion", vr=vr)
    if uid.endswith("1.2.2") and vr == "OW":  # pydicom leaves the order of the words to its caller
        element = one[0x6000, 0x3000]
        element.value = np.frombuffer(element.value, "<u2").astype(">u2").tobytes()
    volume = volume_of(save(one, tmp_path / "a", uid))
    (mask,) = masks(volume)
    np.testing.assert_array_equal(mask, drawing())
    (plane,) = volume.stack.overlays
    assert (plane.name, plane.label, plane.kind) == ("6000", "Lesion", OverlayKind.GRAPHICS)
    assert (plane.rows, plane.columns) == SHAPE_YX
    assert dropped(volume) == ""


def test_info_lists_the_planes(tmp_path):
    one = image_set()
    put_overlay(one, drawing((21, 30)), 0x601E, kind="R", label="Liver")
    assert describe_stack(stack_of(save(one, tmp_path / "a")))["overlays"] == [
        {"group": "601E", "label": "Liver", "type": "R", "rows": 21, "columns": 30}
    ]


def test_voxels_know_nothing_of_overlays(tmp_path):
    plain = volume_of(save(image_set(), tmp_path / "plain"))
    one = image_set()
    put_overlay(one, drawing())
    np.testing.assert_array_equal(volume_of(save(one, tmp_path / "over")).data, plain.data)
    assert plain.graphics == {}
    assert plain.stack.overlays == ()


def test_sixteen_planes_in_the_order_of_their_groups(tmp_path):
    one = image_set()
    groups = list(range(0x6000, 0x6020, 2))
    for number, group in enumerate(reversed(groups)):
        mask = np.zeros(SHAPE_YX, bool)
        mask[number, 2 * number] = True
        put_overlay(one, mask, group, kind="R" if number % 2 else "G")
    volume = volume_of(save(one, tmp_path / "a"))
    assert [plane.group for plane in volume.stack.overlays] == groups
    where = [tuple(int(n) for n in np.argwhere(mask)[0]) for mask in masks(volume)]
    assert where == [(n, 2 * n) for n in reversed(range(16))]
    kinds = [one.plane.kind for one in volume.graphics[0].overlays]
    assert kinds == [OverlayKind.ROI, OverlayKind.GRAPHICS] * 8


@pytest.mark.parametrize("origin", [(1, 1), (4, 6), (-3, 5), (9, -8), (-2, -6), (0, 0), (33, 39)])
def test_origin_shifts_the_plane_and_the_image_cuts_it_off(tmp_path, origin):
    own = drawing((21, 30))
    one = image_set()
    put_overlay(one, own, origin=origin)
    expected = np.zeros(SHAPE_YX, bool)
    for y, x in np.argwhere(own):
        row, column = y + origin[0] - 1, x + origin[1] - 1
        if 0 <= row < SHAPE_YX[0] and 0 <= column < SHAPE_YX[1]:
            expected[row, column] = True
    found = masks(volume_of(save(one, tmp_path / "a")))
    np.testing.assert_array_equal(found[0] if found else np.zeros(SHAPE_YX, bool), expected)


def test_a_plane_larger_than_the_image_is_cut_to_it(tmp_path):
    own = drawing((50, 61))
    one = image_set()
    put_overlay(one, own, origin=(-4, -9))
    (mask,) = masks(volume_of(save(one, tmp_path / "a")))
    np.testing.assert_array_equal(mask, own[5 : 5 + 36, 10 : 10 + 40])


@pytest.mark.parametrize(
    ("first", "expected"), [(None, [0, 1, 2, None, None, None]), (3, [None, None, 0, 1, 2, None])]
)
def test_frames_of_an_overlay_belong_to_frames_of_the_image(tmp_path, first, expected):
    one, hu = enhanced_set(write_series(tmp_path / "s")), 6
    frames = np.stack([np.roll(drawing(), n, axis=1) for n in range(3)])
    put_overlay(one, frames)
    if first is not None:
        one.add_new((0x6000, 0x0051), "US", first)
    volume = volume_of(save(one, tmp_path / "e"))
    for z in range(hu):
        found = masks(volume, z)
        if expected[z] is None:
            assert found == []
        else:
            np.testing.assert_array_equal(found[0], frames[expected[z]])


def test_an_overlay_without_frames_belongs_to_all_of_them_and_is_kept_once(tmp_path):
    one = enhanced_set(write_series(tmp_path / "s"))
    put_overlay(one, drawing())
    volume = volume_of(save(one, tmp_path / "e"))
    np.testing.assert_array_equal(masks(volume, 5)[0], drawing())
    kept = {id(graphics.overlays[0].mask) for graphics in volume.graphics.values()}
    assert len(volume.graphics) == 6
    assert len(kept) == 1


def test_each_slice_has_the_overlay_of_its_file(tmp_path):
    def change(one: Dataset, z: int) -> None:
        if z in (1, 4):
            put_overlay(one, np.roll(drawing(), z, axis=0))

    write_series(tmp_path, change=change)
    volume = volume_of(tmp_path)
    assert sorted(volume.graphics) == [1, 4]
    np.testing.assert_array_equal(masks(volume, 4)[0], np.roll(drawing(), 4, axis=0))
    assert len(volume.stack.overlays) == 1


def test_an_overlay_in_a_zip_archive(tmp_path):
    one = image_set()
    put_overlay(one, drawing())
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(save(one, tmp_path / "a"), "a")
    np.testing.assert_array_equal(masks(volume_of(tmp_path / "a.zip"))[0], drawing())


def test_an_interpolated_slice_has_none(tmp_path):
    write_series(
        tmp_path,
        positions_mm=[0, 2.5, 5, 8.3, 10, 12.5],
        change=lambda one, z: put_overlay(one, drawing()),
    )
    resampled, acquired = scan(SilentContext(), [tmp_path]).stacks()
    plans = require_image_stack(resampled).plan
    direct = {z for z, plan in enumerate(plans) if plan is not None and plan.is_direct}
    assert set(load(SilentContext(), resampled).graphics) == direct != set(range(6))
    assert len(load(SilentContext(), acquired).graphics) == 6


@pytest.mark.parametrize("bit", [12, 15])
@pytest.mark.parametrize("uid", UNCOMPRESSED)
def test_a_plane_in_unused_bits_of_the_pixels(tmp_path, bit, uid):
    plain = volume_of(save(image_set(), tmp_path / "plain"))
    one = image_set()
    stored = np.frombuffer(one.PixelData, "<u2").reshape(SHAPE_YX)
    one.PixelData = (stored | drawing().astype(np.uint16) << bit).astype("<u2").tobytes()
    put_overlay(one, drawing())
    del one[0x6000, 0x3000]
    one[0x6000, 0x0100].value, one[0x6000, 0x0102].value = 16, bit
    volume = volume_of(save(one, tmp_path / "a", uid))
    np.testing.assert_array_equal(masks(volume)[0], drawing())
    np.testing.assert_array_equal(volume.data, plain.data)


def _without(tag: int):
    return lambda one: one.__delitem__((0x6000, tag))


def _with(tag: int, vr: str, value: object):
    return lambda one: one.add_new((0x6000, tag), vr, value)


LIES = {
    "too few bytes": (_with(0x3000, "OW", bytes(10)), "but has 10 bytes"),
    "absurd rows": (_with(0x0010, "US", 65_535), "claims 65535 x 40 pixels"),
    "absurd frames": (_with(0x0015, "IS", 2_000_000_000), "x 2000000000 frames"),
    "no rows": (_without(0x0010), "no valid number of rows"),
    "zero columns": (_with(0x0011, "US", 0), "no valid number of rows"),
    "no data": (_without(0x3000), "has no data"),
    "eight bits": (_with(0x0100, "US", 8), "stores 8 bits"),
    "far away": (_with(0x0050, "SS", [400, 1]), "lies outside the image"),
}


@pytest.mark.parametrize("lie", LIES)
def test_an_overlay_that_lies_is_left_out_and_told(tmp_path, lie):
    plain = volume_of(save(image_set(), tmp_path / "plain"))
    change, reason = LIES[lie]
    one = image_set()
    put_overlay(one, drawing())
    put_overlay(one, drawing(), 0x6002)
    change(one)
    volume = volume_of(save(one, tmp_path / "a"))
    np.testing.assert_array_equal(volume.data, plain.data)
    assert [plane.group for plane in volume.stack.overlays] == [0x6002]
    assert dropped(volume).startswith("left out: overlay plane 6000 ")
    assert reason in dropped(volume)


@pytest.mark.parametrize("bit", [3, 11, 16, 400])
def test_a_plane_in_bits_that_are_not_free_is_left_out(tmp_path, bit):
    one = image_set()
    put_overlay(one, drawing())
    del one[0x6000, 0x3000]
    one[0x6000, 0x0100].value, one[0x6000, 0x0102].value = 16, bit
    volume = volume_of(save(one, tmp_path / "a"))
    assert f"claims bit {bit}" in dropped(volume)
    assert volume.graphics == {}


def test_a_file_that_shrinks_loses_its_overlay_only_where_it_cannot_be_read(tmp_path):
    one = image_set()
    put_overlay(one, drawing())
    path = save(one, tmp_path / "a")
    stack = stack_of(path)
    (source,) = require_image_stack(stack).graphics[0].overlays
    # The pixels cannot be cut off without the overlay: move the overlay instead.
    object.__setattr__(source, "offset", path.stat().st_size - 3)
    volume = load(SilentContext(), stack)
    assert volume.graphics == {}
    assert "is cut off" in dropped(volume)


def test_the_label_is_decoded(tmp_path):
    one = image_set()
    one.SpecificCharacterSet = "ISO_IR 100"
    put_overlay(one, drawing(), label="Größe")
    assert stack_of(save(one, tmp_path / "a")).overlays[0].label == "Größe"


def test_the_overlay_of_a_real_file_is_the_one_that_pydicom_finds():
    path = Path(str(get_testdata_file("examples_overlay.dcm", download=False)))
    volume = volume_of(path)
    (mask,) = masks(volume)
    np.testing.assert_array_equal(mask, pydicom.dcmread(path).overlay_array(0x6000) == 1)
    assert mask.any()
