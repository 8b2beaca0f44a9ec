"""A passive view that remembers what it was told; its intentions are fired by the test."""

from collections.abc import Callable
from typing import Any


class FakeSignal:
    """Connects, disconnects, and calls what is connected."""

    def __init__(self) -> None:
        self.slots: list[Callable[..., object]] = []

    def connect(self, slot: Callable[..., object]) -> None:
        self.slots.append(slot)

    def disconnect(self, slot: Callable[..., object]) -> None:
        self.slots.remove(slot)

    def emit(self, *values: Any) -> None:
        for slot in tuple(self.slots):
            slot(*values)


def recording_view(protocol: type) -> Any:
    """Return a `RecordingView` that type checkers take for the view it stands for."""
    return RecordingView(protocol)


class RecordingView:
    """Has the members of a view's Protocol and nothing else.

    Properties of the protocol are signals; its methods write down their arguments, the last ones
    under their name: ``view.last["set_error"] == ("text",)``.
    """

    def __init__(self, protocol: type) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.last: dict[str, tuple[Any, ...]] = {}
        self.signals: list[FakeSignal] = []
        for name, member in vars(protocol).items():
            if isinstance(member, property):
                signal = FakeSignal()
                self.signals.append(signal)
                setattr(self, name, signal)
            elif callable(member) and not name.startswith("_"):
                setattr(self, name, self._recorder(name))

    @property
    def is_connected(self) -> bool:
        return any(signal.slots for signal in self.signals)

    def _recorder(self, name: str) -> Callable[..., None]:
        def record(*values: Any, **named: Any) -> None:
            told = (*values, *named.values())
            self.calls.append((name, told))
            self.last[name] = told

        return record
