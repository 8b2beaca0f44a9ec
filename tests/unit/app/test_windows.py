"""What files offer, as presets; and the first window of files that offer none."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest

from tests.support.dicom_writer import analytic_hu, save, slice_set
from tests.support.inline_runner import InlineRunner
from tests.support.volumes import make_volume
from viewer.app.load_stack import StackLoader
from viewer.app.mark_values import mean_text
from viewer.app.overlays_frame import _window_line
from viewer.app.presenters.navigation import Navigator
from viewer.app.resolve import resolve
from viewer.app.windows import (
    file_presets,
    file_window,
    preset_name,
    shown_numbers,
    window_text,
)
from viewer.core.document import AnnotationDocument
from viewer.core.progress import SilentContext
from viewer.core.session import Session
from viewer.core.study import NamedWindow
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow, VoiFunction, VoiLut
from viewer.dicom.scan import scan
from viewer.imaging.roi import RoiStatistics
from viewer.jobs.runner import JobRunner

LUT = NamedWindow("HARDER", VoiLut.from_entries(-100, [0, 80, 255], 8))
SIGMOID = NamedWindow("A&B", HuWindow(80.5, 40, VoiFunction.SIGMOID))
PLAIN = NamedWindow("SOFT", HuWindow(400, 40, VoiFunction.LINEAR))
VOLUME = make_volume(windows=(LUT, SIGMOID, PLAIN))


def runner() -> JobRunner:
    return cast(JobRunner, InlineRunner())


def opened_session(volume=VOLUME):
    session = Session()
    session.set_volume(volume, AnnotationDocument("x"), DisplayState(HuWindow(1, 2), "lung"))
    return session


def test_files_offer_presets_of_which_the_first_is_the_default():
    stack = VOLUME.stack
    assert file_presets(stack) == {"file-1": LUT, "file-2": SIGMOID, "file-3": PLAIN}
    assert file_window(stack, "default") is LUT
    assert file_window(stack, "file-3") is PLAIN
    assert file_window(stack, "lung") is None
    assert file_window(make_volume(windows=()).stack, "default") is None


def test_names_and_texts():
    stack = VOLUME.stack
    first = stack.windows[0].window
    names = [preset_name(stack, p, first) for p in ("file-2", "lung", "default", "", "file-9")]
    assert names == ["A&B", "Lung", "HARDER", "", ""]
    plain = make_volume().stack
    assert preset_name(plain, "default", plain.windows[0].window) == "DICOM / automatic"
    measured = preset_name(stack, "default", HuWindow(77, 7))
    assert measured == "automatic: the file's window shows one grey"
    texts = [window_text(named) for named in stack.windows]
    assert texts == ["HARDER (look-up table)", "A&B 80.5 / 40 sigmoid", "SOFT 400 / 40"]


@pytest.mark.parametrize(
    ("preset", "line"),
    [
        ("file-1", "VOI LUT  HARDER"),
        ("file-2", "W 80  L 40  sigmoid  A&B"),
        ("file-3", "W 400  L 40  SOFT"),
        ("default", "VOI LUT  HARDER"),
        ("lung", "W 1500  L -600  Lung"),
    ],
)
def test_the_navigator_applies_them_and_the_corner_names_them(preset, line):
    session = opened_session()
    Navigator(session, runner()).set_preset(preset)
    assert session.display.preset == preset
    view = resolve(session.viewports["axial"], VOLUME)
    assert _window_line(VOLUME.stack, view, compact=False) == line


def write_mr(path: Path, change=None):
    """Three MR slices without a window; the middle one is brighter at one side."""
    values = (
        np.broadcast_to(np.arange(0, 400, 10), (3, 36, 40)) + np.array([0, 700, 90])[:, None, None]
    )
    for z in range(3):
        one = slice_set(analytic_hu()[z], z)
        one.Modality, one.PixelData = "MR", values[z].astype("<u2").tobytes()
        one.ImagePositionPatient = [0, 0, 2.5 * z]
        for keyword in ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept"):
            delattr(one, keyword)
        del one.RescaleType
        if change is not None:
            change(one)
        save(one, path / str(z))
    return scan(SilentContext(), [path]).stacks()[0], values


def load_into(session, stack):
    loader = StackLoader(session, runner(), AnnotationDocument, lambda error: None)
    loader.open(stack)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_the_first_image_is_shown_with_its_own_window(tmp_path, photometric):
    stack, values = write_mr(
        tmp_path, lambda one: setattr(one, "PhotometricInterpretation", photometric)
    )
    session = Session()
    navigator = Navigator(session, runner())
    first = []
    session.voxels_changed.connect(lambda _: first.append(session.display.window))
    load_into(session, stack)
    low, high = np.percentile(values[1], (1, 99), method="inverted_cdf")
    assert first[0] == HuWindow.from_range(float(low), float(high))
    assert set(first) == {first[0]}  # and it stays
    navigator.set_preset("default")
    assert session.display.window == first[0]


def test_ct_without_a_window_opens_as_soft_tissue(tmp_path):
    def as_ct(one):
        one.Modality, one.RescaleSlope, one.RescaleIntercept = "CT", 1, -1024

    session = Session()
    load_into(session, write_mr(tmp_path, as_ct)[0])
    assert session.display.window == HuWindow(400, 40)


def test_a_preset_chosen_meanwhile_is_left_alone(tmp_path):
    session = Session()
    stack, _ = write_mr(tmp_path)

    def choose():
        session.display.preset = "full"

    session.volume_changed.connect(choose)
    load_into(session, stack)
    assert session.display.window == HuWindow(400, 40)


@pytest.mark.parametrize(
    ("unit", "largest", "text"),
    [("HU", 3.0, "2.9"), ("SUVbw", 3.0, "2.94"), ("BQML", 2500.0, "2.9"), ("GY", 0.5, "2.94")],
)
def test_a_mean_has_the_decimals_that_its_numbers_deserve(unit, largest, text):
    roi = RoiStatistics(2.9412, 0.1, 0.0, largest, 2.9, 30.0, 12, unit)
    assert mean_text(2.9412, roi) == text
    assert mean_text(0.012345, RoiStatistics(0, 0, 0, 0.5, 0, 1.0, 2, "GY")) == "0.0123"


def test_the_numbers_of_an_own_preset_are_those_that_were_typed():
    window = HuWindow(120.5, -40.25)
    assert shown_numbers("user:Mine", window, "HU") == ("120.5", "-40.25")
    assert shown_numbers("", window, "HU") == ("120", "-40")  # dragged: decimals would be noise
