"""The report on paper: pages, words, pictures, and a file that is whole or not there."""

import re

import numpy as np
import pytest

from tests.support.selfcheck_reports import CHECKS, report
from viewer.core.plane import PlaneGeometry
from viewer.export.snapshot import ExportSnapshot, ReportPicture, frame_for
from viewer.files import SaveError
from viewer.render.report_pdf import report_pdf, write_selfcheck_pdf


@pytest.fixture
def pictures():
    plane = PlaneGeometry(np.zeros(3), np.eye(3)[0], np.eye(3)[1], (0.8, 0.7), (20, 30))
    image = np.arange(600, dtype=np.uint16).reshape(20, 30).astype(np.uint8)
    snapshot = ExportSnapshot(image, plane, frame_for(plane))
    return [ReportPicture(f"Picture {number}", snapshot) for number in range(4)]


def pages(data: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", data))


@pytest.mark.usefixtures("qapp")
def test_usual_reports_take_two_pages(pictures):
    data = report_pdf(report(*CHECKS * 23), pictures)
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert pages(data) == 2
    assert len(re.findall(rb"/Subtype\s*/Image", data)) >= 4


@pytest.mark.usefixtures("qapp")
def test_long_and_empty_reports():
    assert pages(report_pdf(report(), [])) == 1
    assert pages(report_pdf(report(*CHECKS * 100), [])) >= 4


@pytest.mark.usefixtures("qapp")
def test_the_file_is_written_whole_or_not_at_all(tmp_path, pictures):
    path = tmp_path / "report.pdf"
    write_selfcheck_pdf(path, report(*CHECKS), pictures)
    assert path.read_bytes().startswith(b"%PDF-")
    assert [file.name for file in tmp_path.iterdir()] == ["report.pdf"]
    with pytest.raises(SaveError, match="there is no folder"):
        write_selfcheck_pdf(tmp_path / "nowhere" / "report.pdf", report(*CHECKS), [])
