"""The annotation document: the only thing a reader changes, and only through commands."""

from collections.abc import Iterator

from viewer.core.events import Signal
from viewer.core.shapes import AnyShape


class AnnotationDocument:
    """The marks of one series, in the order they were made.

    Only commands (`viewer.core.commands`) call `put` and `remove`; everyone else reads and
    listens to `changed`, which carries the uid of the shape that was added, replaced or removed.
    """

    changed = Signal(str)

    def __init__(self, series_uid: str, shapes: tuple[AnyShape, ...] = ()) -> None:
        self.series_uid = series_uid
        self._shapes: dict[str, AnyShape] = {shape.uid: shape for shape in shapes}

    def __iter__(self) -> Iterator[AnyShape]:
        return iter(tuple(self._shapes.values()))

    def __len__(self) -> int:
        return len(self._shapes)

    def get(self, uid: str) -> AnyShape | None:
        """Return the shape with this uid, or None."""
        return self._shapes.get(uid)

    def place(self, uid: str) -> int:
        """Return how many shapes stand before the one with this uid.

        Raises
        ------
        ValueError
            There is no such shape.
        """
        return list(self._shapes).index(uid)

    def put(self, shape: AnyShape, place: int | None = None) -> None:
        """Add a shape, or replace the one with its uid in place. For commands only.

        Parameters
        ----------
        place : int or None
            How many shapes shall stand before a new one; None for all.
        """
        if self._shapes.get(shape.uid) == shape:
            return
        is_new = shape.uid not in self._shapes
        self._shapes[shape.uid] = shape
        if is_new and place is not None:
            later = list(self._shapes)[place:-1]
            for uid in later:
                self._shapes[uid] = self._shapes.pop(uid)
        self.changed.emit(shape.uid)

    def remove(self, uid: str) -> None:
        """Remove a shape. For commands only."""
        del self._shapes[uid]
        self.changed.emit(uid)
