"""The main job, walked through in the real window: for machines without a screen and for pictures.

Open, scroll, window, crosshair, 3D, Analyze, annotate, export: with mouse events and the window's
own actions, a picture after each step.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QDialog, QLineEdit, QWidget

from viewer.app.presenters.analysis import ANALYZE_KEY
from viewer.app.presenters.export import EXPORT_KEY
from viewer.app.presenters.surface import COMPUTE_KEY, STL_KEY
from viewer.app.resolve import ResolvedView
from viewer.core.errors import ViewerError
from viewer.core.screen import ScreenTransform
from viewer.core.shapes import PointLps
from viewer.core.volume import Volume
from viewer.ui.application import make_application, make_workbench
from viewer.ui.walk_hand import Hand, Pixel
from viewer.ui.workbench import Workbench

OPEN_TIMEOUT_S, SURFACE_TIMEOUT_S, ANALYZE_TIMEOUT_S = 120.0, 180.0, 600.0
SETTLE_S = 0.4
"""Time for animations and late repaints before a picture is taken."""

ZOOM_DRAG_PX = 130.0

Tell = Callable[[str], None]
Watch = Callable[[str, Workbench], None]


def _nobody(step: str, bench: Workbench) -> None:
    del step, bench


def walk_through(
    study: Path,
    out: Path,
    tell: Tell,
    targets_lps_mm: tuple[PointLps, ...] = (),
    watch: Watch = _nobody,
) -> "WalkResult":
    """Make the window, walk through it with a study, take it apart; see `Walk`."""
    app = make_application()
    bench = make_workbench()
    bench.window.show()
    try:
        return Walk(bench, out, tell, targets_lps_mm, watch).run(study)
    finally:
        bench.window.close()
        bench.close()
        app.processEvents()


@dataclass(slots=True)
class WalkResult:
    """What the walk left behind."""

    pictures: list[Path] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Walk:
    """Walks through a window.

    Parameters
    ----------
    bench : Workbench
        The window, shown.
    out : Path
        Existing folder for pictures; exported files go to `exports` in it.
    tell : callable
        Told in a line what was done.
    targets_lps_mm : tuple of points
        Places worth looking at, the first for the crosshair and the marks; the middle otherwise.
    watch : callable
        Called with the name of each step when it is done, and the window.
    """

    def __init__(
        self,
        bench: Workbench,
        out: Path,
        tell: Tell,
        targets_lps_mm: tuple[PointLps, ...] = (),
        watch: Watch = _nobody,
    ) -> None:
        self._bench, self._out, self._tell = bench, out, tell
        self._targets, self._watch = targets_lps_mm, watch
        self._hand = Hand()
        self.result = WalkResult()

    def run(self, path: Path) -> WalkResult:
        """Walk all steps.

        Raises
        ------
        ViewerError
            A step did not come to its end.
        """
        self._open(path)
        for step in (
            self._scroll,
            self._window,
            self._crosshair,
            self._surface,
            self._analyze,
            self._annotate,
            self._export,
        ):
            step()
        return self.result

    # --- steps -------------------------------------------------------------------------------

    def _open(self, path: Path) -> None:
        session = self._bench.session
        self._bench.deeds.open_paths([str(path)])
        first = self._hand.until(
            lambda: session.volume is not None and len(session.loaded_slices) > 0,
            "opening",
            OPEN_TIMEOUT_S,
        )
        rest = self._hand.until(self._is_loaded, "loading", OPEN_TIMEOUT_S)
        count = self._volume.geometry.shape_zyx[0]
        self._step(
            "open", f"first slice after {first:.2f} s, {count} slices after {first + rest:.2f} s"
        )

    def _scroll(self) -> None:
        canvas = self._canvas("axial")
        self._hand.wheel(canvas, self._middle(canvas), 6)
        self._hand.wheel(canvas, self._middle(canvas), -2)
        self._step("scroll", f"slice {self._bench.session.viewports['axial'].index + 1}")

    def _window(self) -> None:
        self._act("window.lung")
        self._step("window-lung", "lung window by its key")
        canvas = self._canvas("axial")
        x, y = self._middle(canvas)
        self._act("window.mediastinum")
        self._act("tool.window")
        self._hand.drag(canvas, ((x, y), (x + 40, y - 25)))
        window = self._bench.session.display.window
        self._step("window-drag", f"dragged to W {window.width:.0f} L {window.center:.0f}")
        self._act("window.lung")

    def _crosshair(self) -> None:
        self._act("tool.crosshair")
        target = self._target
        self._bench.navigator.jump_to(target)
        self._hand.turn()
        self._hand.click(self._canvas("axial"), self._px("axial", target))
        indices = [v.index + 1 for v in self._bench.session.viewports.by_id.values()]
        self._step("crosshair", f"axial, coronal, sagittal slices {indices}")

    def _surface(self) -> None:
        self._bench.window.show_tab("Surface")
        presets = ("bone", "lungs") if self._volume.stack.unit == "HU" else ()
        for preset in presets:
            self._bench.side.surface.use_preset(preset)
            seconds = self._finished(COMPUTE_KEY, SURFACE_TIMEOUT_S)
            self._bench.surface_view.finish_frame()
            mesh = self._bench.side.surface.mesh
            triangles = mesh.n_faces if mesh is not None else 0
            self._step(f"surface-{preset}", f"{triangles} triangles after {seconds:.1f} s")
        if not presets:
            self._note("no surface: the numbers are not HU")

    def _analyze(self) -> None:
        self._act("analysis.run")
        self._hand.rest(SETTLE_S)
        seconds = self._finished(ANALYZE_KEY, ANALYZE_TIMEOUT_S)
        report = self._bench.session.analysis
        if report is None:
            self._note("Analyze gave no report; the picture says why")
            self._step("analyze", "no report")
            return
        if report.findings:
            self._bench.navigator.jump_to(report.findings[0].position_lps_mm)
        self._step("analyze", f"{len(report.findings)} findings after {seconds:.1f} s")

    def _annotate(self) -> None:
        self._bench.window.show_tab("Measurements")
        self._act("view.fit")
        self._bench.navigator.jump_to(self._target)
        self._hand.turn()
        canvas = self._canvas("axial")
        x, y = self._px("axial", self._target)
        self._hand.drag(canvas, ((x, y), (x, y - ZOOM_DRAG_PX)), Qt.MouseButton.RightButton)
        mm = self._place("axial")[1].px_per_mm
        self._act("tool.length")
        self._hand.drag(canvas, ((x - 4.5 * mm, y), (x + 4.5 * mm, y)))
        self._act("tool.ellipse")
        self._hand.drag(canvas, ((x - 28 * mm, y + 12 * mm), (x - 12 * mm, y + 24 * mm)))
        self._act("tool.arrow")
        self._hand.drag(canvas, ((x + 4 * mm, y - 4 * mm), (x + 18 * mm, y - 24 * mm)))
        self._type_text(canvas, "nodule?")
        count = len(self._bench.session.document)
        self._act("edit.undo")
        self._act("edit.redo")
        self._act("tool.window")
        if len(self._bench.session.document) != count:
            raise ViewerError("The walk stopped", "undo and redo lost a mark")
        self._step("annotate", f"{count} marks")

    def _export(self) -> None:
        self._act("file.export_images")
        dialog = self._dialog("export-dialog")
        folder = self._folder_field(dialog)
        before = set(self._exports().iterdir())
        folder.setFocus()
        folder.selectAll()
        QTest.keyClicks(folder, str(self._exports()))
        QTest.keyClick(folder, Qt.Key.Key_Return)
        self._button(dialog, "Every slice with marks").click()
        self._hand.rest(SETTLE_S)
        self._button(dialog, "Export").click()
        self._finished(EXPORT_KEY, OPEN_TIMEOUT_S)
        self._hand.rest(SETTLE_S)
        self._picture("export", dialog)
        self._watch("export", self._bench)
        dialog.close()
        written = sorted(set(self._exports().iterdir()) - before)
        for path in written:
            self._took(path)
        if not written:
            raise ViewerError("The walk stopped", "the export wrote nothing")
        if self._bench.side.surface.mesh is not None:
            path = self._exports() / "surface.stl"
            self._bench.side.surface.save_stl(path)
            self._finished(STL_KEY, SURFACE_TIMEOUT_S)
            self._took(path)
        self._tell(f"export: {len(written)} pictures")

    # --- what the steps are made of ----------------------------------------------------------

    @property
    def _volume(self) -> Volume:
        volume = self._bench.session.volume
        if volume is None:
            raise ViewerError("The walk stopped", "nothing is open")
        return volume

    @property
    def _target(self) -> PointLps:
        geometry = self._volume.geometry
        for point in self._targets:
            if geometry.contains_index(geometry.lps_to_index(point)):
                return point
        x, y, z = (float(v) for v in geometry.center_lps_mm)
        return x, y, z

    def _is_loaded(self) -> bool:
        volume = self._bench.session.volume
        loaded = len(self._bench.session.loaded_slices)
        return volume is not None and loaded >= volume.geometry.shape_zyx[0]

    def _canvas(self, viewport_id: str) -> QWidget:
        return self._bench.grid.viewports[viewport_id].canvas.viewport()

    def _middle(self, widget: QWidget) -> Pixel:
        return widget.width() / 2, widget.height() / 2

    def _place(self, viewport_id: str) -> tuple[ResolvedView, ScreenTransform]:
        presenter = self._bench.viewports[viewport_id]
        view = presenter.resolved()
        if view is None:
            raise ViewerError("The walk stopped", "nothing is shown")
        return view, presenter.transform(view)

    def _px(self, viewport_id: str, point_lps: PointLps) -> Pixel:
        view, transform = self._place(viewport_id)
        u, v, _ = (float(x) for x in np.asarray(view.plane.lps_to_uvw(point_lps)))
        return transform.to_px((u, v))

    def _act(self, action_id: str) -> None:
        self._bench.window.actions_[action_id].trigger()
        self._hand.turn()

    def _finished(self, key: str, timeout_s: float) -> float:
        jobs = self._bench.runner
        return self._hand.until(lambda: all(j.key != key for j in jobs.jobs), key, timeout_s)

    def _type_text(self, canvas: QWidget, text: str) -> None:
        self._hand.rest(SETTLE_S / 2)
        field_ = self._bench.window.focusWidget()
        if isinstance(field_, QLineEdit):
            QTest.keyClicks(field_, text)
            QTest.keyClick(field_, Qt.Key.Key_Return)
            self._hand.turn()

    def _dialog(self, name: str) -> QDialog:
        self._hand.rest(SETTLE_S)
        dialog = self._bench.window.findChild(QDialog, name)
        if not isinstance(dialog, QDialog):
            raise ViewerError("The walk stopped", f"there is no {name}")
        return dialog

    def _folder_field(self, dialog: QDialog) -> QLineEdit:
        for line in dialog.findChildren(QLineEdit):
            if not isinstance(line.parent(), QAbstractSpinBox):
                return line
        raise ViewerError("The walk stopped", "the export dialog has no folder")

    def _button(self, dialog: QDialog, text: str) -> QAbstractButton:
        for button in dialog.findChildren(QAbstractButton):
            if button.text() == text:
                return button
        raise ViewerError("The walk stopped", f"the dialog has no button {text}")

    def _exports(self) -> Path:
        folder = self._out / "exports"
        folder.mkdir(exist_ok=True)
        return folder

    def _step(self, name: str, text: str) -> None:
        self._hand.rest(SETTLE_S)
        self._picture(name, self._bench.window)
        self._watch(name, self._bench)
        self._tell(f"{name}: {text}")

    def _picture(self, name: str, widget: QWidget) -> None:
        path = self._out / f"{len(self.result.pictures) + 1:02d}-{name}.png"
        if not widget.grab().save(str(path)):
            raise ViewerError(f"{path.name} cannot be saved", "the folder does not take it")
        self.result.pictures.append(path)

    def _took(self, path: Path) -> None:
        if path.is_file():
            self.result.files.append(path)
        else:
            raise ViewerError("The walk stopped", f"{path.name} was not written")

    def _note(self, text: str) -> None:
        self.result.notes.append(text)
        self._tell(text)
