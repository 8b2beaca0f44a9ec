"""A series on its way from the tree to a place: what is carried while it is dragged."""

import json

from PySide6.QtCore import QMimeData

from viewer.core.study import StackKey

MIME_TYPE = "application/x-hounsfield-stack"


def stack_mime(key: StackKey) -> QMimeData:
    """Wrap a stack's key; nothing of the patient travels with it."""
    data = QMimeData()
    data.setData(MIME_TYPE, json.dumps([key.series_uid, key.stack]).encode())
    return data


def stack_of(data: QMimeData) -> StackKey | None:
    """Return the key that is carried, or None for anything else."""
    if not data.hasFormat(MIME_TYPE):
        return None
    try:
        series_uid, stack = json.loads(bytes(data.data(MIME_TYPE).data()))
    except (ValueError, TypeError, RecursionError):
        return None
    if isinstance(series_uid, str) and isinstance(stack, int):
        return StackKey(series_uid, stack)
    return None
