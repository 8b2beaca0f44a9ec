"""What presenters and their passive views agree on: signals to connect, and to disconnect again."""

from collections.abc import Callable
from typing import Protocol


class Connectable(Protocol):
    """A signal, of Qt (an intention of a view) or of psygnal (a change of the session)."""

    def connect(self, slot: Callable[..., object], /) -> object:
        """Call a function whenever the signal fires."""

    def disconnect(self, slot: Callable[..., object], /) -> object:
        """Do not call it any more."""


class Connections:
    """The connections of one presenter, to be undone together. Give it bound methods."""

    def __init__(self) -> None:
        self._made: list[tuple[Connectable, Callable[..., object]]] = []

    def add(self, signal: Connectable, slot: Callable[..., object]) -> None:
        """Connect, and remember how to undo it."""
        signal.connect(slot)
        self._made.append((signal, slot))

    def close(self) -> None:
        """Undo all connections."""
        while self._made:
            signal, slot = self._made.pop()
            signal.disconnect(slot)
