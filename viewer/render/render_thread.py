"""Makes pictures of a mesh on a thread of its own, so that turning a surface never holds the window
up, also where OpenGL runs in software. Of several waiting pictures only the newest is made.

Nothing on that thread may make, connect or delete a QObject: Qt does these under a lock that the
window's thread may hold while it waits for Python's (PySide asks for overrides in destructors), and
PySide keeps Python's lock meanwhile. So the renderer is made on the window's thread and handed on.
"""

import atexit
from collections.abc import Callable
from threading import Condition

from PySide6.QtCore import QObject, QThread, QTimer, Signal
from PySide6.QtGui import QImage

from viewer.imaging.mesh import Mesh
from viewer.render.mesh_renderer import Frame, MeshRenderer, OpenGlUnavailableError, make_surface

CLOSE_TIMEOUT_MS = 5000


class _Loop(QThread):
    """A thread that runs one function; a context can only be handed to a thread of Qt's."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        """Do the work."""
        self._work()


class RenderThread(QObject):
    """One renderer on one thread. Methods are for the window's thread.

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
        self._renderer: MeshRenderer | None = None
        self._why = ""
        self._thread = _Loop(self._run)
        try:
            self._renderer = MeshRenderer(self._surface)
        except OpenGlUnavailableError as error:
            self._why = error.one_line()
            QTimer.singleShot(0, self._tell_failure)
            return
        self._renderer.move_to(self._thread)
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
        self._thread.wait(CLOSE_TIMEOUT_MS)
        self._surface.destroy()

    def _has_work(self) -> bool:
        return self._stop or self._mesh is not None or self._frame is not None

    def _is_idle(self) -> bool:
        return not self._thread.isRunning() or (
            self._mesh is None and self._frame is None and not self._busy
        )

    def _tell_failure(self) -> None:
        self.failed.emit(self._why)

    def _run(self) -> None:
        renderer, self._renderer = self._renderer, None
        if renderer is None:
            return
        renderer.begin()
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
