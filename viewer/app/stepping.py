"""From series to series and from study to study of one patient, in the active place."""

from viewer.app.load_stack import StackLoader
from viewer.app.open_study import main_stack
from viewer.core.session import Session
from viewer.core.study import StudyIndex
from viewer.i18n import tr


def step_series(session: Session, loader: StackLoader, delta: int) -> None:
    """Open the stack so many places on (negative: back); there may be none."""
    if session.index is None or session.volume is None:
        return
    stack = session.index.beside(session.volume.stack.key, delta)
    if stack is not None:
        loader.open(stack)


def step_study(session: Session, loader: StackLoader, delta: int) -> None:
    """Open the main stack of the study so many places on, or say that there is none."""
    if session.index is None or session.volume is None:
        return
    study = session.index.study_beside(session.volume.stack.key, delta)
    stack = None if study is None else main_stack(StudyIndex(0, (study,)))
    if stack is not None:
        loader.open(stack)
    elif delta > 0:
        session.told.emit(tr("The list has no study of this patient after this one"))
    else:
        session.told.emit(tr("The list has no study of this patient before this one"))
