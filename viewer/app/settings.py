"""What the program remembers, as one schema: type, default, bounds, label and help of each field.

A field with a title in its `Meta` is a preference: the dialog, the command line and the checks of
a settings file are made from it (`viewer.app.preferences`). Fields without one are remembered
quietly. A new preference is one line here and nothing elsewhere but the place that obeys it.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from viewer.core.events import Signal
from viewer.files import SaveError
from viewer.i18n import LANGUAGES, SYSTEM, mark
from viewer.store.own_file import NewerFileError, OwnFile

logger = logging.getLogger(__name__)

FILE_NAME = "settings.json"
VERSION = 1
MAX_RECENT = 10
MAX_BYTES = 1 << 20
"""A larger file was not written by this program."""

LOOK, START, READING, MOUSE = mark("Look"), mark("Start"), mark("Reading"), mark("Mouse and keys")
"""Groups of preferences."""

SettingValue = bool | int | str | tuple[str, ...]


def preference(
    group: str,
    label: str,
    text: str,
    *,
    low: int | None = None,
    high: int | None = None,
    unit: str = "",
    choices: Mapping[str, str] | None = None,
) -> msgspec.Meta:
    """Describe a field that a reader may set.

    Parameters
    ----------
    group, label, text : str
        Where it stands, what it is called, one sentence of help.
    low, high : int, optional
        Bounds of a number, both allowed.
    unit : str
        Behind a number.
    choices : mapping, optional
        The values that a text may have, each with its label.
    """
    return msgspec.Meta(
        title=label,
        description=text,
        ge=low,
        le=high,
        extra={"group": group, "unit": unit, "choices": dict(choices or {})},
    )


_LANGUAGES = {SYSTEM: mark("As the system"), **LANGUAGES}
_UP = {"head": mark("Towards the head"), "lower": mark("Towards lower numbers")}
_THEMES = {"system": mark("As the system"), "dark": mark("Dark"), "light": mark("Light")}


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
    open_paths : tuple of str
        What the list holds, to open it at the next start.
    window_geometry : str
        Size and place of the window and its docks, as the window system encodes them (base64).
    window_state : str
        Layout of docks and toolbars (base64).
    layout, second_layout : str
        Layouts of the windows as `viewer.core.layout.Layout.text`; the second is empty where the
        second window was closed.
    second_geometry : str
        Size and place of the second window (base64).
    profile : str
        Id of the profile of keys and mouse.
    panel : str
        Symbol of the panel in front.

    The other fields are preferences and tell about themselves.
    """

    version: int = VERSION
    last_folder: str = ""
    last_export_folder: str = ""
    recent_paths: tuple[str, ...] = ()
    open_paths: tuple[str, ...] = ()
    window_geometry: str = ""
    window_state: str = ""
    layout: str = "mpr"
    second_layout: str = ""
    second_geometry: str = ""
    profile: str = "hounsfield"
    panel: str = ""

    theme: Annotated[
        str,
        preference(
            LOOK,
            mark("Theme"),
            mark("Colours of menus, panels and dialogs; the images stay on black."),
            choices=_THEMES,
        ),
    ] = "dark"
    language: Annotated[
        str,
        preference(
            LOOK,
            mark("Language"),
            mark("Of menus, panels and texts on images; changes when Hounsfield starts again."),
            choices=_LANGUAGES,
        ),
    ] = SYSTEM
    font_percent: Annotated[
        int,
        preference(
            LOOK,
            mark("Size of letters"),
            mark("Letters of menus, panels and dialogs."),
            low=80,
            high=200,
            unit="%",
        ),
    ] = 100
    image_text_percent: Annotated[
        int,
        preference(
            LOOK,
            mark("Size of texts on images"),
            mark("Letters and lines over the images, also in pictures that are copied."),
            low=80,
            high=200,
            unit="%",
        ),
    ] = 100
    reopen_last: Annotated[
        bool,
        preference(
            START,
            mark("Open the last study at start"),
            mark("Begin where the last session ended; else the start page offers it."),
        ),
    ] = True
    restore_views: Annotated[
        bool,
        preference(
            START,
            mark("Return to the last views of a study"),
            mark("Slices, zoom, window, slab and turns are as they were."),
        ),
    ] = True
    remember_folders: Annotated[
        bool,
        preference(
            START,
            mark("Remember opened folders"),
            mark("List a folder at once the next time; switching off forgets all of them."),
        ),
    ] = True
    overlay_planes_visible: Annotated[
        bool,
        preference(
            READING,
            mark("Overlay planes of the files"),
            mark("Draw the graphics and regions that the files put over their images."),
        ),
    ] = True
    shutter_visible: Annotated[
        bool,
        preference(
            READING,
            mark("Display shutters of the files"),
            mark("Hide what the files ask to be hidden around their images."),
        ),
    ] = True
    link_scroll: Annotated[
        bool,
        preference(
            READING,
            mark("Scroll together"),
            mark("Series of one patient space show the same place."),
        ),
    ] = True
    link_zoom: Annotated[
        bool,
        preference(
            READING,
            mark("Zoom and move together"),
            mark("Places of the same orientation show the same part of the body."),
        ),
    ] = True
    link_window: Annotated[
        bool,
        preference(
            READING,
            mark("Window together"),
            mark("Images of one modality whose numbers are in the same unit share their window."),
        ),
    ] = True
    hang_prior: Annotated[
        bool,
        preference(
            READING,
            mark("Prior beside the study"),
            mark("Opening a study side by side puts the patient's newest prior in the free place."),
        ),
    ] = True
    invert_window_drag: Annotated[
        bool,
        preference(
            MOUSE,
            mark("Reverse the window drag"),
            mark("Left drag: right makes the window narrower, up makes the image darker."),
        ),
    ] = False

    up_goes: Annotated[
        str,
        preference(
            MOUSE,
            mark("Up and wheel up"),
            mark("Where one step up goes in the slices, and what is at the top of the slice bar."),
            choices=_UP,
        ),
    ] = "head"

    def with_recent(self, path: str) -> "Settings":
        """Return settings that have a path at the top of the recent ones."""
        others = tuple(known for known in self.recent_paths if known != path)
        return msgspec.structs.replace(self, recent_paths=(path, *others)[:MAX_RECENT])

    def changed(self, **values: SettingValue) -> "Settings":
        """Return settings with other values."""
        return msgspec.structs.replace(self, **values)


class SettingsStore:
    """Reads settings once and writes them when they differ.

    Parameters
    ----------
    folder : Path
        The settings folder; a damaged file in it is kept aside and the defaults are used.

    Signals
    -------
    changed(Settings)
        Other settings are in force; carries those that were before.
    refused(NewerFileError)
        A newer program wrote the file: changes last for this session only. Told once.
    """

    changed = Signal(object)
    refused = Signal(object)

    def __init__(self, folder: Path) -> None:
        self._file = OwnFile(folder / FILE_NAME, VERSION, MAX_BYTES, "settings", reads_newer=True)
        self._settings = self._load() or Settings()
        self._unsaved: dict[str, SettingValue] = {}

    @property
    def settings(self) -> Settings:
        """The present settings."""
        return self._settings

    def save(self, settings: Settings) -> None:
        """Keep other settings; a folder that cannot be written is no reason to disturb anyone.

        Only what differs is changed: another window or the command line may have written since.
        """
        before = self._settings
        if settings == before:
            return
        changes = {
            name: value
            for name in Settings.__struct_fields__
            if (value := getattr(settings, name)) != getattr(before, name)
        }
        changes = self._unsaved | changes  # what could not be written before is not forgotten
        on_disk = self._load() or before
        self._settings = settings = on_disk.changed(**changes)
        content = msgspec.json.format(msgspec.json.encode(settings))
        try:
            self._file.write(content)
            self._unsaved = {}
        except NewerFileError as error:
            logger.warning("settings not saved: %s", error.why)
            self.refused.emit(error)
        except SaveError as error:
            logger.warning("settings not saved: %s", error.why)
            self._unsaved = changes
        self.changed.emit(before)

    def _load(self) -> Settings | None:
        raw = self._file.read(dict[str, object])
        return None if raw is None else settings_from(raw)


def settings_from(raw: Mapping[str, object]) -> Settings:
    """Return settings from what a file holds: a field that cannot be used keeps its default.

    What is wrong is logged by the name of the field, never with its value: that may be a path.
    """
    values: dict[str, SettingValue] = {}
    for field in msgspec.structs.fields(Settings):
        if field.name not in raw:
            continue
        try:
            values[field.name] = checked(field.name, raw[field.name])
        except (msgspec.ValidationError, ValueError):
            logger.warning("the setting %s cannot be used; its default is", field.name)
    return Settings().changed(**values)


def checked(name: str, value: object, *, from_text: bool = False) -> SettingValue:
    """Return a value of a field if it may have it.

    Parameters
    ----------
    from_text : bool
        Take "true" and "120" for what they mean.

    Raises
    ------
    msgspec.ValidationError
        Another type, or out of bounds.
    ValueError
        None of the choices.
    """
    field = next(field for field in msgspec.structs.fields(Settings) if field.name == name)
    found: SettingValue = msgspec.convert(value, type=field.type, strict=not from_text)
    known = choices_of(field.type)
    if known and found not in known:
        raise ValueError(f"expected one of {', '.join(known)}")
    return found


def choices_of(declared: object) -> Mapping[str, str]:
    """Return the values that a declared type allows, with their labels; {} for any."""
    for meta in getattr(declared, "__metadata__", ()):
        if isinstance(meta, msgspec.Meta) and meta.extra:
            choices: Mapping[str, str] = meta.extra["choices"]
            return choices
    return {}
