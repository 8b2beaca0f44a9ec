"""Settings: defaults, round trip, damage."""

import errno
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
@pytest.mark.parametrize("content", [b"{", b"[3]", b"\xff", b"[" * 100_000])
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


BROKEN = {
    "theme": "pink",
    "font_percent": 900,
    "image_text_percent": "big",
    "link_scroll": 1,
    "recent_paths": [3],
    "window_state": None,
    "panel": ["findings"],
}


@pytest.mark.expects_log_warnings
@pytest.mark.parametrize("name", BROKEN)
def test_a_field_that_cannot_be_used_loses_no_other(tmp_path, caplog, name):
    good = {"last_folder": "PRIVATE", "link_window": True, "layout": "2x2", "font_percent": 120}
    (tmp_path / FILE_NAME).write_text(json.dumps({**good, name: BROKEN[name]}))
    settings = SettingsStore(tmp_path).settings
    expected = {**good, name: getattr(Settings(), name)}
    assert settings == Settings().changed(**expected)
    assert f"the setting {name} cannot be used" in caplog.text
    assert "PRIVATE" not in caplog.text
    assert (tmp_path / FILE_NAME).exists()


def test_settings_of_the_first_version_still_load(tmp_path):
    old = {
        "version": 1,
        "last_folder": "a",
        "last_export_folder": "b",
        "recent_paths": ["c"],
        "window_geometry": "AA==",
        "window_state": "BB==",
        "invert_window_drag": True,
        "overlay_planes_visible": False,
        "shutter_visible": False,
        "layout": "1x2",
        "link_scroll": False,
        "link_zoom": False,
        "link_window": True,
        "reopen_last": False,
        "remember_folders": False,
    }
    (tmp_path / FILE_NAME).write_text(json.dumps(old))
    settings = SettingsStore(tmp_path).settings
    for name, value in old.items():
        found = getattr(settings, name)
        assert (list(found) if isinstance(found, tuple) else found) == value


def test_who_listens_hears_of_other_settings_once(tmp_path):
    store, heard = SettingsStore(tmp_path), list[Settings]()
    store.changed.connect(heard.append)
    before = store.settings
    store.save(before)
    store.save(before.changed(theme="light"))
    assert heard == [before]
    assert store.settings.theme == "light"


def test_what_another_program_wrote_meanwhile_stays(tmp_path):
    window = SettingsStore(tmp_path)
    window.save(window.settings.changed(layout="2x2"))
    command_line = SettingsStore(tmp_path)
    command_line.save(command_line.settings.changed(theme="light"))
    heard: list[Settings] = []
    window.changed.connect(heard.append)
    window.save(window.settings.changed(panel="findings"))
    for store in (window, SettingsStore(tmp_path)):
        kept = store.settings
        assert (kept.layout, kept.theme, kept.panel) == ("2x2", "light", "findings")
    assert heard[0].theme == "dark"


@pytest.mark.expects_log_warnings
def test_what_could_not_be_written_is_written_with_the_next_change(tmp_path, monkeypatch):
    store = SettingsStore(tmp_path)
    store.save(store.settings.changed(last_folder="a"))

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("viewer.files.os.fsync", full)
        store.save(store.settings.changed(theme="light"))
    store.save(store.settings.changed(invert_window_drag=True))
    kept = SettingsStore(tmp_path).settings
    assert (kept.last_folder, kept.theme, kept.invert_window_drag) == ("a", "light", True)
