"""What the actions about key images do."""

from collections.abc import Callable

from viewer.app import key_images
from viewer.app.action_spec import ActionHandlers
from viewer.app.presenters.key_images import show_beside
from viewer.app.presenters.navigation import Navigator
from viewer.core.key_image import KeyImage
from viewer.core.session import Session

AskComment = Callable[[KeyImage], None]
"""Asks for the comment of a key image in the active viewport."""


class KeyImageDeeds:
    """Carries out the actions of `viewer.app.actions_key_images`.

    Parameters
    ----------
    session : Session
        Whose active view is marked.
    navigator : Navigator
        Goes from one to the next.
    ask : callable
        See `AskComment`.
    show_list : callable
        Brings the list to the front.
    """

    def __init__(
        self,
        session: Session,
        navigator: Navigator,
        ask: AskComment,
        show_list: Callable[[], None],
    ) -> None:
        self._session, self._navigator = session, navigator
        self._ask, self._show_list = ask, show_list

    def handlers(self) -> ActionHandlers:
        """Return what each action does, by id."""
        return {
            "key.toggle": self.toggle,
            "key.comment": self.comment,
            "key.next": self.next,
            "key.previous": self.previous,
            "key.show_list": self._show_list,
        }

    def toggle(self) -> None:
        """Mark the image in view, or unmark it; the keyboard stays with the reading."""
        key_images.toggle(self._session)

    def comment(self) -> None:
        """Ask for the comment."""
        image = key_images.in_view(self._session)
        if image is not None:
            self._ask(image)

    def next(self) -> None:
        """Go to the next key image."""
        show_beside(self._session, self._navigator, 1)

    def previous(self) -> None:
        """Go to the key image before."""
        show_beside(self._session, self._navigator, -1)
