"""Atomic writing: complete or not there; reasons in the user's terms."""

import errno
import os
import stat
from pathlib import Path

import pytest

from viewer.files import (
    SaveError,
    free_name,
    make_folder,
    replacing,
    require_writable,
    save_error,
    write_atomic,
)


def test_replaces_and_leaves_nothing_else(tmp_path):
    target = tmp_path / "é file.bin"
    target.write_bytes(b"old")
    write_atomic(target, b"new")
    assert target.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == [target.name]


def test_a_failure_in_the_middle_keeps_the_old_file(tmp_path):
    target = tmp_path / "file.bin"
    target.write_bytes(b"old")

    def write_half() -> None:
        with replacing(target) as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.bin"]


def test_the_name_appears_only_at_the_end(tmp_path):
    target = tmp_path / "file.bin"
    with replacing(target) as file:
        file.write(b"x")
        assert not target.exists()
    assert target.exists()


@pytest.mark.skipif(os.name == "nt", reason="file modes")
def test_modes(tmp_path):
    write_atomic(tmp_path / "own", b"", private=True)
    write_atomic(tmp_path / "shared", b"")
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o600
    (tmp_path / "plain").write_bytes(b"")
    plain = (tmp_path / "plain").stat().st_mode
    assert (tmp_path / "shared").stat().st_mode == plain


def test_missing_folder(tmp_path):
    with pytest.raises(SaveError, match="there is no folder"):
        write_atomic(tmp_path / "none" / "x", b"")


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SaveError):
        make_folder(tmp_path / "file" / "sub")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EACCES, "not allowed"),
        (errno.EROFS, "not allowed"),
        (errno.ENAMETOOLONG, "file name too long"),
    ],
)
def test_reasons(code, words):
    error = save_error(Path("/x/picture.png"), OSError(code, os.strerror(code)))
    assert words in error.one_line()
    assert "picture.png" in error.one_line()


def test_disk_full_while_writing(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SaveError, match="disk is full"):
        write_atomic(tmp_path / "x", b"data")
    assert list(tmp_path.iterdir()) == []


def test_free_name_of_a_compressed_file(tmp_path):
    path = tmp_path / "volume.nii.gz"
    path.touch()
    assert free_name(path).name == "volume (2).nii.gz"


def test_whether_a_file_can_be_written_is_found_out_without_a_trace(tmp_path):
    require_writable(tmp_path / "report.pdf")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SaveError, match="there is no folder"):
        require_writable(tmp_path / "none" / "report.pdf")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a folder that says it is not there")
def test_a_folder_that_takes_no_files_is_not_said_to_be_missing():
    with pytest.raises(SaveError, match="writing in /proc is not allowed"):
        require_writable(Path("/proc/report.pdf"))


def test_free_name(tmp_path):
    path = tmp_path / "slice.png"
    assert free_name(path) == path
    path.touch()
    assert free_name(path).name == "slice (2).png"
    (tmp_path / "slice (2).png").touch()
    assert free_name(path).name == "slice (3).png"
