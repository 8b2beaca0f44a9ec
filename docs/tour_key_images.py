"""Takes the picture of key images for the user guide; called by `make_pictures`."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from viewer.ui.workbench import Workbench

COMMENTS = ((0.3, "carina"), (0.5, "compare with the prior"), (0.8, ""))
"""Slices, as a share of the volume, and what is written to them."""


def mark_key_images(bench: Workbench) -> QWidget:
    """Mark some images by hand and return the window with the list of them."""
    frame, actions = bench.grid.viewports["axial"], bench.window.actions_
    volume = bench.session.volume
    if volume is None:
        raise RuntimeError("the walk has nothing open")
    bench.window.activateWindow()
    bench.session.interaction.active = "axial"
    bench.session.interaction.overlay = "all"
    QTest.qWait(200)
    for share, comment in COMMENTS:
        bench.navigator.show_slice(int(share * volume.geometry.shape_zyx[0]), "axial")
        frame.canvas.setFocus()
        QTest.keyClick(frame.canvas, Qt.Key.Key_K)
        entry = frame.canvas.findChild(QLineEdit)
        QTest.keyClicks(entry, comment)
        QTest.keyClick(entry, Qt.Key.Key_Return)
    actions["key.show_list"].trigger()
    QTest.qWait(200)
    actions["key.previous"].trigger()
    QTest.qWait(400)
    return bench.window
