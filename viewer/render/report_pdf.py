"""The self-check's report as PDF: two pages of figures and pictures, black on white."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from viewer.core.selfcheck import DISCLAIMER, Check, SelfCheckReport
from viewer.export.snapshot import ExportSnapshot, ReportPicture
from viewer.files import write_atomic
from viewer.render.snapshot import ensure_gui, render_snapshot
from viewer.render.text_box import FONT_FAMILIES

TITLE = "Self-check"
_DPI = 1200
_UNITS = _DPI / 72  # of the page for each point: letters are placed finely
_PAGE_PT = (595.0, 842.0)  # A4
_MARGIN_PT = 34.0
_FOOT_PT = 22.0
_ROW_PT, _HEAD_PT = 8.3, 10.8
_TEXT_PT, _SMALL_PT, _GROUP_PT, _TITLE_PT = 6.4, 6.0, 7.2, 17.0
_COLUMNS = ((0.0, 28.0), (30.0, 160.0), (190.0, 80.0), (286.0, 94.0), (384.0, 143.0))
"""Left edge and width: verdict, name, measured, expected, note."""
_HEADINGS = ("", "Check", "Measured", "Expected", "Note")
_PICTURE_GAP_PT, _PICTURE_ASPECT = 10.0, 0.6
_INK, _DIM, _LINE, _BAND = "#15181d", "#5b6571", "#c9d0d8", "#f1f4f7"
_FINE, _FAILURE = "#1d6b43", "#a02c2c"


def write_selfcheck_pdf(
    path: Path, report: SelfCheckReport, pictures: Sequence[ReportPicture]
) -> None:
    """Write the report.

    May run on any thread once an application object exists; makes one where there is none.

    Parameters
    ----------
    path : Path
        The file; it is complete, or what was there before stays.
    report : SelfCheckReport
        The figures.
    pictures : sequence of ReportPicture
        Slices with what was measured on them.

    Raises
    ------
    SaveError
        The folder is missing or read-only, or the disk is full.
    """
    write_atomic(path, report_pdf(report, pictures))


def report_pdf(report: SelfCheckReport, pictures: Sequence[ReportPicture]) -> bytes:
    """Return the report as the bytes of a PDF file; see `write_selfcheck_pdf`."""
    ensure_gui()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(f"{report.program} {report.version}: {TITLE}")
    writer.setCreator(f"{report.program} {report.version}")
    painter = QPainter(writer)
    page = _Page(writer, painter, f"{report.program} {report.version}, {report.made_at}")
    _head(page, report)
    _table(page, report)
    _environment(page, report)
    _pictures(page, pictures)
    page.finish()
    painter.end()
    buffer.close()
    return bytes(data.data())


class _Page:
    """Where the next thing goes; starts a new page when there is no room for it."""

    def __init__(self, writer: QPdfWriter, painter: QPainter, foot: str) -> None:
        self._writer, self.painter, self._foot = writer, painter, foot
        self._number = 1
        self.y = _MARGIN_PT

    @property
    def width(self) -> float:
        """Between the margins."""
        return _PAGE_PT[0] - 2 * _MARGIN_PT

    @property
    def room(self) -> float:
        """Height that is left above the foot."""
        return _PAGE_PT[1] - _MARGIN_PT - _FOOT_PT - self.y

    def need(self, height: float) -> bool:
        """Make room; tells whether a new page had to begin."""
        if height <= self.room:
            return False
        self.finish()
        self._writer.newPage()
        self._number += 1
        self.y = _MARGIN_PT
        return True

    def finish(self) -> None:
        """Write the foot of the page."""
        top = _PAGE_PT[1] - _MARGIN_PT - 12
        self.line(top - 3)
        self.text(0, top, self.width, DISCLAIMER, _SMALL_PT, _DIM, bold=True)
        right = f"{self._foot}   page {self._number}"
        self.text(0, top, self.width, right, _SMALL_PT, _DIM, right=True)

    def line(self, y: float) -> None:
        """Draw a thin line over the width of the page."""
        self.painter.setPen(QPen(QColor(_LINE), 0.5 * _UNITS))
        box = _box(_MARGIN_PT, y, self.width, 0)
        self.painter.drawLine(box.topLeft(), box.topRight())

    def band(self, height: float) -> None:
        """Lay a light ground under what comes next."""
        self.painter.fillRect(_box(_MARGIN_PT, self.y, self.width, height), QColor(_BAND))

    def text(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        size_pt: float,
        colour: str = _INK,
        *,
        bold: bool = False,
        right: bool = False,
    ) -> None:
        """Write one line of text into a box; what does not fit is cut with dots."""
        font = _font(size_pt, bold=bold)
        metrics = QFontMetricsF(font, self._writer)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width * _UNITS)
        self.painter.setFont(font)
        self.painter.setPen(QColor(colour))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        box = _box(_MARGIN_PT + x, y, width, size_pt * 1.5)
        self.painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), shown)

    def fits(self, text: str, width: float, size_pt: float) -> bool:
        """Tell whether a text of a line needs no more than a width."""
        metrics = QFontMetricsF(_font(size_pt), self._writer)
        return metrics.horizontalAdvance(text) <= width * _UNITS

    def image(self, x: float, y: float, size: tuple[float, float], picture: QImage) -> None:
        """Draw a picture into a box, as large as it fits, in its middle."""
        scale = min(size[0] / picture.width(), size[1] / picture.height())
        width, height = picture.width() * scale, picture.height() * scale
        left = _MARGIN_PT + x + (size[0] - width) / 2
        self.painter.fillRect(_box(_MARGIN_PT + x, y, *size), QColor("#000000"))
        self.painter.drawImage(_box(left, y + (size[1] - height) / 2, width, height), picture)


def _font(size_pt: float, *, bold: bool = False) -> QFont:
    font = QFont()
    font.setFamilies(list(FONT_FAMILIES))
    font.setPointSizeF(size_pt)
    font.setBold(bold)
    return font


def _box(x: float, y: float, width: float, height: float) -> QRectF:
    return QRectF(x * _UNITS, y * _UNITS, width * _UNITS, height * _UNITS)


def _head(page: _Page, report: SelfCheckReport) -> None:
    title = f"{report.program.capitalize()} {report.version}: {TITLE.lower()}"
    page.text(0, page.y, page.width, title, _TITLE_PT, bold=True)
    page.y += _TITLE_PT * 1.6
    about = f"Made {report.made_at} in {report.seconds:.1f} s with a computed phantom, no patient."
    page.text(0, page.y, page.width, about, _GROUP_PT, _DIM)
    page.y += 12
    colour = _FINE if report.passed else _FAILURE
    page.text(0, page.y, page.width, report.summary, _GROUP_PT + 2, colour, bold=True)
    page.y += 15


def _table(page: _Page, report: SelfCheckReport) -> None:
    _headings(page)
    for name, checks in report.groups:
        if page.need(_HEAD_PT + _ROW_PT):
            _headings(page)
        _group(page, name)
        for number, check in enumerate(checks):
            if page.need(_ROW_PT):
                _headings(page)
                _group(page, f"{name}, continued")
            if number % 2 == 0:
                page.band(_ROW_PT)
            _row(page, check)


def _headings(page: _Page) -> None:
    for (x, width), heading in zip(_COLUMNS, _HEADINGS, strict=True):
        page.text(x, page.y, width, heading, _TEXT_PT, _DIM, right=heading == "Measured")
    page.y += _ROW_PT + 1
    page.line(page.y)


def _group(page: _Page, name: str) -> None:
    page.text(0, page.y + 1, page.width, name, _GROUP_PT, bold=True)
    page.y += _HEAD_PT


def _row(page: _Page, check: Check) -> None:
    # A reason is never cut: where it does not fit, it gets a line of its own.
    below = not check.passed and not page.fits(check.note, _COLUMNS[-1][1], _TEXT_PT)
    note = "" if below else check.note
    texts = (check.verdict, check.name, check.measured_text, check.expected_text, note)
    colours = (_FINE if check.passed else _FAILURE, _INK, _INK, _INK, _DIM)
    for column, ((x, width), text, colour) in enumerate(zip(_COLUMNS, texts, colours, strict=True)):
        bold, right = column == 0, column == 2
        page.text(x, page.y, width, text, _TEXT_PT, colour, bold=bold, right=right)
    page.y += _ROW_PT
    if below:
        x = _COLUMNS[1][0]
        page.need(_ROW_PT)
        page.text(x, page.y, page.width - x, check.note, _TEXT_PT, _DIM)
        page.y += _ROW_PT


def _environment(page: _Page, report: SelfCheckReport) -> None:
    rows = -(-len(report.environment) // 2)
    page.need(_HEAD_PT + rows * _ROW_PT + 4)
    page.y += 4
    page.text(0, page.y, page.width, "Environment", _GROUP_PT, bold=True)
    page.y += _HEAD_PT
    half = page.width / 2
    for number, (name, value) in enumerate(report.environment):
        x, y = half * (number // rows), page.y + number % rows * _ROW_PT
        page.text(x, y, 90, name, _TEXT_PT, _DIM)
        page.text(x + 92, y, half - 100, value, _TEXT_PT)
    page.y += rows * _ROW_PT


def _pictures(page: _Page, pictures: Sequence[ReportPicture]) -> None:
    """Put the pictures two in a row."""
    width = (page.width - _PICTURE_GAP_PT) / 2
    size = (width, width * _PICTURE_ASPECT)
    for first in range(0, len(pictures), 2):
        page.need(size[1] + 20)
        page.y += 6
        for place, picture in enumerate(pictures[first : first + 2]):
            x = place * (width + _PICTURE_GAP_PT)
            page.image(x, page.y, size, _painted(picture.snapshot))
            page.text(x, page.y + size[1] + 2, width, picture.caption, _TEXT_PT, _DIM)
        page.y += size[1] + 14


def _painted(snapshot: ExportSnapshot) -> QImage:
    rgb = render_snapshot(snapshot)
    height, width = rgb.shape[:2]
    picture = QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return picture.copy()
