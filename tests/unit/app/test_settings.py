"""Settings: defaults, round trip, damage."""

import json

import pytest

from viewer.app.settings import FILE_NAME, MAX_RECENT, Settings, SettingsStore


def test_defaults_and_round_trip(tmp_path):
    store = SettingsStore(tmp_path)
    assert store.settings == Settings()
    changed = store.settings.changed(invert_window_drag=True).with_recent("a").with_recent("b")
    store.save(changed)
    assert SettingsStore(tmp_path).settings == changed
    assert changed.recent_paths == ("b", "a")


def test_unchanged_settings_are_not_written(tmp_path):
    SettingsStore(tmp_path).save(Settings())
    assert not (tmp_path / FILE_NAME).exists()


def test_recent_paths_are_few_and_unique():
    settings = Settings()
    for n in range(30):
        settings = settings.with_recent(f"p{n % 15}")
    assert len(settings.recent_paths) == MAX_RECENT
    assert len(set(settings.recent_paths)) == MAX_RECENT
    assert settings.recent_paths[0] == "p14"


@pytest.mark.expects_log_warnings
@pytest.mark.parametrize("content", [b"{", b'{"recent_paths": 3}', b"\xff", b"[" * 100_000])
def test_damaged_settings_are_kept_aside(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    store = SettingsStore(tmp_path)
    assert store.settings == Settings()
    assert (tmp_path / "settings.damaged.json").read_bytes() == content


def test_fields_of_a_newer_program_are_ignored(tmp_path):
    (tmp_path / FILE_NAME).write_text(json.dumps({"version": 7, "new": 1, "last_folder": "x"}))
    assert SettingsStore(tmp_path).settings.last_folder == "x"


@pytest.mark.expects_log_warnings
def test_a_folder_that_cannot_be_written_disturbs_nobody(tmp_path):
    store = SettingsStore(tmp_path / "missing")
    store.save(Settings(last_folder="x"))
    assert store.settings.last_folder == "x"
