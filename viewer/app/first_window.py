"""The window that a series begins with, the same on every road into every place."""

from viewer.core.session import OpenStack
from viewer.core.view_state import DisplayState
from viewer.core.volume import Volume
from viewer.core.window import HuWindow, VoiTransform
from viewer.imaging.histogram import automatic_window, leaves_no_contrast

UNKNOWN_WINDOW = HuWindow(400, 40)
"""Until the first slices tell better."""


def first_display(stack: OpenStack) -> DisplayState:
    """Return how an open stack looks at first: as measured, else as its files ask."""
    return DisplayState(opening_window(stack))


def opening_window(stack: OpenStack) -> VoiTransform:
    """Return the window that an open stack begins with."""
    if stack.opening is not None:
        return stack.opening
    offered = stack.volume.stack.windows
    return offered[0].window if offered else UNKNOWN_WINDOW


def measured_window(volume: Volume, images: frozenset[int] | None = None) -> HuWindow | None:
    """Return the window to measure where the files state none, or one that shows nothing.

    Parameters
    ----------
    volume : Volume
        Grey volume, that may be loading.
    images : frozenset of int, optional
        Its z that have their values; all without it.

    Returns
    -------
    HuWindow or None
        None where the files' own window is good, or nobody can tell.
    """
    offered = volume.stack.windows
    if offered and not leaves_no_contrast(volume, offered[0].window, images):
        return None
    return automatic_window(volume, images)
