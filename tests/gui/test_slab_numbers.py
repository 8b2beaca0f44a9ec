"""In a slab the numbers are those of the picture, and say of which: readout, marks, histogram."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.test_viewports import drag, place_of, surface_of
from tests.support.volumes import make_geometry, make_volume
from viewer.app.mark_values import mark_values
from viewer.app.measurement_text import SAVED_COLUMNS
from viewer.app.presenters.histogram import Source
from viewer.core.document import AnnotationDocument
from viewer.core.drawable import TextItem
from viewer.core.slab import THIN, Slab, SlabMode
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow

pytestmark = pytest.mark.gui
BRIGHT, CENTRE = 900, (30, 40)


@pytest.fixture
def spot(bench, qtbot):
    """A spot of 900 HU on slice 10 (index 9) in a volume of 0 HU; the view stands one further."""
    data = np.zeros((20, 60, 80), np.int16)
    data[9, 25:35, 35:45] = BRIGHT
    volume = make_volume(make_geometry((20, 60, 80)), data=data)
    document = AnnotationDocument("9.8.7")
    bench.session.set_volume(volume, document, DisplayState(HuWindow(1000, 500), ""))
    bench.session.add_loaded(frozenset(range(20)))
    qtbot.wait(30)
    view = bench.session.viewports["axial"]
    view.index, view.slab = 10, Slab(SlabMode.MIP, 10.0)
    qtbot.wait(60)
    return bench


def texts(bench):
    items = bench.grid.viewports["axial"].canvas._overlay._drawables
    return "\n".join(item.text for item in items if isinstance(item, TextItem))


def draw_ellipse(bench):
    bench.window.actions_["tool.ellipse"].trigger()
    corners = (place_of(bench, "axial", 10, CENTRE[0] + d, CENTRE[1] + d) for d in (-3, 3))
    drag(surface_of(bench), *corners)
    return list(bench.session.document)[-1]


def values(bench, shape):
    return mark_values(shape, bench.session.volume, bench.rois)


def test_the_value_under_the_cursor_is_what_is_painted(spot, qtbot):
    place = place_of(spot, "axial", 10, *CENTRE)
    QTest.mouseMove(surface_of(spot), place)
    qtbot.wait(60)
    assert surface_of(spot).grab().toImage().pixelColor(place).red() > 200
    assert "MIP 900 HU" in texts(spot)
    spot.session.viewports["axial"].slab = THIN
    qtbot.wait(60)
    assert "\n0 HU" in f"\n{texts(spot)}"


def test_a_probe_and_a_region_measure_their_slab_and_say_so_wherever_they_are_seen(spot, qtbot):
    spot.window.actions_["tool.probe"].trigger()
    place = place_of(spot, "axial", 10, *CENTRE)
    QTest.mouseClick(surface_of(spot), Qt.MouseButton.LeftButton, pos=place)
    (probe,) = spot.session.document
    region = draw_ellipse(spot)
    assert values(spot, probe).text == "MIP 10 mm: 900 HU"
    assert values(spot, probe).number == 900
    found = values(spot, region)
    assert found.roi.mean == BRIGHT
    assert found.text.startswith("MIP 10 mm: Mean 900.0")
    assert found.short == "900.0 ± 0.0 HU (MIP 10 mm)"
    spot.session.viewports["axial"].slab = THIN
    qtbot.wait(60)
    assert "MIP 10 mm: 900 HU" in texts(spot)
    (first, second) = spot.side.measurements._every
    assert "(MIP 10 mm)" in first.value
    assert "MIP 10 mm: Mean 900.0" in second.details
    assert "Slab" in SAVED_COLUMNS


def test_a_mark_of_a_thin_slice_keeps_its_voxels_in_a_slab(spot, qtbot):
    view = spot.session.viewports["axial"]
    view.slab = THIN
    qtbot.wait(40)
    region = draw_ellipse(spot)
    view.slab = Slab(SlabMode.MEAN, 10.0)
    qtbot.wait(40)
    assert values(spot, region).roi.mean == 0
    assert "MIP" not in values(spot, region).text
    other = draw_ellipse(spot)
    data, spacing = spot.session.volume.data, spot.session.volume.geometry.spacing_zyx_mm[0]
    count = max(round(10.0 / spacing), 1)
    first = 10 - (count - 1) // 2
    expected = np.rint(data[first : first + count, *CENTRE].mean())
    assert values(spot, other).roi.median == expected
    assert values(spot, other).slab == "Mean 10 mm"


def test_the_histogram_of_the_slice_is_that_of_the_slab(spot, qtbot):
    spot.window.actions_["view.histogram"].trigger()
    panel = spot.panels.histogram
    panel.source_chosen.emit(Source.SLICE)
    qtbot.waitUntil(lambda: "900" in panel._values["Maximum"].text(), timeout=5000)
    assert "MIP 10 mm" in panel._note.text()
    spot.session.viewports["axial"].slab = THIN
    qtbot.waitUntil(lambda: panel._values["Maximum"].text() == "0 HU", timeout=5000)
    assert panel._note.text() == ""
