"""Labels that show plain text only: Qt would render markup that a DICOM file brings along."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy


def plain_label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """Make a label whose text is never taken for markup.

    Parameters
    ----------
    role : str
        "heading", "dim", "value", ... of the theme's style sheet.
    wrap : bool
        Break long text into lines; the label then takes the width it is given.
    """
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        label.setProperty("role", role)
    if wrap:
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy = label.sizePolicy()
        policy.setHeightForWidth(True)
        label.setSizePolicy(policy)
    return label


def plain_tooltip(text: str) -> str:
    """Return a tooltip that Qt shows as it is, however much it looks like markup."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<div style='white-space: pre-wrap'>{escaped}</div>" if text else ""
