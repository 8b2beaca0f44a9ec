"""Which file the metadata browser shows for what is on the screen, and what to compare it with."""

from dataclasses import dataclass

from viewer.core.plane import acquisition_orientation
from viewer.core.session import Session
from viewer.core.study import FrameRef, Stack, StackKey


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
    others = [] if session.index is None else session.index.stacks()
    return (
        NOTHING,
        *slices,
        *(
            CompareChoice(_series_text(stack), stack=stack.key)
            for stack in others
            if stack.key != own.key
        ),
    )


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
        return TagTarget("", why_none="Open a study first")
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
            return TagTarget("", why_none="That series is not open any more")
        return _middle_target(stack)
    wanted = number - 1 if choice.numbered else here + choice.step
    return slice_target(session.volume.stack, wanted)


def slice_target(stack: Stack, number: int) -> TagTarget:
    """Return an image of a stack by its slice, from 0."""
    count = len(stack.frame_of_slice)
    if not 0 <= number < count:
        return TagTarget("", why_none="There is no slice beyond the last one")
    title = f"Slice {number + 1} of {count}"
    place = stack.frame_of_slice[number]
    if place is None:
        why = f"Slice {number + 1} is missing in the files: there is nothing to read"
        return TagTarget("", title=title, why_none=why)
    return _frame_target(stack.frames[place], title)


def _middle_target(stack: Stack) -> TagTarget:
    frame = stack.frames[len(stack.frames) // 2]
    return _frame_target(frame, f"Series {_series_text(stack)}, middle image")


def _frame_target(frame: FrameRef, title: str) -> TagTarget:
    return TagTarget(frame.path, frame.member, frame.frame, title)


def _series_text(stack: Stack) -> str:
    labels = stack.labels
    parts = (labels.series_number, labels.series_description or stack.modality)
    text = " ".join(part for part in parts if part)
    return f"{text} ({len(stack.frame_of_slice)} images, stack {stack.key.stack})"
