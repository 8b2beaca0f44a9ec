"""Tests of viewer.render.surface_view with its drawing thread and orientation cube."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton

from tests.support.source_tree import PROJECT_ROOT
from viewer.imaging.mesh import Mesh
from viewer.imaging.ray import Ray, first_hit
from viewer.render.camera import STANDARD_VIEWS
from viewer.render.orientation_cube import letter_at, paint_cube, visible_faces
from viewer.render.surface_view import SurfaceView

pytestmark = pytest.mark.gui
Key = Qt.Key
SIZE = (420, 320)


def ball(center_lps, radius_mm, rings=24) -> Mesh:
    """A closed sphere."""
    theta, phi = np.meshgrid(
        np.linspace(0, np.pi, rings),
        np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False),
        indexing="ij",
    )
    points = np.stack(
        [np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], axis=-1
    ).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(rings - 1), np.arange(2 * rings), indexing="ij")
    a, b = i * 2 * rings + j, i * 2 * rings + (j + 1) % (2 * rings)
    faces = np.concatenate(
        [np.stack([a, a + 2 * rings, b], -1), np.stack([b, a + 2 * rings, b + 2 * rings], -1)]
    ).reshape(-1, 3)
    vertices = np.asarray(center_lps) + radius_mm * points
    return Mesh(vertices.astype(np.float32), faces.astype(np.int32), points.astype(np.float32))


def joined(*meshes: Mesh) -> Mesh:
    starts = np.cumsum([0, *(len(mesh.vertices_lps_mm) for mesh in meshes)])
    return Mesh(
        np.concatenate([mesh.vertices_lps_mm for mesh in meshes]),
        np.concatenate([mesh.faces + s for mesh, s in zip(meshes, starts, strict=False)]).astype(
            np.int32
        ),
        np.concatenate([mesh.normals for mesh in meshes]),
    )


# A large ball, and a small one to the left, the front and the head of it.
PLACES = ((0.0, 0.0, 0.0), (90.0, -50.0, 70.0))
MESH = joined(ball(PLACES[0], 20), ball(PLACES[1], 12))


@pytest.fixture
def view(qtbot):
    view = SurfaceView()
    qtbot.addWidget(view)
    view.resize(*SIZE)
    view.show()
    qtbot.waitExposed(view)
    return view


def pixels(view: SurfaceView) -> np.ndarray:
    """RGB of the picture under the cube and the texts, shape (rows, columns, 3)."""
    view.finish_frame()
    image = view.picture.convertToFormat(QImage.Format.Format_RGB888)
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return data[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def bright_near(image: np.ndarray, place: tuple[float, float]) -> bool:
    x, y = (round(v) for v in place)
    return bool(image[y - 2 : y + 3, x - 2 : x + 3].mean() > 40)


def test_empty_it_offers_the_presets(view, qtbot):
    view.set_presets((("bone", "Bone"), ("skin", "<b>Skin</b>")))
    view.set_message("No surface yet")
    buttons = [b for b in view.findChildren(QPushButton) if b.property("preset")]
    assert [button.text() for button in buttons] == ["Bone", "<b>Skin</b>"]
    with qtbot.waitSignal(view.preset_requested) as asked:
        qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert asked.args == ["skin"]


@pytest.mark.parametrize("standard", STANDARD_VIEWS, ids=lambda v: v.letter)
def test_the_surface_lies_where_the_patients_millimetres_say(view, qtbot, standard):
    view.set_mesh(MESH)
    button = next(b for b in view.findChildren(QToolButton) if b.text() == standard.letter)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (view.camera.azimuth_deg, view.camera.elevation_deg) == (
        standard.azimuth_deg,
        standard.elevation_deg,
    )
    image = pixels(view)
    assert image.shape == (SIZE[1], SIZE[0], 3)
    center = np.mean(PLACES, axis=0)
    for place in PLACES:
        assert bright_near(image, view.camera.project(place, SIZE))
        mirrored = 2 * center - place
        mirrored[2] = place[2]  # left and right exchanged with front and back
        away = view.camera.project((mirrored[0], place[1], place[2]), SIZE)
        if np.hypot(*(np.subtract(away, view.camera.project(place, SIZE)))) > 60:
            assert not bright_near(image, away)


def test_what_is_nearer_hides_what_is_behind(view):
    front, back = ball((0, -60, 0), 10), ball((0, 0, 0), 30)
    view.set_mesh(joined(back, front))
    view.look_from("A")
    seen = pixels(view)
    view.look_from("P")
    behind = pixels(view)
    x, y = (round(v) for v in view.camera.project((0, 0, 0), SIZE))
    assert seen[y, x].sum() != behind[y, x].sum()


def test_dragging_turns_and_the_wheel_comes_nearer(view, qtbot):
    view.set_mesh(MESH)
    start = view.camera
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 200))
    drag(view, QPoint(100, 200), QPoint(140, 180), Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(140, 180))
    turned = view.camera
    assert turned.azimuth_deg < start.azimuth_deg  # what was at the right comes to the front
    assert turned.elevation_deg < start.elevation_deg
    wheel(view, 120)
    assert view.camera.distance_mm < turned.distance_mm


def test_middle_drag_moves_the_surface_with_the_mouse(view, qtbot):
    view.set_mesh(MESH)
    before = view.camera.project(PLACES[0], SIZE)
    qtbot.mousePress(view, Qt.MouseButton.MiddleButton, pos=QPoint(100, 200))
    drag(view, QPoint(100, 200), QPoint(130, 215), Qt.MouseButton.MiddleButton)
    after = view.camera.project(PLACES[0], SIZE)
    assert np.subtract(after, before) == pytest.approx((30, 15), abs=3)


def test_keys_turn_and_zoom(view, qtbot):
    view.set_mesh(MESH)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.camera.azimuth_deg == -5
    assert view.camera.elevation_deg == -5


def test_a_face_of_the_cube_is_a_standard_view(view, qtbot):
    view.set_mesh(MESH)
    view.look_from("A")
    box = view.cube_box
    for letter in "LSIR":  # drag the camera so that the face is visible, then click it
        view.look_from("A")
        step = {"L": Key.Key_Left, "R": Key.Key_Right, "S": Key.Key_Up, "I": Key.Key_Down}[letter]
        for _ in range(8):
            qtbot.keyClick(view, step)
        faces = {face.letter: face for face in visible_faces(view.camera.rotation, box)}
        center = faces[letter].polygon.boundingRect().center()
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=center.toPoint())
        assert letter_at(box.center(), view.camera.rotation, box) == letter


def test_colour_and_opacity_change_the_picture(view):
    view.set_mesh(MESH)
    view.set_look("#ffffff", 1.0)
    white = pixels(view)
    view.set_look("#2040ff", 1.0)
    blue = pixels(view)
    x, y = (round(v) for v in view.camera.project(PLACES[0], SIZE))
    assert blue[y, x, 2] > blue[y, x, 0]
    view.set_look("#ffffff", 0.3)
    assert pixels(view)[y, x].sum() < white[y, x].sum()


def test_cleared_it_is_black_again_and_fits_the_next_surface(view):
    view.set_mesh(MESH)
    view.finish_frame()
    view.clear()
    assert view.picture.isNull()
    view.set_mesh(ball((500.0, 500.0, 500.0), 5.0))
    assert view.camera.center_lps_mm == pytest.approx((500, 500, 500), abs=0.1)
    assert pixels(view).max() > 60


def test_a_second_surface_keeps_the_camera(view):
    view.set_mesh(MESH)
    view.look_from("L")
    view.set_mesh(ball(PLACES[0], 25))
    assert view.camera.azimuth_deg == 90


def test_double_click_asks_for_the_whole_place(view, qtbot):
    with qtbot.waitSignal(view.maximise_requested):
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(60, 200))


def test_texts_are_plain(view):
    view.set_message("<b>bold</b>")
    assert {label.textFormat() for label in view.findChildren(QLabel)} == {Qt.TextFormat.PlainText}


@pytest.mark.parametrize("turned", [(0, 0), (30, 20), (-140, -35), (90, 90)])
def test_the_cube_shows_the_sides_that_face_the_reader(qapp, turned):
    from viewer.render.camera import OrbitCamera

    camera = OrbitCamera(azimuth_deg=turned[0], elevation_deg=turned[1])
    box = QRectF(0, 0, 100, 100)
    faces = visible_faces(camera.rotation, box)
    assert 1 <= len(faces) <= 3
    nearest = max(faces, key=lambda face: face.facing)
    assert letter_at(nearest.polygon.boundingRect().center(), camera.rotation, box)
    assert letter_at(QPointF(1, 1), camera.rotation, box) == ""
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    paint_cube(painter, camera.rotation, box, nearest.letter)
    painter.end()
    assert image.pixelColor(50, 50).lightness() > 30


def test_without_opengl_there_is_a_calm_text_and_no_crash():
    script = (
        "import numpy as np, time\n"
        "from PySide6.QtWidgets import QApplication, QLabel\n"
        "from viewer.imaging.mesh import Mesh\n"
        "from viewer.render.surface_view import SurfaceView\n"
        "app = QApplication([])\n"
        "view = SurfaceView()\n"
        "view.set_presets((('bone', 'Bone'),))\n"
        "view.show()\n"
        "points = np.eye(3, dtype=np.float32)\n"
        "view.set_mesh(Mesh(points, np.array([[0, 1, 2]], np.int32), points))\n"
        "deadline = time.monotonic() + 20\n"
        "while not view.unavailable and time.monotonic() < deadline:\n"
        "    app.processEvents()\n"
        "    time.sleep(0.01)\n"
        "view.set_message('No surface yet')\n"
        "view.set_mesh(Mesh(points, np.array([[0, 1, 2]], np.int32), points))\n"
        "view.finish_frame()\n"
        "view.grab()\n"
        "print([label.text() for label in view.findChildren(QLabel)])\n"
        "view.close_view()\n"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(PROJECT_ROOT)}
    environment.pop("DISPLAY", None)
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=50
    )
    assert done.returncode == 0, done.stderr
    assert "The 3D view needs OpenGL" in done.stdout


def drag(view: SurfaceView, start: QPoint, end: QPoint, button: Qt.MouseButton) -> None:
    """Move the mouse with a button held; QTest forgets the button on a plain move."""
    from PySide6.QtGui import QMouseEvent

    for step in range(1, 6):
        point = QPointF(start) + QPointF(end - start) * (step / 5)
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove,
            point,
            view.mapToGlobal(point),
            Qt.MouseButton.NoButton,
            button,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(view, event)


def wheel(view: SurfaceView, angle: int) -> None:
    event = QWheelEvent(
        QPointF(100, 100),
        view.mapToGlobal(QPointF(100, 100)),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_a_click_points_at_the_surface_and_a_drag_turns_it(view, qtbot):
    view.set_mesh(MESH)
    view.finish_frame()
    rays = list[Ray]()
    view.picked.connect(rays.append)
    place = view.camera.project(PLACES[1], (view.width(), view.height()))
    at = QPoint(round(place[0]), round(place[1]))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    (ray,) = rays
    hit = np.array(first_hit(MESH, ray))
    assert abs(np.linalg.norm(hit - PLACES[1]) - 12) < 0.5  # the ball has flat faces
    assert np.linalg.norm(hit - ray.origin_lps) < np.linalg.norm(
        PLACES[1] - np.array(ray.origin_lps)
    )
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(view, at + QPoint(60, 10))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at + QPoint(60, 10))
    assert len(rays) == 1
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cube_box.center().toPoint())
    assert len(rays) == 1
