"""Which file the metadata browser shows for what is on the screen, and what to compare it with."""

from dataclasses import dataclass

from viewer.app.masking import nameless_study
from viewer.app.overlays_frame import date_text, name_text
from viewer.app.series_names import series_title, told_apart
from viewer.app.tag_text import count_text
from viewer.core.patient import same_patient
from viewer.core.plane import acquisition_orientation
from viewer.core.session import Session
from viewer.core.study import FrameRef, Series, Stack, StackKey, Study
from viewer.i18n import tr


@dataclass(frozen=True, slots=True)
class TagTarget:
    """One image whose elements are to be shown.

    Attributes
    ----------
    path, member : str
        Its file, and the name inside where that is an archive; an empty path where there is none.
    frame : int or None
        0-based frame of a multi-frame file; None for the file as a whole.
    title : str
        What the reader calls it: "Slice 57 of 133".
    why_none : str
        Why there is no file.
    """

    path: str
    member: str = ""
    frame: int | None = None
    title: str = ""
    why_none: str = ""


@dataclass(frozen=True, slots=True)
class CompareChoice:
    """What an image can be compared with.

    Attributes
    ----------
    text : str
        In the list of choices.
    step : int
        So many slices on; 0 where it is something else.
    numbered : bool
        The slice of a number that the reader gives.
    stack : StackKey or None
        The middle image of another stack.
    """

    text: str
    step: int = 0
    numbered: bool = False
    stack: StackKey | None = None


NOTHING = CompareChoice("nothing")
_SLICES = (
    CompareChoice("the previous slice", step=-1),
    CompareChoice("the next slice", step=1),
    CompareChoice("slice number", numbered=True),
)


def compare_choices(session: Session) -> tuple[CompareChoice, ...]:
    """Return what the image on the screen can be compared with: slices, then other series."""
    if session.volume is None:
        return (NOTHING,)
    own = session.volume.stack
    slices = _SLICES if len(own.frame_of_slice) > 1 else ()
    texts = _stack_texts(session)
    others = (CompareChoice(text, stack=key) for key, text in texts.items() if key != own.key)
    return (NOTHING, *slices, *others)


def shown_slice(session: Session) -> int | None:
    """Return the slice (from 0) of the active view, or of the view that shows whole images.

    A view across the images is made of many files; the image where its plane shows them counts.
    """
    if session.volume is None:
        return None
    geometry = session.volume.geometry
    across = acquisition_orientation(geometry)
    viewports = session.viewports.by_id
    active = viewports.get(session.interaction.active)
    state = active if active is not None and active.orientation is across else None
    state = state or next((v for v in viewports.values() if v.orientation is across), None)
    index = state.index if state is not None else 0
    return min(max(index, 0), geometry.shape_zyx[0] - 1)


def shown_target(session: Session) -> TagTarget:
    """Return the image on the screen."""
    number = shown_slice(session)
    if session.volume is None or number is None:
        return TagTarget("", why_none=tr("Open a study first"))
    return slice_target(session.volume.stack, number)


def compared_target(
    session: Session, choice: CompareChoice, here: int | None, number: int
) -> TagTarget | None:
    """Return what an image is compared with; None for nothing.

    Parameters
    ----------
    here : int or None
        Slice of the image itself, from 0.
    number : int
        Slice number, from 1, for the choice that wants one.
    """
    if session.volume is None or here is None or choice == NOTHING:
        return None
    if choice.stack is not None:
        stack = None if session.index is None else session.index.find_stack(choice.stack)
        if stack is None:
            return TagTarget("", why_none=tr("That series is not open any more"))
        frame = stack.frames[len(stack.frames) // 2]
        title = tr(
            "Series {stack_texts}, middle image", stack_texts=_stack_texts(session)[stack.key]
        )
        return _frame_target(frame, title)
    wanted = number - 1 if choice.numbered else here + choice.step
    return slice_target(session.volume.stack, wanted)


def slice_target(stack: Stack, number: int) -> TagTarget:
    """Return an image of a stack by its slice, from 0."""
    count = len(stack.frame_of_slice)
    if not 0 <= number < count:
        return TagTarget("", why_none=tr("There is no slice beyond the last one"))
    title = tr("Slice {number} of {count}", number=number + 1, count=count)
    place = stack.frame_of_slice[number]
    if place is None:
        why = tr(
            "Slice {number} is missing in the files: there is nothing to read", number=number + 1
        )
        return TagTarget("", title=title, why_none=why)
    return _frame_target(stack.frames[place], title)


def _frame_target(frame: FrameRef, title: str) -> TagTarget:
    return TagTarget(frame.path, frame.member, frame.frame, title)


def _stack_texts(session: Session) -> dict[StackKey, str]:
    """Name every stack that is open; those of other patients with the patient's name."""
    if session.index is None or session.volume is None:
        return {}
    own = session.volume.stack.patient
    texts: dict[StackKey, str] = {}
    for study in session.index.studies:
        is_own = own == study.patient or same_patient(own, study.patient)
        name = name_text(study.patient.name) or tr("No name")
        if session.interaction.teaching:
            study, name = nameless_study(study), tr("Another patient")
        apart = told_apart(study.series)
        who = "" if is_own else f"{name}: "
        for series in study.series:
            for stack in series.stacks:
                text = _stack_text(study, series, stack, apart.get(series.series_uid, ""))
                texts[stack.key] = who + text
    return texts


def _stack_text(study: Study, series: Series, stack: Stack, apart: str) -> str:
    """Return "4 mese_product, echo 22 ms, 2025-01-21 (8 images)"."""
    labels = stack.labels
    part = labels.part
    if not part and len(series.stacks) > 1:
        part = tr("stack {stack}", stack=stack.key.stack)
    date = date_text(labels.date or study.date)
    facts = (series_title(series), apart, part, labels.view, date)
    text = ", ".join(fact for fact in facts if fact)
    return f"{text} ({count_text(len(stack.frame_of_slice), 'image')})"
