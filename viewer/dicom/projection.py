"""What radiographs and other images without a place in space say: the view, and which way is up."""

from viewer.core.geometry import LETTER_AXES
from viewer.dicom import tags
from viewer.dicom.elements import Values

RADIOGRAPHS = frozenset({"CR", "DX", "IO", "MG", "PX", "RG"})
"""Modalities of which each image is a view of its own, whatever else its series holds."""


def read_view(values: Values) -> str:
    """Name the view of a projection image: "L CC", "PA"; empty where the file says nothing.

    Source: PS3.3 C.8.11.5 (DX positioning), C.7.3.1 and C.8.11.1 (laterality).
    """
    side = values.code(tags.IMAGE_LATERALITY) or values.code(tags.LATERALITY)
    view = values.text(tags.VIEW_POSITION)
    if not view and (code := values.item(tags.VIEW_CODE_SEQUENCE)) is not None:
        view = code.text(tags.CODE_MEANING)
    return " ".join(part for part in (side[:1] if side in ("L", "R", "B") else "", view) if part)


def read_directions(values: Values) -> tuple[str, str]:
    """Return the patient letters towards which rows (rightwards) and columns (downwards) run.

    Patient Orientation (PS3.3 C.7.6.1.1.1) writes H and F for what the viewer calls S and I.
    Two empty texts where it is missing or makes no sense.
    """
    words = values.codes(tags.PATIENT_ORIENTATION)
    if len(words) != 2:
        return "", ""
    row, column = (word.upper().translate(_TO_LETTERS) for word in words)
    row_axes, column_axes = _axes(row), _axes(column)
    if row_axes is None or column_axes is None or row_axes[0] == column_axes[0]:
        return "", ""
    return row, column


_TO_LETTERS = str.maketrans("HF", "SI")


def _axes(letters: str) -> list[int] | None:
    """Return the patient axis of each letter, None where they are none or name one twice."""
    axes = [LETTER_AXES.get(letter, -1) for letter in letters]
    return axes if axes and -1 not in axes and len(set(axes)) == len(axes) else None
