"""The few things the program remembers: typed, with defaults, as JSON in the settings folder."""

import contextlib
import logging
from pathlib import Path

import msgspec

from viewer.files import SaveError, free_name, write_atomic

logger = logging.getLogger(__name__)

FILE_NAME = "settings.json"
VERSION = 1
MAX_RECENT = 10


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered; unknown fields of a newer program are ignored.

    Attributes
    ----------
    version : int
        Of the format.
    last_folder : str
        Where the last study was opened, for the next dialog.
    last_export_folder : str
        Where the last pictures went.
    recent_paths : tuple of str
        Opened files and folders, the newest first.
    window_geometry : str
        Size and place of the window and its docks, as the window system encodes them (base64).
    window_state : str
        Layout of docks and toolbars (base64).
    invert_window_drag : bool
        Left drag: right = narrower, up = darker.
    overlay_planes_visible, shutter_visible : bool
        Draw the overlay planes of the files, apply their display shutters.
    layout : str
        Id of the layout of the viewports.
    link_scroll, link_zoom, link_window : bool
        Which changes of one place the others follow.
    reopen_last : bool
        Open the last study when the program starts.
    remember_folders : bool
        Keep what lies in opened folders, so that they are listed at once the next time.
    """

    version: int = VERSION
    last_folder: str = ""
    last_export_folder: str = ""
    recent_paths: tuple[str, ...] = ()
    window_geometry: str = ""
    window_state: str = ""
    invert_window_drag: bool = False
    overlay_planes_visible: bool = True
    shutter_visible: bool = True
    layout: str = "mpr"
    link_scroll: bool = True
    link_zoom: bool = True
    link_window: bool = False
    reopen_last: bool = False
    remember_folders: bool = True

    def with_recent(self, path: str) -> "Settings":
        """Return settings that have a path at the top of the recent ones."""
        others = tuple(known for known in self.recent_paths if known != path)
        return msgspec.structs.replace(self, recent_paths=(path, *others)[:MAX_RECENT])

    def changed(self, **values: str | bool | tuple[str, ...]) -> "Settings":
        """Return settings with other values."""
        return msgspec.structs.replace(self, **values)


class SettingsStore:
    """Reads settings once and writes them when they differ.

    Parameters
    ----------
    folder : Path
        The settings folder; a damaged file in it is kept aside and the defaults are used.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._settings = self._load()

    @property
    def settings(self) -> Settings:
        """The present settings."""
        return self._settings

    def save(self, settings: Settings) -> None:
        """Keep other settings; a folder that cannot be written is no reason to disturb anyone."""
        if settings == self._settings:
            return
        self._settings = settings
        content = msgspec.json.format(msgspec.json.encode(settings))
        try:
            write_atomic(self._path, content, private=True)
        except SaveError as error:
            logger.warning("settings not saved: %s", error.why)

    def _load(self) -> Settings:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Settings)
        except FileNotFoundError:
            return Settings()
        except (OSError, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            logger.warning("the settings are damaged and kept aside; defaults are used")
            with contextlib.suppress(OSError):
                self._path.replace(free_name(self._path.with_suffix(".damaged.json")))
            return Settings()
