"""What may be written down about an error: its type and place, never its message."""

import traceback


def place_of(error: BaseException) -> str:
    """Tell type and place of an error, without its message, which may quote patient data."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {places}"
