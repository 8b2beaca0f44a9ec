"""The log file: what may write to it, and that nothing in it can mislead a reader."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer import logs

pytestmark = pytest.mark.expects_log_warnings


@pytest.fixture
def log_file(tmp_path):
    yield logs.start_logging(tmp_path)
    logs.stop_logging()


def test_a_record_is_one_line(log_file):
    logging.getLogger("viewer.dicom").info("read %d files", 3)
    (line,) = log_file.read_text(encoding="utf-8").splitlines()
    assert line.endswith("viewer.dicom: read 3 files")


def test_foreign_text_cannot_forge_a_record_or_reorder_it(log_file):
    logging.getLogger("viewer").error(
        "no %s", "a\n2026-01-01 ERROR forged\x1b[2J\u202egnp.exe\u2028z"
    )
    text = log_file.read_text(encoding="utf-8")
    assert text.count("\n") == 1
    assert r"a\n2026-01-01 ERROR forged\x1b[2J\u202egnp.exe\u2028z" in text


def test_a_traceback_is_indented_and_escaped(log_file):
    try:
        raise ValueError("bad\n2026-01-01 ERROR forged\x07")
    except ValueError:
        logging.getLogger("viewer.jobs").exception("job failed", stack_info=True)
    first, *rest = log_file.read_text(encoding="utf-8").splitlines()
    assert first.endswith("viewer.jobs: job failed")
    assert len(rest) > 3
    assert all(line.startswith("    ") for line in rest)
    assert not any("\x07" in line for line in rest)


def test_libraries_do_not_write_to_the_file(log_file):
    logging.getLogger("pydicom").warning("Invalid value for VR PN: 'Doe^Jane'")
    logging.getLogger("viewer").info("after")
    assert "Doe" not in log_file.read_text(encoding="utf-8")


def test_starting_again_replaces_the_file(log_file, tmp_path):
    second = logs.start_logging(tmp_path, "worker.log", level=logging.ERROR)
    logging.getLogger("viewer").warning("too mild")
    logging.getLogger("ml").error("written")
    assert not log_file.exists()
    assert [line.rpartition(": ")[2] for line in second.read_text().splitlines()] == ["written"]


def test_the_file_rotates(log_file, monkeypatch, tmp_path):
    monkeypatch.setattr(logs, "LOG_BYTES", 200)
    path = logs.start_logging(tmp_path, "small.log")
    for number in range(40):
        logging.getLogger("viewer").info("record %d", number)
    assert path.stat().st_size <= 200
    assert len(list(tmp_path.glob("small.log.*"))) == logs.LOG_BACKUPS


@given(st.text())
def test_escaped_text_is_printable_and_plain_text_stays(text):
    escaped = logs.escape_controls(text)
    assert escaped.isprintable()
    if text.isprintable():
        assert escaped == text
