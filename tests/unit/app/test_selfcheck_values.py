"""HU, regions, padding and MONOCHROME1 fail when values are wrong."""

from dataclasses import replace

import numpy as np

from viewer.app import selfcheck_values
from viewer.imaging.roi import region_statistics


def test_one_hu_too_much(failed_checks, spoil_volumes):
    spoil_volumes(lambda volume: replace(volume, data=volume.data + 1))
    wrong = failed_checks("hu", "rescale", "monochrome1", "encoding", "padding")
    assert {"hu.air", "hu.lung", "hu.fat", "hu.water", "hu.contrast", "hu.bone"} <= wrong
    assert {"rescale.fractional", "monochrome1.values", "padding.minimum"} <= wrong
    assert {"encoding.implicit", "encoding.big-endian", "encoding.deflated"} <= wrong
    assert "hu.soft-tissue-sd" not in wrong
    assert "monochrome1.display" not in wrong


def test_a_smoothed_volume(failed_checks, spoil_volumes):
    spoil_volumes(
        lambda v: replace(v, data=(v.data // 2 + np.roll(v.data, 1, 2) // 2).astype(np.int16))
    )
    assert {"hu.soft-tissue-sd"} <= failed_checks("hu")


def test_no_unit(failed_checks, spoil_volumes):
    spoil_volumes(lambda volume: replace(volume, stack=replace(volume.stack, unit=None)))
    assert failed_checks("hu") == {"hu.unit"}


def test_a_region_of_other_pixels(failed_checks, monkeypatch):
    def shifted(volume, shape):
        roi = region_statistics(volume, shape)
        return replace(
            roi, area_mm2=(roi.area_mm2 or 0) * 1.01, n_pixels=roi.n_pixels * 2, mean=299
        )

    monkeypatch.setattr(selfcheck_values, "region_statistics", shifted)
    wrong = failed_checks("region")
    assert len(wrong) == 9
    assert {"region.axial-area", "region.coronal-mean", "region.sagittal-pixels"} <= wrong


def test_padding_that_counts(failed_checks, spoil_volumes):
    spoil_volumes(lambda volume: replace(volume, padding=None))
    assert failed_checks("padding") == {
        "padding.count",
        "padding.minimum",
        "padding.region",
        "padding.black",
    }


def test_monochrome1_shown_as_it_is(failed_checks, spoil_volumes):
    spoil_volumes(lambda volume: replace(volume, stack=replace(volume.stack, inverted=False)))
    assert failed_checks("monochrome1") == {"monochrome1.display"}
