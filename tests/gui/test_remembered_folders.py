"""Remembered folders as the reader meets them: listed at once, switched off, forgotten."""

from typing import Any

import pytest

from tests.support.dicom_writer import write_series
from viewer.app import open_study
from viewer.dicom.scan import scan
from viewer.paths import cache_dir
from viewer.store import index_cache

pytestmark = pytest.mark.gui


@pytest.fixture
def scans(monkeypatch):
    """Make every folder worth remembering; return the paths that were really read."""
    read: list[Any] = []
    monkeypatch.setattr(open_study, "REMEMBER_FROM_S", 0.0)
    monkeypatch.setattr(index_cache, "SETTLED_S", -60.0)

    def count(ctx, paths):
        read.append(paths)
        return scan(ctx, paths)

    monkeypatch.setattr(open_study, "scan", count)
    return read


def entries():
    return list((cache_dir() / index_cache.FOLDER_NAME).glob("*.index"))


def open_and_wait(bench, qtbot, folder):
    bench.deeds.open_paths([str(folder)])
    qtbot.waitUntil(lambda: bench.session.volume is not None, timeout=10_000)
    qtbot.waitUntil(lambda: not bench.runner.jobs, timeout=10_000)


def test_a_folder_is_remembered_until_it_is_switched_off(bench, qtbot, tmp_path, scans):
    write_series(tmp_path / "study")
    action = bench.window.actions_["file.remember"]
    assert action.isChecked()
    open_and_wait(bench, qtbot, tmp_path / "study")
    qtbot.waitUntil(lambda: len(entries()) == 1, timeout=10_000)
    bench.loader.close_study(bench.session.index.studies[0].key)
    assert bench.session.index is None
    open_and_wait(bench, qtbot, tmp_path / "study")
    assert len(scans) == 1
    action.trigger()
    qtbot.waitUntil(lambda: entries() == [], timeout=10_000)
    assert not action.isChecked()
    assert not bench.settings.settings.remember_folders
    assert "info: Opened folders are forgotten" in bench.window.notifications.texts()
    open_and_wait(bench, qtbot, tmp_path / "study")
    qtbot.waitUntil(lambda: len(scans) == 2, timeout=10_000)
    assert entries() == []
    action.trigger()
    assert bench.settings.settings.remember_folders
