"""Radiographs and other images without a place in space: views, letters, stacks of their own."""

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.support.dicom_writer import analytic_hu, save, slice_set
from viewer.app.describe import describe_stack
from viewer.core.caveats import CaveatCode
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan

DX = "1.2.840.10008.5.1.4.1.1.1.1"


def write_radiograph(path, number=0, modality="DX", **values):
    one = slice_set(analytic_hu()[number], number)
    for keyword in ("ImageOrientationPatient", "PixelSpacing", "RescaleSlope", "RescaleIntercept"):
        delattr(one, keyword)
    one.SOPClassUID, one.Modality = DX, modality
    for keyword, value in values.items():
        setattr(one, keyword, value)
    save(one, path)


def stacks_of(path):
    return scan(SilentContext(), [path]).stacks()


@pytest.mark.parametrize("modality", ["CR", "DX", "MG"])
def test_each_radiograph_of_a_series_is_a_stack(tmp_path, modality):
    views = ("CC", "MLO", "CC", "CC")
    for number, view in enumerate(views):
        side = "R" if number == 2 else "L"
        write_radiograph(
            tmp_path / str(number),
            number,
            modality,
            ViewPosition=view,
            ImageLaterality=side,
            WindowCenter=100 * number,
            WindowWidth=50 + number,
        )
    stacks = stacks_of(tmp_path)
    assert [len(stack.frames) for stack in stacks] == [1, 1, 1, 1]
    assert sorted(stack.labels.view for stack in stacks) == ["L CC", "L CC", "L MLO", "R CC"]
    assert sorted(stack.windows[0].window.width for stack in stacks) == [50, 51, 52, 53]
    assert len({stack.labels.part for stack in stacks}) == 4


def test_other_pictures_of_a_series_stay_together(tmp_path):
    for number in range(3):
        write_radiograph(tmp_path / str(number), number, "OT")
    assert [len(stack.frames) for stack in stacks_of(tmp_path)] == [3]


def test_the_view_may_stand_in_a_code(tmp_path):
    code = Dataset()
    code.CodeMeaning = "cranio-caudal"
    write_radiograph(tmp_path / "a", ViewCodeSequence=Sequence([code]), Laterality="B")
    assert stacks_of(tmp_path)[0].labels.view == "B cranio-caudal"


@pytest.mark.parametrize(
    ("stated", "edges"),
    [
        (["L", "F"], ("R", "L", "S", "I")),
        (["R", "F"], ("L", "R", "S", "I")),
        (["P", "HL"], ("A", "P", "IR", "SL")),
        (["A", "FR"], ("P", "A", "SL", "IR")),
    ],
)
def test_letters_come_from_patient_orientation(tmp_path, stated, edges):
    write_radiograph(tmp_path / "a", PatientOrientation=stated)
    (stack,) = stacks_of(tmp_path)
    letters = describe_stack(stack)["edge_letters"]
    assert letters == dict(zip(("left", "right", "top", "bottom"), edges, strict=True))
    assert CaveatCode.ORIENTATION_UNKNOWN not in {caveat.code for caveat in stack.caveats}


@pytest.mark.parametrize("stated", ["CC", ["L", "R"], ["L", ""], ["X", "F"], ["LL", "F"], ""])
def test_nonsense_gives_no_letters(tmp_path, stated):
    write_radiograph(tmp_path / "a", PatientOrientation=stated)
    (stack,) = stacks_of(tmp_path)
    assert describe_stack(stack)["edge_letters"] is None
    assert CaveatCode.ORIENTATION_UNKNOWN in {caveat.code for caveat in stack.caveats}


def test_letters_of_slices_come_from_their_place_alone(tmp_path):
    one = slice_set(analytic_hu()[0], 0)
    one.ImagePositionPatient = [0, 0, 0]
    one.PatientOrientation = ["F", "A"]
    save(one, tmp_path / "ct")
    letters = describe_stack(stacks_of(tmp_path)[0])["edge_letters"]
    assert letters == {"left": "R", "right": "L", "top": "A", "bottom": "P"}


def test_pictures_of_different_letters_are_no_stack(tmp_path):
    write_radiograph(tmp_path / "a", 0, "US", PatientOrientation=["L", "F"])
    write_radiograph(tmp_path / "b", 1, "US", PatientOrientation=["R", "F"])
    assert [len(stack.frames) for stack in stacks_of(tmp_path)] == [1, 1]
