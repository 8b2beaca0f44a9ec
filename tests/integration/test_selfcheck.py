"""`hounsfield selfcheck` as a user runs it."""

import json

from tests.support.cli import hounsfield
from tests.support.selfcheck_reports import CHECKS, report
from viewer.app.selfcheck import SelfCheckResult
from viewer.cli import program
from viewer.cli import selfcheck as command
from viewer.files import SaveError


def test_json_and_pdf(tmp_path):
    path = tmp_path / "report.pdf"
    done = hounsfield("selfcheck", "--json", "--pdf", path, environment={"QT_QPA_PLATFORM": ""})
    assert done.err == ""
    assert done.code == 0
    assert done.json["passed"] is True
    assert done.json["program"] == "hounsfield"
    assert all(check["passed"] for check in done.json["checks"])
    assert "Python" in done.json["environment"]
    assert path.read_bytes().startswith(b"%PDF-")


def test_a_failed_check_is_exit_code_1(monkeypatch, capsys):
    result = SelfCheckResult(report(*CHECKS), ())
    monkeypatch.setattr(command, "run_selfcheck", lambda ctx: result)
    assert program.run(["selfcheck"]) == 1
    out = capsys.readouterr().out
    assert "FAIL  Mean of fat" in out
    assert "FAIL: 2 of 4 checks failed" in out
    assert program.run(["selfcheck", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["passed"] is False


def test_a_place_that_cannot_be_written_is_refused_before_the_work(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(command, "run_selfcheck", lambda ctx: 1 / 0)
    (tmp_path / "folder.pdf").mkdir()
    for path, words in (
        (tmp_path / "folder.pdf", "it is a folder"),
        (tmp_path / "nowhere" / "report.pdf", "there is no such folder"),
        (tmp_path / "report.txt", "Give a name that ends in .pdf"),
    ):
        assert program.run(["selfcheck", "--pdf", str(path)]) == 2
        assert words in capsys.readouterr().err


def test_a_pdf_that_cannot_be_saved_is_told_in_one_line(monkeypatch, capsys, tmp_path):
    def full(path, result):
        raise SaveError("report.pdf cannot be saved", "the disk is full")

    result = SelfCheckResult(report(*CHECKS), ())
    monkeypatch.setattr(command, "run_selfcheck", lambda ctx: result)
    monkeypatch.setattr(command, "_write_pdf", full)
    assert program.run(["selfcheck", "--json", "--pdf", str(tmp_path / "report.pdf")]) == 2
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert json.loads(told.out)["passed"] is False
