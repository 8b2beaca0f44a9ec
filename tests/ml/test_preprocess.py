"""Patches: true millimetres, a grey scale free of slope and intercept, tile and HU the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.lidc import TILE_CENTRE, TileReader, read_nodules
from ml.predict import volume_inputs
from ml.preprocess import (
    PatchSpec,
    PatchSpecError,
    find_anchors,
    plane_to_patch,
    resample,
    slice_indices,
    with_neighbours,
)
from ml.score import tile_inputs
from tests.support.nodule_tiles import LUNG_HU, TileFolder, chest_plane_hu, stretched

SPEC = PatchSpec()


def test_a_patch_shows_true_millimetres_on_both_axes() -> None:
    plane = chest_plane_hu((200, 300), (0.6, 0.9), (90.3, 151.7), (9.0, 4.5))
    patch = plane_to_patch(plane, (0.6, 0.9), (90.3, 151.7), SPEC)
    above = patch > 0.5
    above[:, :12] = False  # the wall begins 25 mm left of the centre; the field ends at 18 mm
    rows, columns = np.nonzero(above)
    assert (np.ptp(rows) + 1) * SPEC.spacing_mm == pytest.approx(18.0, abs=1.5)
    assert (np.ptp(columns) + 1) * SPEC.spacing_mm == pytest.approx(9.0, abs=1.5)
    assert rows.mean() == pytest.approx(23.5, abs=0.4)
    assert columns.mean() == pytest.approx(23.5, abs=0.4)


@settings(max_examples=20, deadline=None)
@given(slope=st.floats(0.01, 50), intercept=st.floats(-4000, 4000))
def test_a_patch_does_not_depend_on_slope_and_intercept(slope: float, intercept: float) -> None:
    plane = chest_plane_hu((120, 110), (0.7, 0.7), (60.0, 50.0), (6.0, 4.0))
    one = plane_to_patch(plane, (0.7, 0.7), (60.0, 50.0), SPEC)
    other = plane_to_patch(plane * slope + intercept, (0.7, 0.7), (60.0, 50.0), SPEC)
    np.testing.assert_allclose(one, other, atol=0.02)


def test_anchors_are_lung_and_soft_tissue_also_beside_scanner_padding() -> None:
    plane = chest_plane_hu((128, 128), (0.7, 0.7), (64.0, 64.0), (6.0, 4.0))
    clean = find_anchors(plane)
    assert clean.dark == pytest.approx(LUNG_HU, abs=5)
    assert clean.bright == pytest.approx(20, abs=30)
    plane[:40] = -3024
    padded = find_anchors(plane)
    assert padded.dark == pytest.approx(clean.dark, abs=5)
    assert padded.bright == pytest.approx(clean.bright, abs=30)


def test_a_flat_field_and_an_unmeasured_one_give_finite_patches() -> None:
    flat = plane_to_patch(np.full((50, 50), 7.0), (1.0, 1.0), (25.0, 25.0), SPEC)
    empty = plane_to_patch(np.full((50, 50), np.nan), (1.0, 1.0), (25.0, 25.0), SPEC)
    assert np.isfinite(flat).all()
    assert np.isfinite(empty).all()


def test_a_centre_at_the_image_border_gives_a_patch() -> None:
    plane = chest_plane_hu((64, 64), (0.7, 0.7), (0.0, 63.0), (6.0, 4.0))
    patch = plane_to_patch(plane, (0.7, 0.7), (0.0, 63.0), SPEC)
    assert patch.shape == (48, 48)
    assert patch[24, 23] > 0.8
    assert patch[0, 47] == 0


def test_resampling_a_ramp_is_exact() -> None:
    plane = (np.arange(60, dtype=np.float32)[:, None] * 2 + np.arange(70)[None]).astype(np.float32)
    patch = resample(plane, (0.5, 0.5), (30.0, 35.0), 9, 0.5)
    np.testing.assert_allclose(patch, plane[26:35, 31:40], atol=1e-3)


def test_neighbours_are_the_slices_before_and_after() -> None:
    patches = np.stack([np.full((4, 4), number, np.float32) for number in range(3)])
    joined = with_neighbours(patches)
    assert joined[:, 0, 0].tolist() == [[0, 0, 1], [0, 1, 2], [1, 2, 2]]


@pytest.mark.parametrize(
    ("centre", "diameter", "spacing", "expected"),
    [
        (20.0, 5.0, 0.7, (18, 19, 20, 21, 22)),
        (20.0, 9.0, 0.7, (16, 18, 20, 22, 24)),
        (20.0, 1.0, 2.5, (20,)),
        (0.0, 9.0, 0.7, (0, 2, 4)),
        (20.5, 4.0, 0.7, (19, 20, 21, 22)),
        (20.0, 30.0, 2.1, (16, 18, 20, 23, 25)),
    ],
)
def test_slices_spread_over_the_nodule(
    centre: float, diameter: float, spacing: float, expected: tuple[int, ...]
) -> None:
    assert slice_indices(centre, diameter, spacing, SPEC, 100) == expected


def test_a_tile_set_and_a_hu_volume_give_the_same_network_inputs(tmp_path) -> None:
    spacing = (1.5, 0.7, 0.7)
    scale = (0.5, 0.8, 1.0, 0.9, 0.6)
    planes = [
        chest_plane_hu((300, 260), spacing[1:], (140.5, 120.5), (8.0 * s, 5.0 * s)) for s in scale
    ]
    volume = np.full((12, 300, 260), LUNG_HU, np.float32)
    volume[4:9] = planes
    cut = (slice(140 - 64, 140 + 64), slice(120 - 64, 120 + 64))
    tiles = TileFolder(tmp_path)
    tiles.add({"key": "N", "spacing": 0.7}, [stretched(plane[cut]) for plane in planes])
    (nodule,) = read_nodules(tiles.write())

    from_tiles = tile_inputs(nodule, TileReader(tmp_path), SPEC)
    chosen, from_volume = volume_inputs(
        np.round(volume).astype(np.int16), spacing, (6.0, 140.5, 120.5), 5 * 1.5 / 0.7, SPEC
    )

    assert chosen == (4, 5, 6, 7, 8)
    assert TILE_CENTRE == (64.5, 64.5)
    np.testing.assert_allclose(from_tiles, from_volume, atol=0.03)
    assert np.abs(from_tiles[0] - from_tiles[2]).max() > 0.5  # the slices do differ


@pytest.mark.parametrize(
    "change",
    [
        {"size_px": 4000},
        {"spacing_mm": 0},
        {"slices": 0},
        {"grey_low": 1.0},
        {"anchor_field_mm": 20},
    ],
)
def test_settings_out_of_bounds_are_refused(change: dict[str, float]) -> None:
    assert PatchSpec.from_json(SPEC.to_json()) == SPEC
    with pytest.raises(PatchSpecError):
        PatchSpec.from_json(SPEC.to_json() | change)
    with pytest.raises(PatchSpecError):
        PatchSpec.from_json({})
