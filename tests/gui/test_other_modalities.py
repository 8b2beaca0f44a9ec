"""Radiographs, cine and colour in the window: one view, no planes, no made-up millimetres."""

import numpy as np
import pytest

from tests.support.dicom_writer import analytic_hu, save, slice_set
from viewer.core.drawable import RulerItem, TextItem
from viewer.ui.viewport_frame import ViewportFrame

pytestmark = pytest.mark.gui


def flat(number=0):
    one = slice_set(analytic_hu()[number], number)
    for keyword in ("ImageOrientationPatient", "PixelSpacing"):
        delattr(one, keyword)
    return one


def open_and_wait(bench, qtbot, path):
    bench.deeds.open_paths([str(path)])

    def is_loaded():
        volume = bench.session.volume
        return volume and len(bench.session.loaded_slices) == volume.geometry.shape_zyx[0]

    qtbot.waitUntil(is_loaded, timeout=10_000)
    qtbot.wait(50)


def shown(bench):
    """The viewports that are visible."""
    return [frame for frame in bench.grid.viewports.values() if frame.isVisible()]


def test_a_cine_is_one_stack_from_its_first_frame_in_one_view(bench, qtbot, tmp_path):
    one = flat()
    one.Modality, one.NumberOfFrames, one.FrameTime = "US", 5, 40
    frames = np.stack([np.roll(analytic_hu()[0], n) for n in range(5)]) + 1024
    one.PixelData = frames.astype("<u2").tobytes()
    save(one, tmp_path / "cine")
    open_and_wait(bench, qtbot, tmp_path / "cine")
    volume, session = bench.session.volume, bench.session
    assert volume.geometry.shape_zyx == (5, 36, 40)
    assert volume.stack.fps == 25
    assert [frame.viewport_id for frame in shown(bench)] == ["axial"]
    assert session.viewports["axial"].index == 0
    bench.navigator.step(3)
    assert session.viewports["axial"].index == 3


def test_a_radiograph_has_its_letters_and_no_ruler(bench, qtbot, tmp_path, monkeypatch):
    drawn = {}
    plain = ViewportFrame.set_drawables

    def record(self, drawables):
        drawn[self.viewport_id] = drawables
        plain(self, drawables)

    monkeypatch.setattr(ViewportFrame, "set_drawables", record)
    one = flat()
    one.Modality, one.PatientOrientation = "DX", ["R", "F"]
    save(one, tmp_path / "dx")
    open_and_wait(bench, qtbot, tmp_path / "dx")
    assert [frame.viewport_id for frame in shown(bench)] == ["axial"]
    texts = {item.text: item for item in drawn["axial"] if isinstance(item, TextItem)}
    assert {letter: texts[letter].point for letter in "LRSI"} == {
        "L": (0.0, 0.5),
        "R": (1.0, 0.5),
        "S": (0.5, 0.0),
        "I": (0.5, 1.0),
    }
    assert not any(isinstance(item, RulerItem) for item in drawn["axial"])
