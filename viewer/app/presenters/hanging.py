"""Hangs the newest prior of a patient beside the study that is opened."""

from collections.abc import Callable, Collection
from datetime import date

from viewer.app.follow_up import study_date
from viewer.app.load_stack import StackLoader
from viewer.app.presenters.connections import Connections
from viewer.core.arrangement import description_words
from viewer.core.layout import window_of
from viewer.core.patient import same_patient
from viewer.core.session import Session
from viewer.core.study import Stack, StudyIndex
from viewer.i18n import tr


class PriorHanger:
    """Fills the place beside a study that was opened, where places for series lie side by side.

    Only a place that is empty or shows another patient is filled; a study of whom the files do not
    tell to be of the same patient never hangs.

    Parameters
    ----------
    session : Session
        Whose places are filled.
    loader : StackLoader
        Opens the prior.
    wanted : callable
        Whether the reader wants this at all.
    awaited : callable
        Returns the places that another series is on its way to.
    """

    def __init__(
        self,
        session: Session,
        loader: StackLoader,
        wanted: Callable[[], bool],
        awaited: Callable[[], Collection[str]],
    ) -> None:
        self._session, self._loader = session, loader
        self._wanted, self._awaited = wanted, awaited
        self._begun: Stack | None = None
        self._connections = Connections()
        self._connections.add(session.index_changed, self._on_index)

    def close(self) -> None:
        """Let go of the session."""
        self._connections.close()

    def begin(self, stack: Stack) -> None:
        """Note that a study is about to be opened with a stack of it."""
        self._begun = stack

    def _on_index(self) -> None:
        stack, index, self._begun = self._begun, self._session.index, None
        if stack is None or index is None or not self._wanted():
            return
        prior, place = newest_prior(index, stack), self._place_beside(index, stack)
        day = None if prior is None else study_date(index, prior)
        if prior is not None and day is not None and place:
            self._loader.open(prior, place, beside=self._session.interaction.active)
            self._session.told.emit(tr("Prior of {date} beside it", date=day.isoformat()))

    def _place_beside(self, index: StudyIndex, stack: Stack) -> str:
        """Return the place for a prior; "" where there is none."""
        session = self._session
        active = session.interaction.active
        if session.layout.is_mpr or self._awaited():
            return ""
        for name, view in session.viewports.by_id.items():
            if name != active and window_of(name) == window_of(active):
                shown = None if view.stack is None else index.find_stack(view.stack)
                free = shown is None or not same_patient(stack.patient, shown.patient)
                return name if free else ""
        return ""


def newest_prior(index: StudyIndex, stack: Stack) -> Stack | None:
    """Return the series to compare a stack with, of the newest earlier study of its patient.

    Of the same modality; the one with the most of its words in its description, among equals the
    one with the most slices.
    """
    day = study_date(index, stack)
    if day is None:
        return None
    words = set(description_words(stack))
    best: tuple[date, int, int] | None = None
    found: Stack | None = None
    for other in index.stacks():
        then = study_date(index, other)
        if other.modality != stack.modality or "LOCALIZER" in other.image_type:
            continue
        if then is None or then >= day or not same_patient(stack.patient, other.patient):
            continue
        rank = then, len(words & set(description_words(other))), len(other.frames)
        if best is None or rank > best:
            best, found = rank, other
    return found
