"""Keys that move the camera of the 3D view: arrows turn, plus and minus zoom."""

from PySide6.QtCore import Qt

from viewer.render.camera import OrbitCamera

_KEYS: dict[int, tuple[float, float, float]] = {
    # Degrees about the long axis, degrees of tilt, zoom.
    Qt.Key.Key_Left: (5.0, 0.0, 1.0),
    Qt.Key.Key_Right: (-5.0, 0.0, 1.0),
    Qt.Key.Key_Up: (0.0, 5.0, 1.0),
    Qt.Key.Key_Down: (0.0, -5.0, 1.0),
    Qt.Key.Key_Plus: (0.0, 0.0, 1.1),
    Qt.Key.Key_Equal: (0.0, 0.0, 1.1),
    Qt.Key.Key_Minus: (0.0, 0.0, 1 / 1.1),
}


def camera_after(key: int, camera: OrbitCamera) -> OrbitCamera | None:
    """Return where a key takes the camera; None where it does not move it."""
    if key not in _KEYS:
        return None
    azimuth_deg, elevation_deg, zoom = _KEYS[key]
    return camera.orbited(azimuth_deg, elevation_deg).zoomed(zoom)
