"""A slim bar over an image with a layer: how the two share the picture, opacity, remove.

It lies on the image, so that nothing moves when a layer comes or goes, and off the texts there.
"""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from viewer.core.layer import Layer, LayerMode
from viewer.i18n import tr
from viewer.ui.icons import icon
from viewer.ui.widgets.labels import plain_tooltip

_SLIDER_STEPS = 100
_MARGIN_PX, _STEP_PX = 6, 4
_SLIDER_PX, _LEAST_SLIDER_PX = 90, 40


class LayerBar(QWidget):
    """Shows a layer's state and emits what the reader wants of it; hidden without a layer.

    Signals
    -------
    mode_requested(object)
        A `LayerMode`.
    opacity_requested(float)
        0..1.
    rate_requested(float)
        Changes in a second, 0 for by key.
    remove_requested
        The layer shall go.
    """

    mode_requested = Signal(object)
    opacity_requested = Signal(float)
    rate_requested = Signal(float)
    remove_requested = Signal()

    def __init__(self, rates_hz: Sequence[float], canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._texts: Sequence[QRectF] = ()
        self.setObjectName("layerBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)  # not that of the tool on the image
        self.modes = {
            mode: self._button(text, tooltip, partial(self._ask_mode, mode))
            for mode, text, tooltip in (
                (LayerMode.FUSION, tr("Fusion"), tr("Mix the two pictures")),
                (LayerMode.BLINK, tr("Blink"), tr("Show one of the two at a time")),
                (LayerMode.SWIPE, tr("Swipe"), tr("One on each side of a line to drag")),
            )
        }
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, _SLIDER_STEPS)
        self.opacity.setPageStep(10)
        self.opacity.setFixedWidth(_SLIDER_PX)
        self.opacity.setAccessibleName(tr("Opacity of the layer"))
        self.opacity.setToolTip(tr("Opacity of the layer  (Ctrl + Alt + wheel)"))
        self.opacity.valueChanged.connect(self._on_opacity)
        self.rate = QComboBox()
        self.rate.setAccessibleName(tr("Rate of the blink"))
        for rate in rates_hz:
            self.rate.addItem(tr("{rate:g} / s", rate=rate) if rate else tr("by key"), rate)
        self.rate.activated.connect(self._on_rate)
        self.window_menu = QMenu(self)
        self.window_button = QToolButton()
        self.window_button.setText(tr("Window"))
        self.window_button.setToolTip(tr("Window of the layer"))
        self.window_button.setAccessibleName(tr("Window of the layer"))
        self.window_button.setMenu(self.window_menu)
        self.window_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.remove = QToolButton()
        self.remove.setIcon(icon("close", "image_dim"))
        self.remove.setToolTip(tr("Remove the layer"))
        self.remove.setAccessibleName(tr("Remove the layer"))
        self.remove.clicked.connect(self._on_remove)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 1, 4, 1)
        row.setSpacing(2)
        for widget in (*self.modes.values(), self.opacity, self.rate):
            row.addWidget(widget)
        row.addWidget(self.window_button)
        row.addWidget(self.remove)
        self.hide()

    def set_layer(self, layer: Layer | None, title: str) -> None:
        """Show a layer's state, or (None) nothing."""
        self.setVisible(layer is not None)
        if layer is None:
            return
        self.setAccessibleName(tr("Layer: {name}", name=title))
        self.setToolTip(plain_tooltip(title))
        for mode, button in self.modes.items():
            button.setChecked(mode is layer.mode)
        self.opacity.setVisible(layer.mode is LayerMode.FUSION)
        self.rate.setVisible(layer.mode is LayerMode.BLINK)
        self.opacity.blockSignals(True)
        self.opacity.setValue(round(layer.opacity * _SLIDER_STEPS))
        self.opacity.blockSignals(False)
        self.rate.setCurrentIndex(self.rate.findData(layer.blink_hz))
        self.settle()

    def keep_off(self, texts: Sequence[QRectF]) -> None:
        """Stand where these texts of the image are not."""
        self._texts = texts
        self.settle()

    def settle(self) -> None:
        """Take a place on the image; where it stands well it stays."""
        if self.isHidden():
            return
        room = self._canvas.rect()
        self.window_button.show()
        self.opacity.setFixedWidth(_SLIDER_PX)
        if self._wanted_width() > room.width() - 2 * _MARGIN_PX:
            self.window_button.hide()  # what stands elsewhere, too, goes first
        if self._wanted_width() > room.width() - 2 * _MARGIN_PX:
            self.opacity.setFixedWidth(_LEAST_SLIDER_PX)
        self.resize(min(self._wanted_width(), room.width()), self.sizeHint().height())
        here = self.geometry()
        taken = [text.toAlignedRect() for text in self._texts]
        if not room.contains(here) or any(here.intersects(text) for text in taken):
            self.move(free_place(here, room, taken).topLeft())
        self.raise_()

    def _wanted_width(self) -> int:
        row = self.layout()
        if row is not None:
            row.activate()
        return self.sizeHint().width()

    def _button(self, text: str, tooltip: str, press: partial[None]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tooltip)
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        button.clicked.connect(press)
        return button

    def _ask_mode(self, mode: LayerMode, *_: object) -> None:
        for known, button in self.modes.items():
            button.setChecked(known is mode)
        self.mode_requested.emit(mode)

    def _on_opacity(self, value: int) -> None:
        self.opacity_requested.emit(value / _SLIDER_STEPS)

    def _on_rate(self, _index: int) -> None:
        self.rate_requested.emit(float(self.rate.currentData()))

    def _on_remove(self) -> None:
        self.remove_requested.emit()


def free_place(box: QRect, room: QRect, taken: Sequence[QRect]) -> QRect:
    """Return a box moved to the highest place without texts, there the nearest to the middle.

    Parameters
    ----------
    box : QRect
        Its size counts.
    room : QRect
        The image.
    taken : sequence of QRect
        The texts. Where they leave no room at all the box stands at the top, in the middle.
    """
    side = min(_MARGIN_PX, max((room.width() - box.width()) // 2, 0))
    free = room.adjusted(side, _MARGIN_PX, -side, -_MARGIN_PX)
    middle = room.left() + (room.width() - box.width()) // 2
    for top in range(free.top(), free.bottom() - box.height(), _STEP_PX):
        line = QRect(free.left(), top, free.width(), box.height())
        beside = [text for text in taken if text.intersects(line)]
        lefts = [middle]
        for text in beside:
            lefts += [text.right() + _MARGIN_PX, text.left() - _MARGIN_PX - box.width()]
        for left in sorted(lefts, key=lambda x: abs(x - middle)):
            found = QRect(left, top, box.width(), box.height())
            if free.contains(found) and not any(found.intersects(text) for text in beside):
                return found
    return QRect(max(middle, room.left()), free.top(), box.width(), box.height())
