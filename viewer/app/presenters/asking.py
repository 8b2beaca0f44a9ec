"""The field for words over one viewport: whose words it asks for, and when it closes."""

from dataclasses import dataclass

from viewer.app import key_images, mark_edits
from viewer.app.presenters.viewport_view import ViewportView
from viewer.app.resolve import ResolvedView
from viewer.app.words import shown_words
from viewer.core.document import AnnotationDocument
from viewer.core.key_image import KeyImage
from viewer.core.screen import ScreenTransform
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import AnyShape
from viewer.i18n import tr

_COMMENT_LEFT_PX = 120.0  # half of the field, which stands a little to the right


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    document: AnnotationDocument
    uid: str
    is_new: bool
    slice_key: tuple[object, ...]


class Asking:
    """Asks for the words of a mark or key image; they go to it, whatever is shown by then.

    Parameters
    ----------
    session : Session
        Whose documents take the words.
    view : ViewportView
        Has the field.
    """

    def __init__(self, session: Session, view: ViewportView) -> None:
        self._session, self._view = session, view
        self._asked: _Asked | None = None

    def ask_words(
        self,
        shape: AnyShape,
        stack: OpenStack,
        view: ResolvedView,
        transform: ScreenTransform,
        *,
        is_new: bool,
    ) -> None:
        """Ask for the words of a mark: at the last of its grips."""
        u, v, _ = (float(x) for x in view.plane.lps_to_uvw(shape.points_lps[-1]))
        self._begin(_Asked(stack.document, shape.uid, is_new, _slice_key(view)))
        words, prompt = shown_words(shape.words), tr("Words (Return keeps them)")
        self._view.ask_text(transform.to_px((u, v)), words, prompt)

    def ask_comment(self, image: KeyImage, stack: OpenStack, view: ResolvedView) -> None:
        """Ask for the comment of a key image: at the top, where it will be read."""
        self._begin(_Asked(stack.document, image.uid, False, _slice_key(view)))
        place = (self._view.size_px()[0] / 2 - _COMMENT_LEFT_PX, 0.0)
        self._view.ask_text(place, shown_words(image.comment), tr("Comment (Return keeps it)"))

    def answer(self, text: str) -> None:
        """Give the words to what they were asked for."""
        asked, self._asked = self._asked, None
        if asked is not None:
            key_images.write(self._session, asked.document, asked.uid, text)
            mark_edits.write(self._session, asked.document, asked.uid, text, is_new=asked.is_new)

    def follow(self, view: ResolvedView | None, stack: OpenStack | None) -> None:
        """Close the field where its image is no longer in view; the words go to that image."""
        asked = self._asked
        if asked is not None and (
            view is None
            or stack is None
            or stack.document is not asked.document
            or _slice_key(view) != asked.slice_key
        ):
            self._view.finish_text()

    def _begin(self, asked: _Asked) -> None:
        if self._asked is not None:
            self._view.finish_text()
        self._asked = asked


def _slice_key(view: ResolvedView) -> tuple[object, ...]:
    return view.orientation, view.index, view.rotation
