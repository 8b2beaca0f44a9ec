"""A small cube with patient letters that turns with the 3D view; its faces can be clicked."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF, QTransform

from viewer.core.geometry import FloatArray

_NORMALS_AND_UPS: dict[str, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    # Outward normal in LPS, and the direction that is up on the face's letter.
    "L": ((1, 0, 0), (0, 0, 1)),
    "R": ((-1, 0, 0), (0, 0, 1)),
    "P": ((0, 1, 0), (0, 0, 1)),
    "A": ((0, -1, 0), (0, 0, 1)),
    "S": ((0, 0, 1), (0, -1, 0)),
    "I": ((0, 0, -1), (0, -1, 0)),
}
_SCALE = 0.55
"""Half edge as a part of half the widget: the corner of a cube is sqrt(3) away."""
_LETTER_BOX = 100.0


@dataclass(frozen=True, slots=True)
class CubeFace:
    """A visible face: its letter, its corners (from top left, clockwise), and how it is turned."""

    letter: str
    corners: tuple[QPointF, ...]
    facing: float

    @property
    def polygon(self) -> QPolygonF:
        """The outline on the screen."""
        return QPolygonF(list(self.corners))


def visible_faces(rotation: FloatArray, box: QRectF) -> tuple[CubeFace, ...]:
    """Return the faces turned to the reader.

    Parameters
    ----------
    rotation : ndarray, shape (3, 3)
        Rows: screen right, screen up and towards the eye, in LPS.
    box : QRectF
        Square of the screen that the cube lies in.
    """
    faces = []
    half = min(box.width(), box.height()) / 2 * _SCALE
    for letter, (normal, up) in _NORMALS_AND_UPS.items():
        n, u = np.asarray(normal, np.float64), np.asarray(up, np.float64)
        facing = float((rotation @ n)[2])
        if facing <= 1e-3:
            continue
        right = np.cross(u, n)
        corners = []
        for across, along in ((-1, 1), (1, 1), (1, -1), (-1, -1)):
            x, y, _ = rotation @ (n + across * right + along * u)
            corners.append(QPointF(box.center().x() + half * x, box.center().y() - half * y))
        faces.append(CubeFace(letter, tuple(corners), facing))
    return tuple(faces)


def letter_at(point: QPointF, rotation: FloatArray, box: QRectF) -> str:
    """Return the letter of the face under a point of the screen, or ""."""
    for face in visible_faces(rotation, box):
        if face.polygon.containsPoint(point, Qt.FillRule.OddEvenFill):
            return face.letter
    return ""


def paint_cube(painter: QPainter, rotation: FloatArray, box: QRectF, hovered: str = "") -> None:
    """Draw the cube; the face named `hovered` is lit."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont(painter.font())
    font.setPixelSize(58)
    font.setBold(True)
    for face in visible_faces(rotation, box):
        light = 46 + round(44 * face.facing) + (40 if face.letter == hovered else 0)
        painter.setBrush(QColor(light, light, light + 6, 225))
        painter.setPen(QPen(QColor(150, 150, 156), 1.2))
        painter.drawPolygon(face.polygon)
        _paint_letter(painter, face, font)
    painter.restore()


def _paint_letter(painter: QPainter, face: CubeFace, font: QFont) -> None:
    top_left, top_right, _, bottom_left = face.corners
    across, down = (top_right - top_left) / _LETTER_BOX, (bottom_left - top_left) / _LETTER_BOX
    to_face = QTransform(across.x(), across.y(), down.x(), down.y(), top_left.x(), top_left.y())
    painter.save()
    painter.setTransform(to_face, True)
    painter.setFont(font)
    painter.setPen(QColor(255, 255, 255, round(110 + 145 * face.facing)))
    square = QRectF(0, 0, _LETTER_BOX, _LETTER_BOX)
    painter.drawText(square, Qt.AlignmentFlag.AlignCenter, face.letter)
    painter.restore()
