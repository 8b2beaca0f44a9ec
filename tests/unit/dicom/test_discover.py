"""What is given twice, or by a link and by its own name, is read once."""

import os

from tests.support.dicom_writer import write_series
from viewer.core.progress import SilentContext
from viewer.dicom.discover import find_sources


def paths_of(*given):
    return [source.path for source in find_sources(SilentContext(), given).sources]


def test_a_folder_and_a_link_to_it_are_one(tmp_path):
    write_series(tmp_path / "real" / "deeper")
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    once = paths_of(tmp_path / "link")
    assert len(once) == 6
    assert once[0].startswith(str(tmp_path / "link"))
    assert paths_of(tmp_path / "link", tmp_path / "real") == once
    assert len(paths_of(tmp_path / "real", tmp_path / "link" / "deeper")) == 6


def test_a_folder_and_a_file_of_it_are_one(tmp_path, monkeypatch):
    write_series(tmp_path / "a")
    file = tmp_path / "a" / "001"
    (tmp_path / "alias").symlink_to(file)
    assert len(paths_of(tmp_path / "a", file, tmp_path / "alias")) == 6
    monkeypatch.chdir(tmp_path / "a")
    here = type(tmp_path)(os.curdir)
    assert len(paths_of(here, file)) == 6
    assert len(paths_of(file, here, tmp_path)) == 6
