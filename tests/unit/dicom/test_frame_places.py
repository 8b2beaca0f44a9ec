"""Frames of dose grids and nuclear tomograms: places by hand."""

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.frame_places import FramePlaces, frame_places
from viewer.dicom.parser import Syntax, parse

CORONAL = [1, 0, 0, 0, 0, -1]
"""Its normal points to the back: (0, 1, 0)."""


def places_of(one, frames, *, implicit=False) -> FramePlaces:
    places = frame_places(values_of(one, implicit=implicit), frames)
    assert places is not None
    return places


def values_of(one, *, implicit=False):
    file = DicomBytesIO()
    file.is_implicit_VR, file.is_little_endian = implicit, True
    write_dataset(file, one)
    data = file.getvalue()
    return Values(parse(data, 0, len(data), Syntax(implicit, True), tags.WANTED))


def tomogram(spacing=4.0, **changes):
    one = Dataset()
    one.ImageType = ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"]
    one.SpacingBetweenSlices = spacing
    one.SliceVector = [3, 1, 2]
    detector = Dataset()
    detector.ImagePositionPatient = [10, 20, 30]
    detector.ImageOrientationPatient = CORONAL
    one.DetectorInformationSequence = [detector]
    for keyword, value in changes.items():
        setattr(one, keyword, value)
    return one


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize(("spacing", "ys"), [(4.0, [28, 20, 24]), (-4.0, [12, 20, 16])])
def test_slice_numbers_and_the_sign_of_the_spacing(implicit, spacing, ys):
    places = places_of(tomogram(spacing), 3, implicit=implicit)
    np.testing.assert_allclose(places.positions, [(10, y, 30) for y in ys])
    assert places.orientation == (1, 0, 0, 0, 0, -1)
    assert places.time_points == ()


def test_gated_tomograms_have_a_volume_for_each_time_slot():
    gated = tomogram(SliceVector=[1, 2, 1, 2], TimeSlotVector=[1, 1, 2, 2])
    gated.EnergyWindowVector = [1, 1, 1, 1]
    places = places_of(gated, 4)
    assert places.time_points == ("time slot 1", "time slot 1", "time slot 2", "time slot 2")
    np.testing.assert_allclose(np.array(places.positions)[:, 1], [20, 24, 20, 24])


@pytest.mark.parametrize(
    "changes",
    [
        {"ImageType": ["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"]},
        {"SliceVector": [1, 2]},
        {"SpacingBetweenSlices": None},
        {"DetectorInformationSequence": []},
    ],
)
def test_projections_and_incomplete_headers_have_no_places(changes):
    assert frame_places(values_of(tomogram(**changes)), 3) is None


@pytest.mark.parametrize("offsets", [[0, 3, 9], [-30, -27, -21]])
def test_dose_grids_may_count_from_the_first_plane_or_from_the_origin(offsets):
    one = Dataset()
    one.ImagePositionPatient, one.ImageOrientationPatient = [1, 2, -30], [1, 0, 0, 0, 1, 0]
    one.GridFrameOffsetVector = offsets
    places = places_of(one, 3)
    np.testing.assert_allclose(places.positions, [(1, 2, -30), (1, 2, -27), (1, 2, -21)])
    assert frame_places(values_of(one), 4) is None
