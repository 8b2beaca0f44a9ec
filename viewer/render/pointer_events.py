"""Mouse and wheel events of Qt as `PointerEvent`s: in pixels, on the plane, in the patient."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform
from viewer.tools.pointer import Button, Modifier, PointerEvent, PointerKind

NOTCH = 120
"""Units of QWheelEvent.angleDelta for one notch of a wheel."""

_BUTTONS: dict[Qt.MouseButton, Button] = {
    Qt.MouseButton.LeftButton: Button.LEFT,
    Qt.MouseButton.MiddleButton: Button.MIDDLE,
    Qt.MouseButton.RightButton: Button.RIGHT,
}
_MODIFIERS: dict[Qt.KeyboardModifier, Modifier] = {
    Qt.KeyboardModifier.ShiftModifier: Modifier.SHIFT,
    Qt.KeyboardModifier.ControlModifier: Modifier.CTRL,
    Qt.KeyboardModifier.AltModifier: Modifier.ALT,
}


def held_button(buttons: Qt.MouseButton) -> Button:
    """Return the button that is held, the first of the table where there are several."""
    return next((button for qt, button in _BUTTONS.items() if qt in buttons), Button.NONE)


def held_keys(modifiers: Qt.KeyboardModifier) -> Modifier:
    """Return the keys that are held."""
    held = Modifier.NONE
    for qt, modifier in _MODIFIERS.items():
        if qt in modifiers:
            held |= modifier
    return held


class PointerSource:
    """Makes pointer events for one viewport; knows what the viewport shows."""

    def __init__(self) -> None:
        self._plane: PlaneGeometry | None = None
        self._transform = ScreenTransform(1.0, (0.0, 0.0))
        self._size = (1.0, 1.0)
        self._rest = 0

    def set_frame(
        self, plane: PlaneGeometry, transform: ScreenTransform, size_px: tuple[float, float]
    ) -> None:
        """Note what is shown, and where."""
        self._plane, self._transform, self._size = plane, transform, size_px

    def clear(self) -> None:
        """Note that nothing is shown: no events until then."""
        self._plane = None

    def mouse(self, kind: PointerKind, event: QMouseEvent) -> PointerEvent | None:
        """Translate a mouse event; None where nothing is shown or the button is unknown."""
        if kind is PointerKind.MOVE:
            button = held_button(event.buttons())
        elif event.button() in _BUTTONS:
            button = _BUTTONS[event.button()]
        else:
            return None
        return self._make(kind, event.position(), event.modifiers(), button)

    def wheel(self, event: QWheelEvent) -> PointerEvent | None:
        """Translate a wheel event; None until the parts of a notch add up to a whole one.

        Alt turns a vertical wheel into a horizontal one on some systems; both count.
        """
        delta = event.angleDelta()
        self._rest += delta.y() or delta.x()
        steps = int(self._rest / NOTCH)
        self._rest -= steps * NOTCH
        if steps == 0:
            return None
        return self._make(
            PointerKind.WHEEL, event.position(), event.modifiers(), Button.NONE, steps
        )

    def _make(
        self,
        kind: PointerKind,
        position: QPointF,
        modifiers: Qt.KeyboardModifier,
        button: Button,
        steps: int = 0,
    ) -> PointerEvent | None:
        if self._plane is None:
            return None
        px = (position.x(), position.y())
        uv = self._transform.to_uv(px)
        x, y, z = (float(v) for v in self._plane.uv_to_lps(uv))
        return PointerEvent(
            kind=kind,
            px=px,
            view_size_px=self._size,
            point_uv_mm=uv,
            point_lps=(x, y, z),
            mm_per_px=self._transform.mm_per_px,
            button=button,
            modifiers=held_keys(modifiers),
            wheel_steps=steps,
        )
