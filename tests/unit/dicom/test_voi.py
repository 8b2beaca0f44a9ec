"""Windows and VOI look-up tables of files and frames, and their greys against pydicom's."""

import json
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_voi_lut

from tests.support.dicom_writer import analytic_hu, enhanced_set, save, slice_set
from viewer.app.describe import describe_stack
from viewer.core.progress import SilentContext
from viewer.core.window import HuWindow, VoiFunction, VoiLut
from viewer.dicom.loader import load
from viewer.dicom.scan import scan
from viewer.imaging.lut import to_grey


def described(*stack_and_volume) -> Any:
    """What `info --json` tells of a stack."""
    return json.loads(json.dumps(describe_stack(*stack_and_volume), allow_nan=False))


def opened(tmp_path, change):
    one = slice_set(analytic_hu()[2], 2)
    change(one)
    save(one, tmp_path / "x")
    return scan(SilentContext(), [tmp_path]).stacks()[0]


def lut_item(entries, first, bits, name="", signed=False, kind="<u2"):
    item = Dataset()
    item.add_new(0x00283002, "SS" if signed else "US", [len(entries), first, bits])
    if name:
        item.LUTExplanation = name
    item.add_new(0x00283006, "OW", np.asarray(entries, kind).tobytes())
    return item


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID", None, "ODD"])
def test_the_function_that_the_file_states(tmp_path, function):
    def change(one):
        if function:
            one.VOILUTFunction = function

    stack = opened(tmp_path, change)
    known = function if function and function != "ODD" else "LINEAR"
    windows = [named.window for named in stack.windows]
    assert windows == [
        HuWindow(400, 40, VoiFunction(known)),
        HuWindow(1500, -600, VoiFunction(known)),
    ]
    windows_told = described(stack)["windows"]
    assert windows_told[1] == {"name": "LUNG", "center": -600, "width": 1500} | (
        {} if known == "LINEAR" else {"function": known}
    )


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_greys_of_the_files_window_as_pydicom_makes_them(tmp_path, function):
    import pydicom

    stack = opened(tmp_path, lambda one: setattr(one, "VOILUTFunction", function))
    volume = load(SilentContext(), stack)
    one = pydicom.dcmread(tmp_path / "x")
    shown = apply_voi_lut(volume.data[0], one, index=1)  # over -1024..3071
    expected = (shown + 1024) / 4095 * 255
    grey = to_grey(volume.data[0], stack.windows[1].window)
    assert np.abs(grey - expected).max() <= 0.5 + 1e-9


@pytest.mark.parametrize(
    ("width", "function", "kept"),
    [
        ("0", "LINEAR", False),
        ("-400", "LINEAR", False),
        ("NaN", "LINEAR", False),
        ("0.5", "LINEAR", False),
        ("0.5", "LINEAR_EXACT", True),
        ("0.5", "SIGMOID", True),
        ("0", "SIGMOID", False),
        ("1", "LINEAR", True),
    ],
)
def test_windows_without_a_usable_width_are_left_out(tmp_path, width, function, kept):
    def change(one):
        one.WindowCenter, one.WindowWidth, one.VOILUTFunction = 40, "7", function

    opened(tmp_path, change)
    path = tmp_path / "x"
    data = path.read_bytes()
    at = data.index(b"\x28\x00\x51\x10DS")
    value = width.encode() + b" " * (len(width) % 2)
    path.write_bytes(data[: at + 6] + len(value).to_bytes(2, "little") + value + data[at + 10 :])
    stack = scan(SilentContext(), [tmp_path]).stacks()[0]
    assert len(stack.windows) == kept


def test_look_up_tables_come_first_and_are_named(tmp_path):
    entries = np.arange(4096)[::-1]

    def change(one):
        one.VOILUTSequence = [
            lut_item(entries, -1024, 12, "HARDER", signed=True),
            lut_item(entries // 2, -1024, 12, signed=True),
        ]

    stack = opened(tmp_path, change)
    assert [named.name for named in stack.windows] == ["HARDER", "VOI LUT 2", "SOFT", "LUNG"]
    told = described(stack)
    assert told["voi_luts"] == [
        {"name": "HARDER", "entries": 4096},
        {"name": "VOI LUT 2", "entries": 4096},
    ]
    assert [w["name"] for w in told["windows"]] == ["SOFT", "LUNG"]
    values = load(SilentContext(), stack).data[0]
    expected = entries[np.clip(values.astype(int) + 1024, 0, 4095)] / 4095 * 255
    np.testing.assert_array_equal(to_grey(values, stack.windows[0].window), np.rint(expected))


@pytest.mark.parametrize(
    ("intercept", "signed_pixels", "first"), [(-1024, 0, -24), (0, 0, 65_512), (0, 1, -24)]
)
def test_the_first_value_is_signed_where_values_may_be_negative(
    tmp_path, intercept, signed_pixels, first
):
    def change(one):
        one.RescaleIntercept, one.PixelRepresentation = intercept, signed_pixels
        one.VOILUTSequence = [lut_item([0, 100, 255], 65_512, 8)]

    lut = opened(tmp_path, change).windows[0].window
    assert isinstance(lut, VoiLut)
    assert lut.first == first


@pytest.mark.parametrize(("bits", "kind"), [(8, "<u2"), (8, "<u1"), (16, "<u2"), (16, "<u1")])
def test_eight_bit_tables_however_they_are_stored(tmp_path, bits, kind):
    def change(one):
        one.VOILUTSequence = [lut_item([0, 100, 200, 255], 0, bits, kind=kind)]

    lut = opened(tmp_path, change).windows[0].window
    assert isinstance(lut, VoiLut)
    assert list(lut.greys) == [0, 100, 200, 255]


def test_a_table_that_does_not_fit_its_descriptor_gives_way_to_the_windows(tmp_path):
    def change(one):
        item = lut_item([0, 100, 255], 0, 16)
        item.LUTDescriptor = [300, 0, 16]
        one.VOILUTSequence = [item]

    assert [named.name for named in opened(tmp_path, change).windows] == ["SOFT", "LUNG"]


def test_frames_have_windows_of_their_own_and_the_file_speaks_for_silent_ones(tmp_path):
    one = enhanced_set(analytic_hu())
    for z, group in enumerate(one.PerFrameFunctionalGroupsSequence):
        group.FrameVOILUTSequence[0].VOILUTFunction = "SIGMOID"
        group.FrameVOILUTSequence[0].WindowCenterWidthExplanation = f"frame {z}"
    save(one, tmp_path / "own")
    stack = scan(SilentContext(), [tmp_path]).stacks()[0]
    (named,) = stack.windows
    assert named.name == "frame 3"  # the middle one of six
    assert named.window == HuWindow(400, 43, VoiFunction.SIGMOID)
    for group in one.PerFrameFunctionalGroupsSequence:
        group.FrameVOILUTSequence = [Dataset()]
    one.WindowCenter, one.WindowWidth = 55, 350
    save(one, tmp_path / "own")
    (named,) = scan(SilentContext(), [tmp_path]).stacks()[0].windows
    assert named.window == HuWindow(350, 55, VoiFunction.LINEAR)


def test_slices_share_the_tables_that_they_repeat(tmp_path):
    for z in range(3):
        one = slice_set(analytic_hu()[z], z)
        one.ImagePositionPatient = [0, 0, 2.5 * z]
        one.VOILUTSequence = [lut_item(np.arange(4096), 0, 12)]
        save(one, tmp_path / f"{z}")
    paths = [tmp_path / f"{z}" for z in range(3)]
    stacks = [scan(SilentContext(), [path]).stacks()[0] for path in paths]
    first, *others = (stack.windows[0].window for stack in stacks)
    assert all(other is first for other in others)
