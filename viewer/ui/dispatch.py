"""Runs functions on the UI thread, soon, from any thread; and later, by the clock."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot


class Dispatcher(QObject):
    """The only way from a job's thread to the session.

    A queued signal carries the function: it is delivered by the event loop of the thread that
    made the dispatcher, in the order of the calls.
    """

    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, run: Callable[[], None]) -> None:
        """Run a function on the UI thread as soon as it has time; from any thread."""
        self._posted.emit(run)

    def later(self, delay_ms: int, run: Callable[[], None]) -> None:
        """Run a function after some milliseconds; from the UI thread only."""
        # The timer does not keep the owner of a bound method alive; the function around it does.
        QTimer.singleShot(delay_ms, self, lambda: run())

    def every(self, interval_ms: int, run: Callable[[], None]) -> Callable[[], None]:
        """Run a function again and again until what is returned is called; UI thread only."""
        timer = QTimer(self)
        timer.timeout.connect(lambda: run())
        timer.start(interval_ms)

        def stop() -> None:
            timer.stop()
            timer.deleteLater()

        return stop

    @Slot(object)
    def _run(self, run: Callable[[], None]) -> None:
        run()
