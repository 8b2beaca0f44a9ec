"""Makes pictures of a mesh on a thread of its own, so that turning a surface never holds the window
up, also where OpenGL runs in software. Of several waiting pictures only the newest is made.
"""

import atexit
from threading import Condition, Thread

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from viewer.imaging.mesh import Mesh
from viewer.render.mesh_renderer import Frame, MeshRenderer, OpenGlUnavailableError, make_surface

CLOSE_TIMEOUT_S = 5.0


class RenderThread(QObject):
    """One renderer on one thread; started by the first mesh. Methods are for the window's thread.

    Signals
    -------
    rendered(QImage, Frame)
        A picture is ready.
    failed(str)
        There is no OpenGL here; nothing more will come.
    """

    rendered = Signal(QImage, object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._surface = make_surface()
        self._wake = Condition()
        self._mesh: Mesh | None = None
        self._frame: Frame | None = None
        self._busy = False
        self._stop = False
        self._thread = Thread(target=self._run, name="3d-view", daemon=True)
        self._thread.start()
        # Also when the program ends by an error: a context dies on the thread that it lives on.
        atexit.register(self.close)

    def set_mesh(self, mesh: Mesh) -> None:
        """Draw another mesh from now on."""
        with self._wake:
            self._mesh = mesh
            self._wake.notify_all()

    def ask(self, frame: Frame) -> None:
        """Ask for a picture; it replaces one that still waits."""
        with self._wake:
            self._frame = frame
            self._wake.notify_all()

    def wait(self, timeout_s: float) -> bool:
        """Wait until nothing is left to do; its signals are then under way. For screenshots."""
        with self._wake:
            return self._wake.wait_for(self._is_idle, timeout_s)

    def close(self) -> None:
        """End the thread and free what the driver holds."""
        atexit.unregister(self.close)
        with self._wake:
            self._stop = True
            self._wake.notify_all()
        self._thread.join(CLOSE_TIMEOUT_S)
        self._surface.destroy()

    def _has_work(self) -> bool:
        return self._stop or self._mesh is not None or self._frame is not None

    def _is_idle(self) -> bool:
        return not self._thread.is_alive() or (
            self._mesh is None and self._frame is None and not self._busy
        )

    def _run(self) -> None:
        try:
            renderer = MeshRenderer(self._surface)
        except OpenGlUnavailableError as error:
            self.failed.emit(error.one_line())
            return
        while (work := self._next_work()) is not None:
            mesh, frame = work
            if mesh is not None:
                renderer.set_mesh(mesh)
            if frame is not None:
                self.rendered.emit(renderer.render(frame), frame)
            with self._wake:
                self._busy = False
                self._wake.notify_all()
        renderer.close()

    def _next_work(self) -> tuple[Mesh | None, Frame | None] | None:
        with self._wake:
            self._wake.wait_for(self._has_work)
            if self._stop:
                return None
            work = self._mesh, self._frame
            self._mesh = self._frame = None
            self._busy = True
            return work
