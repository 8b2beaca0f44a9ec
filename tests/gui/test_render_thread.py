"""The drawing thread: what may happen on it and what may not."""

import numpy as np
from PySide6.QtCore import QThread

from viewer.imaging.mesh import Mesh
from viewer.render import render_thread
from viewer.render.mesh_renderer import MeshRenderer, OpenGlUnavailableError
from viewer.render.render_thread import RenderThread


def test_qt_objects_are_made_on_the_windows_thread_and_drawn_on_another(qapp, monkeypatch):
    # Made on the drawing thread they met the window's thread in Qt's connection lock and Python's
    # at the same time, each holding one: both stood still for ever.
    made, began, drew = [], [], []

    class Watched(MeshRenderer):
        def __init__(self, surface):
            made.append(QThread.currentThread())
            super().__init__(surface)

        def begin(self):
            began.append(QThread.currentThread())
            super().begin()

        def set_mesh(self, mesh):
            drew.append(QThread.currentThread())
            super().set_mesh(mesh)

    monkeypatch.setattr(render_thread, "MeshRenderer", Watched)
    renderer = RenderThread()
    points = np.eye(3, dtype=np.float32)
    renderer.set_mesh(Mesh(points, np.array([[0, 1, 2]], np.int32), points))
    assert renderer.wait(10.0)
    renderer.close()
    assert made == [qapp.thread()]
    assert began == drew
    assert began[0] != qapp.thread()


def test_a_missing_opengl_is_told_after_the_signals_can_be_connected(qtbot, monkeypatch):
    def none(surface):
        raise OpenGlUnavailableError("no driver")

    monkeypatch.setattr(render_thread, "MeshRenderer", none)
    renderer = RenderThread()
    with qtbot.waitSignal(renderer.failed, timeout=5000) as failed:
        pass
    assert "no driver" in failed.args[0]
    assert renderer.wait(1.0)
    renderer.close()
