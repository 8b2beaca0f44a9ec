"""The 3D viewport: a surface in patient millimetres that the mouse turns, moves and enlarges.

A passive view: it is given a mesh and a look, keeps only its camera, and tells what was asked for.
"""

from collections.abc import Sequence
from math import ceil
from time import perf_counter

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from viewer.i18n import told, tr
from viewer.imaging.mesh import Mesh
from viewer.render.camera import STANDARD_VIEWS, OrbitCamera
from viewer.render.camera_drag import DragTable, default_drags, dragged
from viewer.render.camera_keys import camera_after
from viewer.render.crosshair_ring import paint_ring
from viewer.render.empty_scene import EmptyScene
from viewer.render.mesh_renderer import SAMPLES, Frame
from viewer.render.orientation_cube import letter_at, paint_cube
from viewer.render.render_thread import RenderThread
from viewer.render.view_bar import ViewBar

FRAME_BUDGET_S = 0.035
"""A slower frame makes the view coarser while it moves."""
SETTLE_MS = 160
MAX_PIXELS = 3840 * 2400
"""Larger views are drawn coarser."""
FRAME_TIMEOUT_S = 10.0
FIT_PART = 0.66
"""A surface is fitted into a sphere of this part of its longest side: bodies are no boxes, and the
corners of their bounding box are empty."""
CUBE_SIDE_PX = 84
EMPTY_TEXT = "No surface yet"


class SurfaceView(QWidget):
    """Shows one surface; a drag turns, moves or zooms, the wheel zooms.

    Signals
    -------
    preset_requested(str)
        Id of the surface preset whose button in the empty view was pressed.
    maximise_requested
        Double click.
    picked(Ray)
        A click without a drag: the line of sight through it.
    """

    preset_requested = Signal(str)
    maximise_requested = Signal()
    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("surface-view")
        self.setAccessibleName(tr("3D surface"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 160)
        self._camera = OrbitCamera()
        self._renderer: RenderThread | None = None
        self._unavailable = ""
        self._has_mesh = False
        self._bounds = (np.zeros(3), 1.0)
        self._colour, self._opacity = "#e6d8bd", 1.0
        self._crosshair_lps: tuple[float, float, float] | None = None
        self._status = ""
        self._image = QImage()
        self._shown: Frame | None = None
        self._asked: Frame | None = None
        self._asked_at_s = 0.0
        self._frame_s = 0.0
        self._moving = False
        self._drag_does: DragTable = default_drags
        self._pressed_at = QPointF()
        self._clicked_at: QPointF | None = None
        self._hovered = ""
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._on_settled)
        self._build()

    def prepare(self) -> None:
        """Start OpenGL now, so that it does not cost time when the surface is there."""
        if self._renderer is None and not self._unavailable:
            self._renderer = RenderThread(self)
            self._renderer.rendered.connect(self._on_rendered)
            self._renderer.failed.connect(self._on_failed)

    def set_mesh(self, mesh: Mesh) -> None:
        """Show another surface; the first one after `clear` is fitted into the view."""
        self.prepare()
        if self._renderer is None:
            return
        self._renderer.set_mesh(mesh)
        self._asked = None
        if mesh.n_faces:
            low, high = mesh.bounds_lps_mm
            self._bounds = ((low + high) / 2, max(FIT_PART * float(np.max(high - low)), 1.0))
        is_first = not self._has_mesh
        self._has_mesh = True
        if is_first:
            self.fit()
        self._show_state()
        self._ask()

    def clear(self) -> None:
        """Show no surface."""
        self._has_mesh = False
        self._status = ""
        self._image = QImage()
        self._shown = self._asked = None
        self._camera = OrbitCamera()
        self._show_state()

    def set_look(self, colour: str, opacity: float) -> None:
        """Set the colour ("#rrggbb") and the opacity (0..1) of the surface."""
        self._colour, self._opacity = colour, min(max(opacity, 0.05), 1.0)
        self._ask()

    def set_presets(self, presets: Sequence[tuple[str, str]]) -> None:
        """Offer presets (id, name) as buttons while there is no surface."""
        self._empty.set_presets(() if self._unavailable else presets)

    def set_message(self, text: str) -> None:
        """Set the plain text in the middle of an empty view."""
        self._empty.set_message(told(self._unavailable or text or EMPTY_TEXT))

    def set_status(self, text: str) -> None:
        """Set the line at the lower left: what is shown, and how many triangles."""
        self._status = text
        self.update()

    def set_crosshair(self, point_lps: tuple[float, float, float] | None) -> None:
        """Mark a point of the patient, or none."""
        self._crosshair_lps = point_lps
        self.update()

    @property
    def camera(self) -> OrbitCamera:
        """Where the surface is seen from."""
        return self._camera

    @property
    def unavailable(self) -> str:
        """Why there is no 3D view; empty while nothing speaks against it."""
        return self._unavailable

    @property
    def picture(self) -> QImage:
        """The surface as drawn last, without cube and texts; null while there is none."""
        return self._image

    def look_from(self, letter: str) -> None:
        """Look from the side A, P, L, R, S or I."""
        view = next(view for view in STANDARD_VIEWS if view.letter == letter)
        self._set_camera(self._camera.seen_from(view))

    def fit(self) -> None:
        """Show the whole surface."""
        self._set_camera(self._camera.fitted(*self._bounds))

    def finish_frame(self) -> None:
        """Wait until the view shows its present state at full quality; for screenshots."""
        self._settle.stop()
        self._moving = False
        self._ask()
        if self._renderer is not None and self._has_mesh:
            self._renderer.wait(FRAME_TIMEOUT_S)
            QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)

    def close_view(self) -> None:
        """End the drawing thread and free what the graphics driver holds."""
        self._settle.stop()
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None
        self._has_mesh = False

    def sizeHint(self) -> QSize:
        """Return a size that suits one of four viewports."""
        return QSize(480, 420)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the newest picture, the crosshair point and the cube over it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._has_mesh and self._shown is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self._image)
            # What lies over the picture belongs to its camera, not to one that is still asked for.
            self._paint_crosshair(painter, self._shown.camera)
            paint_cube(painter, self._shown.camera.rotation, self.cube_box, self._hovered)
            painter.setPen(QColor("#c8c8cc"))
            box = self.rect().adjusted(8, 6, -CUBE_SIDE_PX - 16, -6)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, self._status
            )
        painter.end()

    def set_drags(self, does: DragTable) -> None:
        """Take what a drag does from another table."""
        self._drag_does = does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag begins; a face of the cube is a standard view."""
        self._pressed_at = event.position()
        self._clicked_at = None
        if event.button() == Qt.MouseButton.LeftButton and self._has_mesh:
            letter = letter_at(event.position(), self._camera.rotation, self.cube_box)
            if letter:
                self.look_from(letter)
            elif not event.modifiers():
                self._clicked_at = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn, move or zoom, by the button that is held."""
        moved, self._pressed_at = event.position() - self._pressed_at, event.position()
        if not self._has_mesh or self._is_click(event.position()):
            return
        camera = dragged(self._camera, self._drag_does, event, moved, self._size())
        if camera is not None:
            self._drag(camera)
        elif not event.buttons():
            hovered = letter_at(event.position(), self._camera.rotation, self.cube_box)
            if hovered != self._hovered:
                self._hovered = hovered
                self.update(self.cube_box.toAlignedRect())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Draw at full quality again soon; a click without a drag points at the surface."""
        start, self._clicked_at = self._clicked_at, None
        if start is not None and self._has_mesh and not self._moving:
            self.picked.emit(self._camera.ray((start.x(), start.y()), self._size()))
        if self._moving:
            self._settle.start()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the whole place."""
        on_cube = self._has_mesh and self.cube_box.contains(event.position())
        if event.button() == Qt.MouseButton.LeftButton and not on_cube:
            self.maximise_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom."""
        self._drag(self._camera.zoomed(1.1 ** (event.angleDelta().y() / 120)))
        self._settle.start()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Claim the keys of the camera before the window's shortcuts take them."""
        if event.type() == QEvent.Type.ShortcutOverride and self._camera_for(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows turn, plus and minus zoom."""
        camera = self._camera_for(event)
        if camera is None:
            super().keyPressEvent(event)
        else:
            self._set_camera(camera)

    def _camera_for(self, event: QEvent) -> OrbitCamera | None:
        if not self._has_mesh or not isinstance(event, QKeyEvent):
            return None
        return camera_after(event.key(), self._camera)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the drawing thread with the view."""
        self.close_view()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for a picture of the new size."""
        super().resizeEvent(event)
        self._ask()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for a picture."""
        super().showEvent(event)
        self._ask()

    def _is_click(self, at: QPointF) -> bool:
        """Tell whether a press is still a click: hands tremble a little."""
        start = self._clicked_at
        if start is not None and (at - start).manhattanLength() >= QApplication.startDragDistance():
            self._clicked_at = start = None
        return start is not None

    # --- inside ----------------------------------------------------------------------------

    def _build(self) -> None:
        self._empty = EmptyScene(self)
        self._empty.set_message(EMPTY_TEXT)
        self._empty.preset_requested.connect(self.preset_requested)
        self._bar = ViewBar(self)
        self._bar.side_requested.connect(self.look_from)
        self._bar.fit_requested.connect(self.fit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignBottom)
        self._show_state()

    def _show_state(self) -> None:
        self._empty.setVisible(not self._has_mesh)
        self._bar.setVisible(self._has_mesh)
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.setAlignment(
                self._bar,
                Qt.AlignmentFlag.AlignBottom if self._has_mesh else Qt.AlignmentFlag(0),
            )
        self.update()

    def _size(self) -> tuple[float, float]:
        return float(self.width()), float(self.height())

    @property
    def cube_box(self) -> QRectF:
        """Where the orientation cube is."""
        return QRectF(self.width() - CUBE_SIDE_PX - 6, 4, CUBE_SIDE_PX, CUBE_SIDE_PX)

    def _drag(self, camera: OrbitCamera) -> None:
        self._moving = True
        self._set_camera(camera)

    def _set_camera(self, camera: OrbitCamera) -> None:
        if camera != self._camera:
            self._camera = camera
            self._ask()

    def _on_settled(self) -> None:
        self._moving = False
        self._ask()

    def _ask(self) -> None:
        """Ask for the picture of the present state, where it is another one."""
        if not self._has_mesh or self._renderer is None:
            return
        frame = self._frame()
        if frame != self._asked:
            self._asked = frame
            self._asked_at_s = perf_counter()
            self._renderer.ask(frame)

    def _frame(self) -> Frame:
        ratio = self.devicePixelRatioF()
        coarse = self._moving and self._frame_s > FRAME_BUDGET_S
        if coarse:
            ratio /= 2
        width, height = self.width() * ratio, self.height() * ratio
        shrink = min(1.0, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
        size_px = (max(ceil(width * shrink), 1), max(ceil(height * shrink), 1))
        samples = 0 if coarse else SAMPLES
        return Frame(self._camera, size_px, self._colour, self._opacity, samples)

    def _on_rendered(self, image: QImage, frame: Frame) -> None:
        if not self._has_mesh:
            return
        if frame == self._asked and frame.samples:
            self._frame_s = perf_counter() - self._asked_at_s
        self._image, self._shown = image, frame
        self.update()

    def _on_failed(self, text: str) -> None:
        self._unavailable = text
        self._has_mesh = False
        self._empty.set_message(text)
        self._empty.set_presets(())
        self._show_state()

    def _paint_crosshair(self, painter: QPainter, camera: OrbitCamera) -> None:
        if self._crosshair_lps is None:
            return
        place = camera.project(self._crosshair_lps, self._size())
        if place is not None:
            paint_ring(painter, place)
