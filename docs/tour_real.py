"""Takes the pictures that show a real series: marks, nodule view, magnifier, histogram, curved.

Names are hidden by the teaching mode; whose images they are stands in docs/pictures/README.md.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from viewer.core.commands import PutShape
from viewer.core.geometry import FloatArray
from viewer.core.line_marks import diameter_directions
from viewer.core.shapes import (
    AnyShape,
    ArrowShape,
    BidirectionalShape,
    CircleShape,
    PointLps,
    PolylineShape,
    as_point,
)
from viewer.core.volume import Volume
from viewer.ui.application import make_application, make_workbench
from viewer.ui.walk_hand import Hand
from viewer.ui.workbench import Workbench

Take = Callable[[str, object], None]
_SIZE_PX = (1440, 900)
_WIDE_PX = (1280, 700)


def show_real(study: Path, at: PointLps | None, line: tuple[PointLps, ...], take: Take) -> None:
    """Open a series and take the pictures around a place, and along a line if one is given."""
    app = make_application()
    bench, hand = make_workbench(), Hand()
    bench.window.resize(*_SIZE_PX)
    bench.window.show()
    bench.deeds.open_paths([str(study)])
    session = bench.session
    hand.until(lambda: session.volume is not None, "opening")
    volume = session.volume
    if volume is None:
        raise ValueError("nothing is open")
    hand.until(lambda: len(session.loaded_slices) >= volume.geometry.shape_zyx[0], "loading")
    bench.preferences.toggle_teaching()
    _RealTour(bench, volume, at or as_point(volume.geometry.center_lps_mm), take).run(line)
    bench.window.close()
    bench.close()
    app.processEvents()


class _RealTour:
    """One series, one place."""

    def __init__(self, bench: Workbench, volume: Volume, at: PointLps, take: Take) -> None:
        self._bench, self._volume, self._at, self._take = bench, volume, at, take
        self._hand, self._actions = Hand(), bench.window.actions_

    def run(self, line: tuple[PointLps, ...]) -> None:
        """Take all."""
        self._nodule_view()
        self._magnifier()
        self._marks()
        self._histogram()
        if line:
            self._curved(line)

    def _nodule_view(self) -> None:
        bench, session = self._bench, self._bench.session
        bench.window.resize(*_WIDE_PX)
        bench.window.panels_dock.hide()
        bench.reading.arranger.set_layout("1x2")
        self._settle()
        for place in session.layout.viewport_ids:
            bench.reading.arranger.put(self._volume.stack.key, place)
            self._settle()
        session.interaction.active = "2"
        self._actions["slab.nodule"].trigger()
        session.interaction.active = "1"
        bench.navigator.set_preset("lung")
        for place in session.layout.viewport_ids:
            session.viewports[place].zoom = 1.3
        bench.navigator.jump_to(self._at)
        self._settle()
        self._take("nodule-view", bench.window)
        bench.window.panels_dock.show()
        bench.window.resize(*_SIZE_PX)

    def _magnifier(self) -> None:
        bench, actions = self._bench, self._actions
        bench.reading.arranger.set_layout("1x1")
        self._settle()
        bench.navigator.set_preset("mediastinum")
        bench.navigator.jump_to(self._at)
        actions["map.hot-iron"].trigger()
        actions["view.magnifier"].trigger()
        self._settle()
        x, y = self._px("1")
        surface = bench.grid.viewports["1"].canvas.viewport()
        for shift in (6, 0):
            QTest.mouseMove(surface, QPoint(round(x) + shift, round(y)))
            QTest.qWait(200)
        self._take("colours-magnifier", bench.grid.viewports["1"])
        actions["view.magnifier"].trigger()
        actions["map.grey"].trigger()

    def _marks(self) -> None:
        bench, session = self._bench, self._bench.session
        bench.navigator.set_preset("lung")
        for shape in self._shapes():
            session.undo.run(PutShape(shape))
        session.interaction.selected = ""
        x, y = self._px("1")
        canvas = bench.grid.viewports["1"].canvas.viewport()
        self._hand.drag(canvas, ((x, y), (x, y - 120)), Qt.MouseButton.RightButton)
        self._settle()
        self._take("marks", bench.grid.viewports["1"])

    def _histogram(self) -> None:
        bench, session = self._bench, self._bench.session
        circle = self._circle(np.asarray(self._at), 17.0)
        session.undo.run(PutShape(circle))
        session.interaction.selected = circle.uid
        self._actions["view.histogram"].trigger()
        bench.side.histogram.window_from_region()
        self._settle()
        bench.panels.histogram.setFixedHeight(500)
        self._settle()
        self._take("histogram", bench.panels.histogram)
        bench.navigator.set_preset("lung")

    def _curved(self, line: tuple[PointLps, ...]) -> None:
        bench, session = self._bench, self._bench.session
        shape = PolylineShape(**self._facts(), vertices=line)
        session.undo.run(PutShape(shape))
        session.interaction.selected = shape.uid
        self._settle()
        self._actions["mark.curved"].trigger()
        self._hand.until(lambda: bench.curved.presenter.made is not None, "the curved view")
        self._settle()
        self._take("curved", bench.curved.window)

    def _shapes(self) -> tuple[AnyShape, ...]:
        middle = np.asarray(self._at)
        start = middle + np.array((-12.0, 4.0, 0.0))
        end = middle + np.array((9.3, -4.5, 0.0))
        _, across = diameter_directions(start, end, (0.0, 0.0, 1.0))
        centre = (start + end) / 2
        ends = (start, end, centre + 9.5 * across, centre - 9.5 * across)
        facts = self._facts()
        return (
            BidirectionalShape(**facts, vertices=tuple(as_point(p) for p in ends)),
            self._circle(middle + np.array((-38.7, -36.0, 0.0)), 8.0),
            ArrowShape(
                **facts,
                tip_lps=as_point(middle + np.array((0.5, -16.0, 0.0))),
                tail_lps=as_point(middle + np.array((11.0, -29.0, 0.0))),
                text="strand",
            ),
        )

    def _circle(self, middle: FloatArray, radius_mm: float) -> CircleShape:
        return CircleShape(
            **self._facts(),
            center=as_point(middle),
            half_axis_u=(radius_mm, 0.0, 0.0),
            half_axis_v=(0.0, radius_mm, 0.0),
        )

    def _facts(self) -> dict[str, object]:
        geometry = self._volume.geometry
        return {
            "frame_of_reference_uid": geometry.frame_of_reference_uid,
            "stack": self._volume.stack.key,
            "normal_lps": (0.0, 0.0, 1.0),
        }

    def _px(self, place: str) -> tuple[float, float]:
        presenter = self._bench.viewports[place]
        view = presenter.resolved()
        u, v, _ = view.plane.lps_to_uvw(self._at)
        return presenter.transform(view).to_px((float(u), float(v)))

    def _settle(self) -> None:
        self._hand.rest(0.5)
        while self._bench.runner.jobs:
            self._hand.rest(0.1)
        self._hand.rest(0.3)
