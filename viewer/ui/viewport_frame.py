"""One cell of the grid: a slim header, the canvas and its slice bar."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.core.drawable import Drawable
from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform
from viewer.render.canvas2d import Canvas2D
from viewer.render.image_layer import ImageArray
from viewer.ui.icons import icon
from viewer.ui.slice_bar import SliceBar
from viewer.ui.theme import COLOURS
from viewer.ui.widgets.labels import plain_tooltip

_HEADER_HEIGHT = 24
_ENTRY_WIDTH = 190


class CellFrame(QFrame):
    """Header with a title and a maximise button over any content.

    Signals
    -------
    maximise_requested
        The button was pressed.
    """

    maximise_requested = Signal()

    def __init__(self, title: str, colour: str, content: QWidget) -> None:
        super().__init__()
        self.setObjectName("viewportFrame")
        self.setAccessibleName(f"{title} view")
        self._note = QLabel()
        self._note.setProperty("role", "dim")
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._maximise = QToolButton()
        self._maximise.setIcon(icon("view.maximise", COLOURS.dim))
        self._maximise.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._maximise.clicked.connect(self._on_maximise)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(8, 0, 4, 0)
        self.header.setSpacing(6)
        dot = QLabel()
        dot.setPixmap(_dot(colour, self.devicePixelRatioF()))
        self._name = QLabel(title)
        self._name.setStyleSheet("font-weight: 600;")
        self.header.addWidget(dot)
        self.header.addWidget(self._name)
        self.header.addWidget(self._note, 1)
        self.header.addWidget(self._maximise)
        strip = QWidget()
        strip.setObjectName("viewportHeader")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip.setFixedHeight(_HEADER_HEIGHT)
        strip.setLayout(self.header)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addWidget(content, 1)
        self.set_maximised(False)

    def set_title(self, title: str) -> None:
        """Name the view."""
        self._name.setText(title)
        self.setAccessibleName(f"{title} view")

    def set_can_maximise(self, can: bool) -> None:
        """Offer the maximise button, or not."""
        self._maximise.setVisible(can)

    def set_note(self, text: str) -> None:
        """Show a few words beside the title."""
        if text != self._note.text():
            self._note.setText(text)

    def set_active(self, active: bool) -> None:
        """Show whether keys act on this view."""
        if self.property("active") != ("true" if active else "false"):
            self.setProperty("active", "true" if active else "false")
            self.style().unpolish(self)
            self.style().polish(self)

    def set_maximised(self, maximised: bool) -> None:
        """Show what the button will do."""
        name = "view.restore" if maximised else "view.maximise"
        text = "Restore the four views" if maximised else "Maximise this view"
        self._maximise.setIcon(icon(name, COLOURS.dim))
        self._maximise.setToolTip(text)
        self._maximise.setAccessibleName(text)

    def _on_maximise(self) -> None:
        self.maximise_requested.emit()


class ViewportFrame(CellFrame):
    """A 2D viewport: the passive view of `viewer.app.presenters.viewport.ViewportPresenter`.

    Signals
    -------
    pointer(PointerEvent), left, resized
        As of the canvas.
    index_requested(int)
        From the slice bar.
    fidelity_requested
        The badge was clicked.
    menu_requested(QPoint)
        Where (on the screen) a context menu shall open.
    text_entered(str)
        The reader finished the text that `ask_text` asked for; empty if there shall be none.
    """

    pointer = Signal(object)
    left = Signal()
    resized = Signal()
    index_requested = Signal(int)
    fidelity_requested = Signal()
    menu_requested = Signal(object)
    text_entered = Signal(str)

    def __init__(self, viewport_id: str, title: str, colour: str) -> None:
        self.canvas = Canvas2D()
        self.slice_bar = SliceBar()
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.canvas, 1)
        row.addWidget(self.slice_bar)
        super().__init__(title, colour, body)
        self.viewport_id = viewport_id
        self._fidelity_shown = ("", True, "")
        self.canvas.setAccessibleName(f"{title} image")
        self.fidelity = QToolButton()
        self.fidelity.setObjectName("fidelity")
        self.fidelity.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fidelity.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fidelity.clicked.connect(self._on_fidelity)
        self.fidelity.hide()
        self.header.insertWidget(self.header.count() - 1, self.fidelity)
        self._entry = QLineEdit(self.canvas)
        self._entry.setAccessibleName("Text of the arrow")
        self._entry.setPlaceholderText("Text")
        self._entry.setFixedWidth(_ENTRY_WIDTH)
        self._entry.editingFinished.connect(self._on_entered)
        self._entry.hide()
        self.canvas.pointer.connect(self.pointer)
        self.canvas.left.connect(self.left)
        self.canvas.resized.connect(self.resized)
        self.slice_bar.index_requested.connect(self.index_requested)

    def set_title(self, title: str) -> None:
        """Name the view."""
        super().set_title(title)
        self.canvas.setAccessibleName(f"{title} image")

    def size_px(self) -> tuple[float, float]:
        """Return the canvas's width and height."""
        return self.canvas.size_px()

    def set_image(self, image: ImageArray) -> None:
        """Show uint8 pixels."""
        self.canvas.set_image(image)

    def set_frame(self, plane: PlaneGeometry, transform: ScreenTransform) -> None:
        """Place the slice."""
        self.canvas.set_frame(plane, transform)

    def set_drawables(self, drawables: Sequence[Drawable]) -> None:
        """Show overlays."""
        self.canvas.set_drawables(drawables)

    def set_cursor(self, name: str) -> None:
        """Show another mouse cursor."""
        self.canvas.set_cursor(name)

    def set_slice(self, index: int, count: int) -> None:
        """Show the position in the stack."""
        self.slice_bar.set_slice(index, count)
        self.set_note(f"{index + 1} / {count}")

    def set_loaded(self, runs: Sequence[tuple[float, float]]) -> None:
        """Show which slices are there."""
        self.slice_bar.set_loaded(runs)

    def set_fidelity(self, text: str, fine: bool, tooltip: str) -> None:
        """Show the fidelity badge; an empty text hides it."""
        if (text, fine, tooltip) == self._fidelity_shown:
            return
        self._fidelity_shown = (text, fine, tooltip)
        state = "fine" if fine else "caution"
        self.fidelity.setVisible(bool(text))
        self.fidelity.setText(text)
        self.fidelity.setToolTip(plain_tooltip(tooltip))
        self.fidelity.setAccessibleName(f"Data fidelity: {text}")
        self.fidelity.setIcon(icon(state, COLOURS.fine if fine else COLOURS.caution))
        self.fidelity.setProperty("state", state)
        self.fidelity.style().unpolish(self.fidelity)
        self.fidelity.style().polish(self.fidelity)

    def show_menu(self, px: tuple[float, float]) -> None:
        """Ask for a context menu at a canvas pixel."""
        self.menu_requested.emit(self.canvas.global_point(px))

    def ask_text(self, px: tuple[float, float], text: str) -> None:
        """Open a field at a canvas pixel; Return, Esc or a click elsewhere closes it."""
        x = min(max(px[0] + 8, 0), max(self.canvas.width() - _ENTRY_WIDTH, 0))
        y = min(max(px[1] - 12, 0), max(self.canvas.height() - self._entry.sizeHint().height(), 0))
        self._entry.setText(text)
        self._entry.move(round(x), round(y))
        self._entry.show()
        self._entry.setFocus()

    def clear(self) -> None:
        """Show nothing."""
        self.canvas.clear()
        self.set_loaded(())
        self.set_note("")
        self.set_fidelity("", True, "")

    def _on_entered(self) -> None:
        if self._entry.isVisible():
            self._entry.hide()
            self.canvas.setFocus()
            self.text_entered.emit(self._entry.text().strip())

    def _on_fidelity(self) -> None:
        self.fidelity_requested.emit()


def _dot(colour: str, ratio: float) -> QPixmap:
    """Draw a small filled circle in the colour of a plane's line."""
    size = 9
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(0, 0, size, size)
    painter.end()
    return pixmap
