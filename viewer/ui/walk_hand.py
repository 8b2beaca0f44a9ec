"""A hand that moves the mouse over the real window: Qt events, as a reader's mouse sends them."""

import time
from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, QPointF, Qt
from PySide6.QtGui import QInputEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from viewer.core.errors import ViewerError

_STEPS = 12
_TURN_MS = 20
NOTCH = 120
"""Qt's angle of one wheel notch."""

Pixel = tuple[float, float]


class Hand:
    """Presses, moves, turns the wheel; waits for what should follow."""

    def drag(
        self,
        widget: QWidget,
        path: tuple[Pixel, ...],
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    ) -> None:
        """Press at the first point, pass the others, release at the last."""
        self._mouse(widget, QEvent.Type.MouseMove, path[0], Qt.MouseButton.NoButton, held=False)
        self._mouse(widget, QEvent.Type.MouseButtonPress, path[0], button)
        for start, end in pairwise(path):
            for step in range(1, _STEPS + 1):
                share = step / _STEPS
                point = tuple(a + (b - a) * share for a, b in zip(start, end, strict=True))
                self._mouse(widget, QEvent.Type.MouseMove, (point[0], point[1]), button)
                self.turn()
        self._mouse(widget, QEvent.Type.MouseButtonRelease, path[-1], button, held=False)
        self.turn()

    def click(self, widget: QWidget, point: Pixel) -> None:
        """Press and release in place."""
        self.drag(widget, (point,))

    def hover(self, widget: QWidget, point: Pixel) -> None:
        """Move without a button."""
        self._mouse(widget, QEvent.Type.MouseMove, point, Qt.MouseButton.NoButton, held=False)
        self.turn()

    def wheel(self, widget: QWidget, point: Pixel, notches: int) -> None:
        """Turn the wheel; positive away from the hand."""
        place = QPointF(*point)
        for _ in range(abs(notches)):
            event = QWheelEvent(
                place,
                QPointF(widget.mapToGlobal(place)),
                QPoint(),
                QPoint(0, NOTCH if notches > 0 else -NOTCH),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            self._send(widget, event)
            self.turn()

    def turn(self, wait_ms: int = _TURN_MS) -> None:
        """Let the window work for a moment."""
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, wait_ms)

    def rest(self, seconds: float) -> None:
        """Let the window work for some time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.turn()
            time.sleep(0.002)

    def until(self, condition: Callable[[], bool], what: str, timeout_s: float = 60.0) -> float:
        """Wait until something is so, and return the seconds it took.

        Raises
        ------
        ViewerError
            It did not become so in time.
        """
        started = time.monotonic()
        while not condition():
            if time.monotonic() - started > timeout_s:
                raise ViewerError("The walk stopped", f"{what} took more than {timeout_s:.0f} s")
            self.turn()
            time.sleep(0.002)
        return time.monotonic() - started

    def _mouse(
        self,
        widget: QWidget,
        kind: QEvent.Type,
        point: Pixel,
        button: Qt.MouseButton,
        *,
        held: bool = True,
    ) -> None:
        place = QPointF(*point)
        moves = kind == QEvent.Type.MouseMove
        event = QMouseEvent(
            kind,
            place,
            QPointF(widget.mapToGlobal(place)),
            Qt.MouseButton.NoButton if moves else button,
            button if held else Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        self._send(widget, event)

    def _send(self, widget: QWidget, event: QInputEvent) -> None:
        QCoreApplication.sendEvent(widget, event)
