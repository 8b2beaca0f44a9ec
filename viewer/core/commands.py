"""Changes of the document as values; applying one returns its inverse."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from viewer.core.document import AnnotationDocument
from viewer.core.key_image import KeyImage
from viewer.core.links import Rigid, StackLinks
from viewer.core.shapes import AnyShape

TargetT = TypeVar("TargetT", contravariant=True)


class Command(Protocol[TargetT]):
    """A change that a user can undo, made to one kind of target: marks, or pairs of series."""

    @property
    def text(self) -> str:
        """What the change is called in "Undo ...", without the verb."""

    def apply(self, target: TargetT, /) -> "Command[TargetT]":
        """Make the change and return the command that takes it back."""


@dataclass(frozen=True, slots=True)
class PutShape:
    """Add a shape, or replace the one with the same uid (a moved handle, a new label).

    Attributes
    ----------
    place : int or None
        How many shapes shall stand before a new one; None for all.
    """

    shape: AnyShape
    text: str = "mark"
    place: int | None = None

    def apply(self, document: AnnotationDocument, /) -> Command[AnnotationDocument]:
        """Put the shape; the inverse restores what was there."""
        before = document.get(self.shape.uid)
        document.put(self.shape, self.place)
        return (
            RemoveShape(self.shape.uid, self.text)
            if before is None
            else PutShape(before, self.text)
        )


@dataclass(frozen=True, slots=True)
class RemoveShape:
    """Delete a shape."""

    uid: str
    text: str = "mark"

    def apply(self, document: AnnotationDocument, /) -> Command[AnnotationDocument]:
        """Remove the shape; the inverse puts it back where it stood."""
        before = document.get(self.uid)
        if before is None:
            raise KeyError(self.uid)
        place = document.place(self.uid)
        document.remove(self.uid)
        return PutShape(before, self.text, place)


@dataclass(frozen=True, slots=True)
class PutKeyImage:
    """Add a key image, or replace the one with the same uid (another comment).

    Attributes
    ----------
    place : int or None
        How many key images shall stand before a new one; None for all.
    """

    image: KeyImage
    text: str = "key image"
    place: int | None = None

    def apply(self, document: AnnotationDocument, /) -> Command[AnnotationDocument]:
        """Put the key image; the inverse restores what was there."""
        before = document.key_image(self.image.uid)
        document.put_key_image(self.image, self.place)
        return (
            RemoveKeyImage(self.image.uid, self.text)
            if before is None
            else PutKeyImage(before, self.text)
        )


@dataclass(frozen=True, slots=True)
class RemoveKeyImage:
    """Take an image from the key images."""

    uid: str
    text: str = "key image"

    def apply(self, document: AnnotationDocument, /) -> Command[AnnotationDocument]:
        """Remove the key image; the inverse puts it back where it stood."""
        before = document.key_image(self.uid)
        if before is None:
            raise KeyError(self.uid)
        place = document.key_image_place(self.uid)
        document.remove_key_image(self.uid)
        return PutKeyImage(before, self.text, place)


@dataclass(frozen=True, slots=True)
class SetPair:
    """Say how points of one series map into another, or (None) that nothing says it."""

    source_uid: str
    target_uid: str
    rigid: Rigid | None
    text: str = "offset of two series"

    def apply(self, links: StackLinks, /) -> Command[StackLinks]:
        """Pair or part the two; the inverse restores what was known of them."""
        before = links.pair(self.source_uid, self.target_uid)
        links.set_pair(self.source_uid, self.target_uid, self.rigid)
        return SetPair(self.source_uid, self.target_uid, before, self.text)


@dataclass(frozen=True)
class Together(Generic[TargetT]):
    """Several commands as one step."""

    commands: tuple[Command[TargetT], ...]
    text: str = "marks"

    def apply(self, target: TargetT, /) -> Command[TargetT]:
        """Apply in order; the inverse runs backwards."""
        inverses = [command.apply(target) for command in self.commands]
        return Together(tuple(reversed(inverses)), self.text)


def removes(command: object) -> bool:
    """Tell whether a command takes a mark away."""
    return isinstance(command, RemoveShape)


def takes_back(inverse: object, command: object) -> bool:
    """Tell whether an inverse removes the very thing that a command puts, or removes, too."""
    if isinstance(inverse, RemoveShape):
        if isinstance(command, PutShape):
            return inverse.uid == command.shape.uid
        return isinstance(command, RemoveShape) and inverse.uid == command.uid
    if isinstance(inverse, RemoveKeyImage):
        return isinstance(command, PutKeyImage) and inverse.uid == command.image.uid
    return False


SeriesPair = frozenset[str]
"""The UIDs of two series, in no order."""


def series_pairs(command: object) -> frozenset[SeriesPair]:
    """Return the pairs of series that a command changes; none for one that changes marks."""
    if isinstance(command, SetPair):
        return frozenset({frozenset({command.source_uid, command.target_uid})})
    if isinstance(command, Together):
        return frozenset().union(*(series_pairs(part) for part in command.commands))
    return frozenset()
