"""One cell of the grid: a slim header, the canvas and its slice bar."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.core.drawable import Drawable, TextItem
from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform
from viewer.i18n import tr
from viewer.render.canvas2d import Canvas2D
from viewer.render.image_layer import ImageArray
from viewer.ui.announcement import Announcement
from viewer.ui.icons import icon
from viewer.ui.slice_bar import SliceBar
from viewer.ui.stack_mime import stack_of
from viewer.ui.widgets.carry_strip import CarryStrip
from viewer.ui.widgets.elided_label import ElidedLabel
from viewer.ui.widgets.labels import plain_tooltip
from viewer.ui.widgets.place_hint import PlaceHint
from viewer.ui.widgets.words_entry import WordsEntry

_NARROW_PX = 380
"""Below this width the badges in the header are icons: title and image number come first."""


class CellFrame(QFrame):
    """Header with a title and a maximise button over any content.

    Signals
    -------
    maximise_requested
        The button was pressed.
    carried
        The header is dragged away.
    """

    maximise_requested = Signal()
    carried = Signal()

    def __init__(self, title: str, colour: str, content: QWidget) -> None:
        super().__init__()
        self.setObjectName("viewportFrame")
        self.setAccessibleName(tr("{title} view", title=title))
        self._note = ElidedLabel()
        self._note.setProperty("role", "dim")
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._maximise = QToolButton()
        self._maximise.setIcon(icon("view.maximise", "dim"))
        self._maximise.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._maximise.clicked.connect(self._on_maximise)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(8, 0, 4, 0)
        self.header.setSpacing(6)
        dot = QLabel()
        dot.setPixmap(_dot(colour, self.devicePixelRatioF()))
        self._name = ElidedLabel(title)
        self._name.setStyleSheet("font-weight: 600;")
        self.header.addWidget(dot)
        self.header.addWidget(self._name)
        self.header.addWidget(self._note, 1)
        self.header.addWidget(self._maximise)
        strip = CarryStrip()
        strip.carried.connect(self.carried)
        strip.setObjectName("viewportHeader")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # Words in the header never decide how wide the image is.
        strip.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        strip.setLayout(self.header)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addWidget(content, 1)
        self.set_maximised(False)

    def set_title(self, title: str) -> None:
        """Name the view."""
        if title != self._name.text():
            self._name.setText(title)
            self.setAccessibleName(tr("{title} view", title=title))

    @property
    def title(self) -> str:
        """The name of the view."""
        return self._name.text()

    def set_can_maximise(self, can: bool) -> None:
        """Offer the maximise button, or not."""
        self._maximise.setVisible(can)

    def set_note(self, text: str) -> None:
        """Show a few words beside the title."""
        if text != self._note.text():
            self._note.setText(text)

    def set_active(self, active: bool) -> None:
        """Show whether keys act on this view."""
        self._mark("active", active)

    def set_maximised(self, maximised: bool) -> None:
        """Show what the button will do."""
        name = "view.restore" if maximised else "view.maximise"
        text = tr("Restore all views") if maximised else tr("Maximise this view")
        self._maximise.setIcon(icon(name, "dim"))
        self._maximise.setToolTip(text)
        self._maximise.setAccessibleName(text)

    def _mark(self, name: str, on: bool) -> None:
        """Set a property that the theme's style sheet asks for."""
        text = "true" if on else "false"
        if self.property(name) != text:
            self.setProperty(name, text)
            self.style().unpolish(self)
            self.style().polish(self)

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
    stack_dropped(StackKey), layer_dropped(StackKey)
        A series was dropped here; with Ctrl held, over what is shown.
    place_chosen
        The empty place was pressed.
    link_requested
        The link badge was pressed.
    cine_requested
        The play button was pressed.
    text_entered(str)
        The reader finished the text that `ask_text` asked for; empty if there shall be none.
    """

    pointer = Signal(object)
    left = Signal()
    resized = Signal()
    index_requested = Signal(int)
    fidelity_requested = Signal()
    menu_requested = Signal(object)
    stack_dropped = Signal(object)
    layer_dropped = Signal(object)
    place_chosen = Signal()
    link_requested = Signal()
    cine_requested = Signal()
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
        self.canvas.setAccessibleName(tr("{title} image", title=title))
        self._drawables: Sequence[Drawable] = ()
        self._announcement = Announcement(self.canvas, self._spoken)
        self.fidelity = QToolButton()
        self.fidelity.setObjectName("fidelity")
        self.fidelity.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fidelity.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fidelity.clicked.connect(self._on_fidelity)
        self.fidelity.hide()
        self.link = QToolButton()
        self.link.setIcon(icon("link"))
        self.link.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.link.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.link.setToolTip(
            tr("How this place is linked to the others; click: scroll it alone, or with them again")
        )
        self.link.clicked.connect(self._on_link)
        self.link.hide()
        self.play = QToolButton()
        self.play.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.play.clicked.connect(self._on_play)
        for widget in (self.link, self.play, self.fidelity):
            self.header.insertWidget(self.header.count() - 1, widget)
        self.hint = PlaceHint(self.canvas)
        self.hint.pressed.connect(self.place_chosen)
        self._cine_shown: tuple[bool, bool] | None = None
        self.set_cine(False, False)
        for inner in (self.canvas, self.canvas.viewport()):
            inner.setAcceptDrops(False)  # series are dropped on the cell, files on the window
        self.setAcceptDrops(True)
        self._entry = WordsEntry(self.canvas)
        self._entry.answered.connect(self._on_entered)
        self.canvas.pointer.connect(self.pointer)
        self.canvas.left.connect(self.left)
        self.canvas.resized.connect(self.resized)
        self.slice_bar.index_requested.connect(self.index_requested)

    def set_title(self, title: str) -> None:
        """Name the view."""
        if title != self.title:
            super().set_title(title)
            self.canvas.setAccessibleName(tr("{title} image", title=title))

    def size_px(self) -> tuple[float, float]:
        """Return the canvas's width and height."""
        return self.canvas.size_px()

    def set_image(self, image: ImageArray) -> None:
        """Show uint8 pixels."""
        self.canvas.set_image(image)

    def set_frame(
        self, plane: PlaneGeometry, transform: ScreenTransform, text_scale: float
    ) -> None:
        """Place the slice; letters and lines over it are enlarged by a factor."""
        self.canvas.set_frame(plane, transform, text_scale)

    def set_drawables(self, drawables: Sequence[Drawable]) -> None:
        """Show overlays."""
        self._drawables = drawables
        self.canvas.set_drawables(drawables)

    def describe_anew(self) -> None:
        """Let a screen reader forget what the image told before."""
        self._announcement.renew()

    def _spoken(self) -> str:
        return "\n".join(item.text for item in self._drawables if isinstance(item, TextItem))

    def set_cursor(self, name: str) -> None:
        """Show another mouse cursor."""
        self.canvas.set_cursor(name)

    def set_slice(self, index: int, count: int, up: int) -> None:
        """Show the position in the stack."""
        self.hint.hide()
        self.slice_bar.setVisible(True)
        self.slice_bar.set_slice(index, count, up)
        self.set_note(f"{index + 1} / {count}")

    def set_key_slices(self, indices: Sequence[int]) -> None:
        """Point out key images beside the slices."""
        self.slice_bar.set_ticks(indices)

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
        self.fidelity.setAccessibleName(tr("Data fidelity: {text}", text=text))
        self.fidelity.setIcon(icon(state, "fine" if fine else "caution"))
        self.fidelity.setProperty("state", state)
        self.fidelity.style().unpolish(self.fidelity)
        self.fidelity.style().polish(self.fidelity)

    def set_link(self, text: str) -> None:
        """Show how the view is linked, where that is worth a word."""
        shown = tr("Link: {text}", text=text) if text else ""
        if shown != self.link.accessibleName():
            self.link.setText(text)
            self.link.setAccessibleName(shown)
            self.link.setVisible(bool(text))

    def set_cine(self, offered: bool, playing: bool) -> None:
        """Offer to play the images, or to stop."""
        if (offered, playing) == self._cine_shown:
            return
        self._cine_shown = (offered, playing)
        text = tr("Stop the cine") if playing else tr("Play as a cine")
        self.play.setVisible(offered)
        self.play.setIcon(icon("cine.stop" if playing else "cine.play", "dim"))
        self.play.setToolTip(f"{text}  (C)")
        self.play.setAccessibleName(text)

    def show_menu(self, px: tuple[float, float]) -> None:
        """Ask for a context menu at a canvas pixel."""
        self.menu_requested.emit(self.canvas.global_point(px))

    def ask_text(self, px: tuple[float, float], text: str, prompt: str) -> None:
        """Open a field at a canvas pixel; Return, Esc or a click elsewhere closes it."""
        self._entry.ask(px, text, prompt)

    def finish_text(self) -> None:
        """Close the field; what was typed so far is the answer."""
        self._entry.finish()

    def set_hint(self, text: str) -> None:
        """Say why the place is empty, or (empty) how to fill it."""
        self.hint.set_reason(text)

    def clear(self) -> None:
        """Show nothing."""
        self.canvas.clear()
        self._drawables = ()
        self.describe_anew()
        self.slice_bar.hide()
        self.hint.show()
        self.set_link("")
        self.set_cine(False, False)
        self.set_loaded(())
        self.set_key_slices(())
        self.set_note("")
        self.set_fidelity("", True, "")

    def _on_entered(self, text: str) -> None:
        self.text_entered.emit(text)

    def _on_fidelity(self) -> None:
        self.fidelity_requested.emit()

    def _on_link(self) -> None:
        self.link_requested.emit()

    def _on_play(self) -> None:
        self.cine_requested.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW_PX
        style = Qt.ToolButtonStyle
        for badge in (self.fidelity, self.link):
            badge.setToolButtonStyle(
                style.ToolButtonIconOnly if narrow else style.ToolButtonTextBesideIcon
            )

    # --- dropping ----------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if stack_of(event.mimeData()) is None:
            event.ignore()  # files are for the window
            return
        event.acceptProposedAction()
        self._mark("drop", True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._mark("drop", False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._mark("drop", False)
        key = stack_of(event.mimeData())
        if key is not None:
            event.acceptProposedAction()
            held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            (self.layer_dropped if held else self.stack_dropped).emit(key)


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
