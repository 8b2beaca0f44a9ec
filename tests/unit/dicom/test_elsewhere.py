"""Odd slices stand in stacks of their own; the volume that lacks them says so."""

import pytest

from tests.support.dicom_writer import analytic_hu, write_series
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan


def caveats_of(folder, change, slices=8):
    """Return the texts of all caveats of each stack, the volume first, by code."""
    write_series(folder, analytic_hu((slices, 36, 40)), change=change)
    stacks = scan(SilentContext(), [folder]).stacks()
    return [{caveat.code.value: caveat for caveat in stack.caveats} for stack in stacks]


def odd(places, **values):
    """Change slices at some places: an element of None is deleted."""

    def change(one, z):
        for keyword, value in values.items() if z in places else ():
            if value is None:
                delattr(one, keyword)
            elif keyword == "ImagePositionPatient":
                one.add_new("ImagePositionPatient", "LO", value)
            else:
                setattr(one, keyword, value)

    return change


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"RescaleSlope": None, "RescaleIntercept": None}, "rescale"),
        ({"RescaleType": "US"}, "rescale"),
        ({"PixelSpacing": [0.9, 1.1]}, "pixel size"),
        ({"PhotometricInterpretation": "MONOCHROME1"}, "colour model"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "OTHER"]}, "image type"),
        ({"PixelSpacing": [0.9, 1.1], "EchoTime": 9}, "pixel size, echo"),
    ],
)
def test_an_odd_slice_is_not_called_missing(tmp_path, values, words):
    volume, other = caveats_of(tmp_path, odd([3], **values))
    assert volume["gap"].text == (
        f"slice 4 is in another stack of this series (it differs in {words})"
    )
    assert volume["gap"].short == "slice 4 in another stack"
    assert "gap" not in other


def test_odd_and_missing_slices_are_told_apart(tmp_path):
    write_series(tmp_path, analytic_hu((9, 36, 40)), change=odd([3, 4], PixelSpacing=[0.9, 1.1]))
    (tmp_path / "007").unlink()
    volume = scan(SilentContext(), [tmp_path]).stacks()[0]
    gap = next(caveat for caveat in volume.caveats if caveat.code.value == "gap")
    missing, odd_ones = gap.text.split("; ")
    assert missing.startswith("1 slice is missing: ")
    assert odd_ones.endswith("are in another stack of this series (they differ in pixel size)")


@pytest.mark.parametrize(
    ("position", "word"),
    [
        (None, None),
        (["NaN", "0", "0"], "the image position is not a number"),
        (["1e9", "0", "0"], "the image position lies more than 100 m away"),
    ],
)
def test_an_image_without_a_valid_position_is_told_on_both_sides(tmp_path, position, word):
    volume, other = caveats_of(tmp_path, odd([3], ImagePositionPatient=position))
    assert volume["gap"].text.endswith("(1 image of this series has no position)")
    assert other["order-unverified"].short == "no position"
    assert (other["nonstandard-header"].text if word else None) == word


def test_a_slice_that_another_echo_has_is_missing(tmp_path):
    write_series(tmp_path / "a", change=lambda one, z: setattr(one, "EchoTime", 4))
    write_series(tmp_path / "b", change=lambda one, z: setattr(one, "EchoTime", 9))
    (tmp_path / "a" / "003").unlink()
    texts = [
        caveat.text
        for stack in scan(SilentContext(), [tmp_path]).stacks()
        for caveat in stack.caveats
        if caveat.code.value == "gap"
    ]
    assert len(texts) == 1
    assert texts[0].startswith("1 slice is missing: ")
