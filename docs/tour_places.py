"""Takes the pictures of places side by side, of the second window and of own layouts."""

from collections.abc import Callable
from pathlib import Path

from pydicom import dcmread
from pydicom.uid import generate_uid
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QWidget

from viewer.core.plane import Orientation
from viewer.core.study import StackKey
from viewer.core.view_place import view_count
from viewer.ui.walk_hand import Hand
from viewer.ui.workbench import Workbench

Take = Callable[[str, object], None]
_SIZE = QSize(1280, 760)
_GAP_PX, _SHARE, _ZOOM = 24, 0.75, 1.3


def take_places(bench: Workbench, scratch: Path, take: Take) -> None:
    """Show a series beside a thinner copy of it, then both windows, then the list of layouts."""
    hand, session = Hand(), bench.session
    before = bench.window.size()
    bench.window.resize(_SIZE)
    bench.window.panels_dock.hide()
    present = session.volume
    if present is None:
        raise ValueError("open the sample first")
    folder = scratch / "follow-up"
    folder.mkdir()
    other = _write_copy([Path(frame.path) for frame in present.stack.frames], folder)
    bench.deeds.open_paths([str(folder)])
    _settle(bench, hand)
    session.interaction.active = session.layout.viewport_ids[0]
    bench.window.actions_["layout.1x2"].trigger()
    _settle(bench, hand)
    for place, key in zip(("1", "2"), (present.stack.key, other), strict=True):
        bench.reading.arranger.put(key, place)
        _settle(bench, hand)
    session.interaction.active = "1"
    bench.navigator.set_preset("lung")
    session.viewports["2"].display.window = session.display.window
    for place in ("1", "2"):
        session.viewports[place].zoom = _ZOOM
    _settle(bench, hand)
    take("side-by-side", bench.window)
    _second_window(bench, hand, other, take)
    _own_layouts(bench, hand, take)
    bench.window.panels_dock.show()
    bench.window.resize(before)


def _second_window(bench: Workbench, hand: Hand, other: StackKey, take: Take) -> None:
    session = bench.session
    bench.window.actions_["view.second_window"].trigger()
    window = bench.second.window
    if window is None:
        raise OSError("the second window did not open")
    window.setGeometry(QRect(QPoint(0, 0), bench.window.size()))
    session.interaction.active = "2/1"
    bench.window.actions_["layout.1x2"].trigger()
    _settle(bench, hand)
    for name, plane in (("2/1", Orientation.CORONAL), ("2/2", Orientation.SAGITTAL)):
        bench.reading.arranger.put(other, name)
        _settle(bench, hand)
        view, shown = session.viewports[name], session.shown_in(name)
        view.orientation = plane
        if shown is not None:
            view.index = view_count(view, shown.volume.geometry) // 2
    _settle(bench, hand)
    take("second-window", _Pair(bench.window, window))


def _own_layouts(bench: Workbench, hand: Hand, take: Take) -> None:
    layouts = bench.own_layouts.layouts
    if layouts is None:
        raise OSError("own layouts are not there")
    for name in ("Lung follow-up, two screens", "Current and prior"):
        layouts.save(name)
    bench.window.actions_["own.edit"].trigger()
    hand.rest(0.5)
    dialog = bench.window.findChild(QDialog, "own-layouts-dialog")
    take("own-layouts", dialog)
    dialog.close()
    if bench.second.window is not None:
        bench.second.window.close()


class _Pair(QWidget):
    """Two windows side by side, as they stand on two monitors."""

    def __init__(self, *windows: QWidget) -> None:
        super().__init__()
        pictures = [window.grab() for window in windows]
        self._picture = QPixmap(
            sum(p.width() for p in pictures) + _GAP_PX, max(p.height() for p in pictures)
        )
        self._picture.fill(QColor("#808080"))
        painter, left = QPainter(self._picture), 0
        for picture in pictures:
            painter.drawPixmap(left, 0, picture)
            left += picture.width() + _GAP_PX
        painter.end()
        self.resize(self._picture.size())

    def grab(self, *_: object) -> QPixmap:
        """Return the picture of both."""
        return self._picture.scaledToWidth(
            round(self._picture.width() * _SHARE), Qt.TransformationMode.SmoothTransformation
        )


def _write_copy(paths: list[Path], folder: Path) -> StackKey:
    """Write every second slice as another series of the same study."""
    uid = generate_uid()
    for number, path in enumerate(paths[::2], 1):
        image = dcmread(path)
        image.SeriesInstanceUID, image.SeriesNumber = uid, 9
        image.SeriesDescription = "Thorax 2nd reading"
        image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        image.InstanceNumber = number
        image.save_as(folder / f"{number:04}.dcm")
    return StackKey(str(uid), 1)


def _settle(bench: Workbench, hand: Hand) -> None:
    hand.rest(0.4)
    while bench.runner.jobs:
        hand.rest(0.1)
    hand.rest(0.3)
