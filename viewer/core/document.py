"""The annotation document: the only thing a reader changes, and only through commands."""

from collections.abc import Iterator
from typing import Protocol, TypeVar

import numpy as np

from viewer.core.events import Signal
from viewer.core.geometry import FloatArray
from viewer.core.key_image import KeyImage
from viewer.core.plane import PlaneGeometry
from viewer.core.shapes import AnyShape


class AnnotationDocument:
    """The marks and key images of one series, each in the order they were made.

    Iterating gives the marks. Only commands (`viewer.core.commands`) change it; everyone else
    reads and listens to `changed`, which carries the uid of what was added, replaced or removed.
    """

    changed = Signal(str)

    def __init__(
        self,
        series_uid: str,
        shapes: tuple[AnyShape, ...] = (),
        key_images: tuple[KeyImage, ...] = (),
    ) -> None:
        self.series_uid = series_uid
        self._shapes: dict[str, AnyShape] = {shape.uid: shape for shape in shapes}
        self._key_images: dict[str, KeyImage] = {image.uid: image for image in key_images}
        self._grips = _Grips()

    def __iter__(self) -> Iterator[AnyShape]:
        return iter(tuple(self._shapes.values()))

    def __len__(self) -> int:
        return len(self._shapes)

    @property
    def key_images(self) -> tuple[KeyImage, ...]:
        """The key images."""
        return tuple(self._key_images.values())

    def get(self, uid: str) -> AnyShape | None:
        """Return the shape with this uid, or None."""
        return self._shapes.get(uid)

    def key_image(self, uid: str) -> KeyImage | None:
        """Return the key image with this uid, or None."""
        return self._key_images.get(uid)

    def near(self, plane: PlaneGeometry, within_mm: float) -> tuple[AnyShape, ...]:
        """Return the shapes of which every grip is so near to a plane, in the order they were made.

        Thousands of others cost next to nothing.
        """
        if not self._shapes:
            return ()
        return self._grips.near(self._shapes, plane, within_mm)

    def place(self, uid: str) -> int:
        """Return how many shapes stand before the one with this uid.

        Raises
        ------
        ValueError
            There is no such shape.
        """
        return list(self._shapes).index(uid)

    def key_image_place(self, uid: str) -> int:
        """Return how many key images stand before the one with this uid.

        Raises
        ------
        ValueError
            There is no such key image.
        """
        return list(self._key_images).index(uid)

    def put(self, shape: AnyShape, place: int | None = None) -> None:
        """Add a shape, or replace the one with its uid in place. For commands only.

        Parameters
        ----------
        place : int or None
            How many shapes shall stand before a new one; None for all.
        """
        if _put(self._shapes, shape, place):
            self._grips.forget()
            self.changed.emit(shape.uid)

    def remove(self, uid: str) -> None:
        """Remove a shape. For commands only."""
        del self._shapes[uid]
        self._grips.forget()
        self.changed.emit(uid)

    def put_key_image(self, image: KeyImage, place: int | None = None) -> None:
        """Add a key image, or replace the one with its uid in place. For commands only.

        Parameters
        ----------
        place : int or None
            How many key images shall stand before a new one; None for all.
        """
        if _put(self._key_images, image, place):
            self.changed.emit(image.uid)

    def remove_key_image(self, uid: str) -> None:
        """Remove a key image. For commands only."""
        del self._key_images[uid]
        self.changed.emit(uid)


class _Grips:
    """The grips of all shapes in one array: a plane is compared with all of them at once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[AnyShape, FloatArray]] = {}
        self._points: FloatArray | None = None
        self._starts: tuple[int, ...] = ()

    def forget(self) -> None:
        """Note that a shape was added, changed or removed."""
        self._points = None

    def near(
        self, shapes: dict[str, AnyShape], plane: PlaneGeometry, within_mm: float
    ) -> tuple[AnyShape, ...]:
        """Return the shapes of which every grip is so near to a plane."""
        points = self._points if self._points is not None else self._gather(shapes)
        with np.errstate(over="ignore", invalid="ignore"):  # of files that somebody edited
            away = np.abs(plane.lps_to_uvw(points)[:, 2])
        inside = np.maximum.reduceat(away, self._starts) <= within_mm
        every = tuple(shapes.values())
        return tuple(every[number] for number in np.flatnonzero(inside))

    def _gather(self, shapes: dict[str, AnyShape]) -> FloatArray:
        before, self._known = self._known, {}
        for uid, shape in shapes.items():
            known = before.get(uid)
            if known is None or known[0] is not shape:
                known = (shape, np.asarray(shape.points_lps, np.float64))
            self._known[uid] = known
        parts = [points for _, points in self._known.values()]
        ends = np.cumsum([len(points) for points in parts])
        self._starts = (0, *(int(end) for end in ends[:-1]))
        self._points = np.concatenate(parts)
        return self._points


class _Named(Protocol):
    @property
    def uid(self) -> str: ...


NamedT = TypeVar("NamedT", bound=_Named)


def _put(known: dict[str, NamedT], value: NamedT, place: int | None) -> bool:
    """Add or replace a value; tells whether anything is different."""
    if known.get(value.uid) == value:
        return False
    is_new = value.uid not in known
    known[value.uid] = value
    if is_new and place is not None:
        for uid in list(known)[place:-1]:
            known[uid] = known.pop(uid)
    return True
