"""Closing and starting again shows the same picture: the real window twice, the same folders."""

import json

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.gui.conftest import loaded, window
from tests.support.dicom_writer import analytic_hu, write_series
from viewer.core.slab import Slab, SlabMode
from viewer.core.window import HuWindow
from viewer.paths import data_dir

pytestmark = pytest.mark.gui
OTHER_SERIES = "1.2.77"


def identify(one, z):
    one.PatientName = "Secretname"
    one.PatientID = "SECRET-1"


@pytest.fixture
def folder(tmp_path):
    """Two series of one study, of different sizes."""
    write_series(tmp_path / "ct", change=identify)
    shape = (5, 36, 40)
    write_series(
        tmp_path / "ct", analytic_hu(shape), series_uid=OTHER_SERIES, prefix="b", change=identify
    )
    return tmp_path / "ct"


def pictures(bench, qtbot):
    """What each viewport shows, as pixels."""
    qtbot.wait(120)
    shown = {}
    for name, frame in bench.grid.viewports.items():
        image = frame.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
        shown[name] = rows[:, : image.width() * 3].copy()
    return shown


def start(bench, qtbot, count=1):
    bench.deeds.open_last()
    qtbot.waitUntil(lambda: len(bench.session.stacks) == count and loaded(bench), timeout=20_000)


def assert_same(before, after):
    assert before.keys() == after.keys()
    for name, picture in before.items():
        np.testing.assert_array_equal(after[name], picture, err_msg=name)


def test_planes_of_a_volume_look_as_they_did(qtbot, folder):
    with window(qtbot) as bench:
        bench.deeds.open_paths([str(folder)])
        qtbot.waitUntil(lambda: loaded(bench), timeout=20_000)
        views = bench.session.viewports
        bench.navigator.show_slice(1, "axial")
        bench.navigator.show_slice(29, "coronal")
        views["axial"].zoom, views["axial"].pan_uv_mm = 2.5, (6.0, -3.5)
        views["coronal"].mirrored, views["sagittal"].turns = True, 3
        views["sagittal"].slab = Slab(SlabMode.MIP, 7.0)
        bench.session.display.window = HuWindow(777.0, 33.0)
        bench.session.display.preset = ""
        bench.session.display.inverted = True
        bench.navigator.set_tool("length")
        bench.navigator.set_active("coronal")
        before = pictures(bench, qtbot)
        bench.window.close()
    with window(qtbot) as again:
        assert again.session.interaction.tool == "window"  # a drawing tool would be armed unseen
        start(again, qtbot)
        assert again.session.interaction.active == "coronal"
        assert_same(before, pictures(again, qtbot))
    kept = (data_dir() / "views.json").read_text()
    assert json.loads(kept)["studies"]
    assert not any(word in kept for word in ("Secret", "SECRET", str(folder)))


def test_oblique_planes_come_back(qtbot, folder):
    turn = ((0.8, 0.6, 0.0), (-0.6, 0.8, 0.0), (0.0, 0.0, 1.0))
    with window(qtbot) as bench:
        bench.deeds.open_paths([str(folder)])
        qtbot.waitUntil(lambda: loaded(bench), timeout=20_000)
        for view in bench.session.viewports.by_id.values():
            view.rotation = turn
        bench.navigator.show_slice(17, "sagittal")
        before = pictures(bench, qtbot)
        bench.window.close()
    with window(qtbot) as again:
        start(again, qtbot)
        assert_same(before, pictures(again, qtbot))


def test_series_go_back_to_their_places(qtbot, folder):
    with window(qtbot) as bench:
        bench.window.actions_["layout.1x2"].trigger()
        bench.deeds.open_paths([str(folder)])
        qtbot.waitUntil(lambda: loaded(bench), timeout=20_000)
        keys = {stack.key.series_uid: stack.key for stack in bench.session.index.stacks()}
        first = next(uid for uid in keys if uid != OTHER_SERIES)
        bench.reading.arranger.put(keys[OTHER_SERIES], "1")
        bench.reading.arranger.put(keys[first], "2")
        qtbot.waitUntil(lambda: len(bench.session.stacks) == 2 and loaded(bench), timeout=20_000)
        qtbot.wait(50)
        bench.session.interaction.link_scroll = False
        bench.navigator.show_slice(4, "1")
        bench.navigator.show_slice(1, "2")
        bench.session.viewports["1"].zoom = 1.7
        bench.settings.save(bench.settings.settings.changed(link_scroll=False))
        before = pictures(bench, qtbot)
        bench.window.close()
    with window(qtbot) as again:
        start(again, qtbot, count=2)
        views = again.session.viewports.by_id.items()
        shown = {name: view.stack.series_uid for name, view in views}
        assert shown == {"1": OTHER_SERIES, "2": first}
        assert_same(before, pictures(again, qtbot))


def test_off_begins_in_the_middle_with_the_usual_tool(qtbot, folder):
    with window(qtbot) as bench:
        bench.settings.save(bench.settings.settings.changed(restore_views=False))
        bench.deeds.open_paths([str(folder)])
        qtbot.waitUntil(lambda: loaded(bench), timeout=20_000)
        fresh = pictures(bench, qtbot)
        bench.navigator.show_slice(1, "axial")
        bench.navigator.set_tool("length")
        bench.window.close()
    with window(qtbot) as again:
        assert again.session.interaction.tool == "window"
        start(again, qtbot)
        assert_same(fresh, pictures(again, qtbot))
    assert not (data_dir() / "views.json").exists()


def test_without_the_last_study_the_start_page_waits(qtbot, folder):
    with window(qtbot) as bench:
        bench.deeds.open_paths([str(folder)])
        qtbot.waitUntil(lambda: loaded(bench), timeout=20_000)
        bench.settings.save(bench.settings.settings.changed(reopen_last=False))
        bench.window.close()
    with window(qtbot) as again:
        again.deeds.open_last()
        qtbot.wait(200)
        assert not again.session.stacks
        assert again.window.start_page.isVisible()
