"""Greys fail when the window's formula is another, or a picture is not the slice."""

from dataclasses import replace

import numpy as np
import pytest

from viewer.app import export, selfcheck_grey
from viewer.imaging.lut import to_grey


def off_by_one(*arguments):
    grey = to_grey(*arguments)
    return np.where(grey < 255, grey + 1, 254).astype(np.uint8)


def test_greys_off_by_one(failed_checks, monkeypatch):
    monkeypatch.setattr(selfcheck_grey, "to_grey", off_by_one)
    assert {
        "grey.low",
        "grey.middle",
        "grey.high",
        "grey.step",
        "grey.window-1024",
        "grey.window-400",
        "grey.window-1500",
        "grey.window-81",
    } <= failed_checks("grey")


@pytest.mark.parametrize(
    ("rounded", "ids"),
    [
        (np.floor, {"grey.middle", "grey.window-1024", "grey.window-400"}),
        (lambda exact: np.ceil(exact - 0.5), {"grey.middle", "grey.window-1024"}),
    ],
    ids=["cut off", "halves down"],
)
def test_greys_rounded_otherwise(failed_checks, monkeypatch, rounded, ids):
    def other(values, window, inverted=False):
        share = np.clip((values.astype(float) - window.low) / window.width, 0, 1)
        grey = rounded(255 * share).astype(np.uint8)
        return 255 - grey if inverted else grey

    monkeypatch.setattr(selfcheck_grey, "to_grey", other)
    assert ids <= failed_checks("grey")


def test_an_inversion_that_does_nothing(failed_checks, monkeypatch):
    monkeypatch.setattr(
        selfcheck_grey, "to_grey", lambda v, window, inverted=False: to_grey(v, window)
    )
    assert failed_checks("grey") == {"grey.inverted"}


def test_a_bent_ramp(failed_checks, spoil_volumes):
    spoil_volumes(lambda volume: replace(volume, data=(volume.data * 0.999).astype(np.int16)))
    assert failed_checks("ramp") == {"ramp.ramp"}


def test_a_picture_that_is_not_the_slice(failed_checks, monkeypatch):
    monkeypatch.setattr(export, "to_grey", off_by_one)
    assert failed_checks("picture") == {"picture.png"}
