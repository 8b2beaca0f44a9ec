"""Joins the list of key images to the session."""

from typing import Protocol

from viewer.app import key_images
from viewer.app.key_images import KeyImageRow
from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.presenters.navigation import Navigator
from viewer.core.session import Session
from viewer.i18n import tr


class KeyImagesView(Protocol):
    """The panel."""

    @property
    def image_requested(self) -> Connectable:
        """Uid of the key image to go to."""

    @property
    def comment_edited(self) -> Connectable:
        """Uid and the new comment."""

    @property
    def previous_requested(self) -> Connectable:
        """Go to the key image before."""

    @property
    def next_requested(self) -> Connectable:
        """Go to the next key image."""

    @property
    def remove_requested(self) -> Connectable:
        """Tuple of uids."""

    def set_rows(self, rows: tuple[KeyImageRow, ...]) -> None:
        """Show other rows."""

    def set_current(self, uid: str) -> None:
        """Point out the row of the image in view; none for ""."""

    def set_note(self, text: str) -> None:
        """Say why the list is empty; empty where it is not."""


class KeyImagesPresenter:
    """Keeps the list equal to the document of the active series."""

    def __init__(self, session: Session, view: KeyImagesView, navigator: Navigator) -> None:
        self._session, self._view, self._navigator = session, view, navigator
        self._connections, self._watched = Connections(), Connections()
        for signal, slot in (
            (session.volume_changed, self._on_volume),
            (session.interaction.events.active, self._on_volume),
            (view.image_requested, self._on_requested),
            (view.comment_edited, self._on_comment),
            (view.remove_requested, self._on_remove),
            (view.previous_requested, self._on_previous),
            (view.next_requested, self._on_next),
        ):
            self._connections.add(signal, slot)
        self._on_volume()

    def close(self) -> None:
        """Let go of session and view."""
        self._watched.close()
        self._connections.close()

    def _on_volume(self, *_: object) -> None:
        self._watched.close()
        self._watched.add(self._session.document.changed, self._refresh)
        self._watched.add(self._session.active.events.index, self._point_out)
        self._refresh()

    def _refresh(self, *_: object) -> None:
        opened = self._session.open_stack
        stack = None if opened is None else opened.volume.stack
        images = self._session.document.key_images
        shown = () if stack is None else key_images.rows(stack, images)
        self._view.set_rows(shown)
        self._view.set_note("" if shown else _why_empty(stack is not None))
        self._point_out()

    def _point_out(self, *_: object) -> None:
        image = key_images.in_view(self._session) if self._session.document.key_images else None
        self._view.set_current("" if image is None else image.uid)

    def _on_requested(self, uid: str) -> None:
        opened, image = self._session.open_stack, self._session.document.key_image(uid)
        if opened is not None and image is not None:
            _show(self._session, self._navigator, image.slice_in(opened.volume.stack))

    def _on_comment(self, uid: str, comment: str) -> None:
        key_images.write(self._session, self._session.document, uid, comment)
        self._refresh()  # spaces that do not count

    def _on_previous(self) -> None:
        show_beside(self._session, self._navigator, -1)

    def _on_next(self) -> None:
        show_beside(self._session, self._navigator, 1)

    def _on_remove(self, uids: tuple[str, ...]) -> None:
        key_images.remove(self._session, uids)


def show_beside(session: Session, navigator: Navigator, step: int) -> None:
    """Go to the next key image of the active series (step 1), or to the one before (-1)."""
    _show(session, navigator, key_images.beside(session, step))


def _show(session: Session, navigator: Navigator, z: int | None) -> None:
    point = None if z is None else key_images.place_of(session, z)
    if point is not None:
        navigator.jump_to(point)


def _why_empty(has_volume: bool) -> str:
    if not has_volume:
        return tr("Open a study to mark images in it")
    return tr("No key images yet. K marks the image in view, with a comment.")
