"""How long one slice step and one window drag take to paint, at 1024 x 1024 pixels of viewport.

The reference in the same run is pyqtgraph's plain image item, given the int16 slice and levels.
"""

import time

import numpy as np
import pyqtgraph as pg
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.app.presenters.gestures import Gestures
from viewer.app.presenters.viewport import ViewportPresenter
from viewer.app.roi_cache import RoiCache
from viewer.core.document import AnnotationDocument
from viewer.core.session import Session
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.tools.hands import Hands

pytestmark = pytest.mark.bench
STEPS = 200
BUDGET_MS = 16.0
SIDE_PX = 1024


def chest_like(slices=120):
    """Smooth shapes and noise, 512 x 512: what compresses and caches like a chest CT."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:512, 0:512]
    body = np.where(((x - 250) / 200) ** 2 + ((y - 270) / 150) ** 2 < 1, 40, -1000)
    data = np.empty((slices, 512, 512), np.int16)
    for z in range(slices):
        data[z] = body + rng.normal(0, 20, body.shape) + z
    return make_volume(
        make_geometry(data.shape, spacing_zyx_mm=(2.5, 0.7, 0.7)), data=data, windows=()
    )


@pytest.fixture
def shown(qtbot):
    from viewer.ui.application import make_application
    from viewer.ui.viewport_frame import ViewportFrame

    make_application()
    session, volume = Session(), chest_like()
    frame = ViewportFrame("axial", "Axial", "#ff0000")
    qtbot.addWidget(frame)
    frame.canvas.setFixedSize(SIDE_PX, SIDE_PX)
    frame.show()
    presenter = ViewportPresenter(
        session,
        "axial",
        frame,
        Gestures(session, "axial", Hands(), lambda shape: None),
        lambda delay, run: None,  # flushed by the measurement itself
        RoiCache(),
    )
    session.set_volume(volume, AnnotationDocument("x"), DisplayState(HuWindow(1500, -600), "lung"))
    session.add_loaded(frozenset(range(volume.data.shape[0])))
    session.viewports["axial"].zoom = 1.3
    presenter.flush()
    qtbot.wait(50)
    yield session, presenter, frame
    presenter.close()


def measure(change, paint):
    times = []
    for step in range(STEPS):
        start = time.perf_counter()
        change(step)
        paint()
        times.append((time.perf_counter() - start) * 1000)
    return np.percentile(times, [50, 95])


def reference(qtbot, volume):
    """pyqtgraph's own way: GraphicsView, ImageItem, levels; nearest neighbour, no overlays."""
    view = pg.GraphicsView(background="k")
    qtbot.addWidget(view)
    view.setFixedSize(SIDE_PX, SIDE_PX)
    item = pg.ImageItem(axisOrder="row-major")
    item.setScale(SIDE_PX / 512)
    view.addItem(item)
    view.show()
    qtbot.wait(30)
    return measure(
        lambda step: item.setImage(volume.data[step % 120], levels=(-1350, 150 + step)),
        view.viewport().repaint,
    )


def test_slice_step_and_window_drag(shown, qtbot):
    session, presenter, frame = shown
    paint = frame.canvas.viewport().repaint

    def step_slice(step):
        session.viewports["axial"].index = step % 120
        presenter.flush()

    def drag_window(step):
        session.display.window = HuWindow(400 + step, 40)
        presenter.flush()

    def step_slice_from_afar(step):
        session.viewports["axial"].zoom = 0.3  # fewer pixels than voxels: averaged
        step_slice(step)

    def zoom_from_afar(step):
        session.viewports["axial"].zoom = 0.3 + 0.001 * (step % 100)
        presenter.flush()

    plain = reference(qtbot, session.volume)
    print()
    for name, change in (
        ("slice step", step_slice),
        ("window drag", drag_window),
        ("slice step from afar", step_slice_from_afar),
        ("zoom from afar", zoom_from_afar),
    ):
        median, p95 = measure(change, paint)
        print(
            f"{name}: median {median:.2f} ms, p95 {p95:.2f} ms with all overlays; "
            f"plain pyqtgraph {plain[0]:.2f} / {plain[1]:.2f} ms; ratio of medians "
            f"{median / plain[0]:.2f}"
        )
        assert p95 < BUDGET_MS
