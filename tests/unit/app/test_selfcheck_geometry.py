"""Lengths, angles, letters and volumes fail when places are wrong."""

from dataclasses import replace

import pytest

from viewer.app import selfcheck_geometry
from viewer.app.selfcheck_lab import cut_here, open_series
from viewer.core import plane
from viewer.core.geometry import direction_letters
from viewer.imaging.mesh import Mesh
from viewer.imaging.phantom_quality import CORNER


def test_swapped_letters(failed_checks, monkeypatch):
    swap = str.maketrans("RL", "LR")
    monkeypatch.setattr(plane, "direction_letters", lambda d: direction_letters(d).translate(swap))
    wrong = failed_checks("letters", "position")
    assert {"letters.axial", "letters.coronal", "letters.left"} <= wrong
    assert {"position.feet-first-prone-letters", "position.on-the-side-letters"} <= wrong
    assert not {"letters.sagittal", "letters.posterior", "letters.superior"} & wrong


def test_pictures_that_differ_by_position(failed_checks, monkeypatch):
    def mirrored(ctx, folder):
        volume = open_series(ctx, folder)
        return replace(volume, data=volume.data + 40)

    monkeypatch.setattr(selfcheck_geometry, "open_series", mirrored)
    assert failed_checks("position") == {
        "position.feet-first-prone-pictures",
        "position.on-the-side-pictures",
    }


@pytest.mark.parametrize(
    ("flip", "ids"),
    [
        ((slice(None), slice(None), slice(None, None, -1)), {"length.completed", "series.order"}),
        ((slice(None), slice(None, None, -1)), {"length.completed", "letters.completed"}),
        ((slice(None, None, -1),), {"series.order", "letters.completed", "volume.sphere"}),
    ],
    ids=["left-right", "front-back", "head-feet"],
)
def test_a_flipped_volume(failed_checks, spoil_volumes, flip, ids):
    spoil_volumes(lambda volume: replace(volume, data=volume.data[flip]))
    sections = {id.partition(".")[0] for id in ids}
    assert ids <= failed_checks(*sections)


@pytest.mark.parametrize(
    ("axis", "ids"),
    [
        (0, {"length.through", "length.coronal", "angle.coronal", "series.spacing"}),
        (1, {"length.axial", "length.sagittal", "angle.axial", "series.pixel-down"}),
        (2, {"length.in-plane", "length.axial", "angle.axial", "series.pixel-across"}),
    ],
    ids="zyx",
)
def test_a_wrong_spacing(failed_checks, spoil_volumes, axis, ids):
    def stretched(volume):
        geometry = volume.geometry
        spacing = list(geometry.spacing_zyx_mm)
        spacing[axis] *= 1.05
        # About the beads, so that they are still found where they must be.
        place = CORNER.centre_lps
        index = geometry.lps_to_index(place)
        new = replace(geometry, spacing_zyx_mm=tuple(spacing))
        origin = new.origin_lps_mm + place - new.index_to_lps(index)
        return replace(volume, geometry=replace(new, origin_lps_mm=origin))

    spoil_volumes(stretched)
    assert ids <= failed_checks("length", "angle", "series")


def test_a_length_that_is_worded_wrongly(failed_checks, monkeypatch):
    monkeypatch.setattr(selfcheck_geometry, "length_text", lambda shape, geometry: "2.9 cm")
    assert failed_checks("length") == {"length.text"}


def test_a_swollen_surface(failed_checks):
    def swollen(ctx, volume, request):
        mesh = cut_here(ctx, volume, request)
        points = mesh.vertices_lps_mm * 1.01
        return Mesh(points, mesh.faces, mesh.normals)

    assert failed_checks("volume", cut=swollen) == {"volume.surface", "volume.place"}


def test_volumes_by_voxels(failed_checks, spoil_volumes):
    def thicker(volume):
        z, y, x = volume.geometry.spacing_zyx_mm
        wrong = replace(volume.geometry, spacing_zyx_mm=(z * 1.04, y, x))
        return replace(volume, geometry=wrong)

    spoil_volumes(thicker)
    assert {"volume.sphere", "volume.surface"} <= failed_checks("volume")
