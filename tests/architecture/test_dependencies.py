"""What is pinned for a reason is checked for that reason (docs/decisions/0003)."""

import ctypes
import sys
from collections.abc import Callable
from importlib import metadata

import pytest

from viewer.paths import resources_dir

CALLS = 1000


def lost_references_to_none(call: Callable[[], object]) -> int:
    """How many references to None a thousand calls lose (PySide6 6.12 loses one with each)."""
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        call()
    return before - sys.getrefcount(None)


def test_qt_calls_keep_their_references_to_none(qapp):
    from PySide6.QtWidgets import QGraphicsRectItem

    item = QGraphicsRectItem(0, 0, 1, 1)
    assert lost_references_to_none(lambda: item.setPos(1, 2)) < CALLS // 10


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12")
def test_a_call_that_loses_references_is_caught():
    none = ctypes.py_object(None)
    try:
        assert lost_references_to_none(lambda: ctypes.pythonapi.Py_DecRef(none)) >= CALLS // 2
    finally:
        for _ in range(CALLS):
            ctypes.pythonapi.Py_IncRef(none)


def test_opencv_still_has_its_cascades():
    import cv2

    assert int(cv2.__version__.partition(".")[0]) < 5
    for file in sorted((resources_dir() / "cascades").glob("*.xml")):
        assert not cv2.CascadeClassifier(str(file)).empty(), file.name


def test_only_one_package_brings_opencv_and_it_brings_no_qt():
    installed = {(d.metadata["Name"] or "").lower() for d in metadata.distributions()}
    assert {n for n in installed if n.startswith("opencv")} == {"opencv-python-headless"}
    assert "pyside6-addons" not in installed
