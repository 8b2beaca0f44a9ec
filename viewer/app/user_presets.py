"""The reader's own windows: values, and what a file of them may hold."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from viewer.app.action_spec import ActionSpec, Menu, Need
from viewer.app.keys import canonical_key
from viewer.app.value_text import typed_numbers
from viewer.core.errors import ViewerError
from viewer.core.study import Stack
from viewer.core.window import CT_PRESETS, HuWindow
from viewer.i18n import tr

VERSION = 1
PREFIX = "user:"
"""Begins the id of each own preset; its name follows."""
MAX_NAME, MAX_PRESETS, MAX_BYTES = 40, 200, 500_000
MAX_VALUE = 1e9
MODALITIES = ("CT", "MR", "PT", "CR", "DX", "MG", "US", "NM", "XA", "RF", "OT")
"""Codes that the dialog offers (PS3.3 C.7.3.1.1.1); "" stands for all."""


@dataclass(frozen=True, slots=True)
class UserPreset:
    """A named window of the reader's own.

    Attributes
    ----------
    name : str
        Unique among them.
    width, level : float
        In the unit of the series (HU for CT).
    modality : str
        DICOM code of the series that it is for, or "" for all.
    key : str
        The key that calls it, or "".
    """

    name: str
    width: float
    level: float
    modality: str = ""
    key: str = ""

    @property
    def id(self) -> str:
        """Id among all presets."""
        return PREFIX + self.name

    @property
    def window(self) -> HuWindow:
        """The window."""
        return HuWindow(self.width, self.level)

    @property
    def numbers(self) -> str:
        """Width and level for a menu."""
        unit = "HU" if self.modality == "CT" else None
        return f"{' / '.join(typed_numbers(self.window))} {unit or ''}".rstrip()

    def reason(self, stack: Stack) -> str:
        """Return why it does not suit a series; "" where it does."""
        if self.modality == "CT" and stack.unit != "HU":
            return Need.HU.value
        if self.modality and self.modality != stack.modality:
            return tr("Only for {one}: this is {other}", one=self.modality, other=stack.modality)
        return ""


class PresetError(ViewerError):
    """A file or a line of it is no preset."""

    def __init__(self, why: str) -> None:
        super().__init__(tr("The window preset cannot be used"), why)


class NewerPresetsError(PresetError):
    """A newer program wrote the file."""


class _PresetLine(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    name: str
    width: float
    level: float
    modality: str = ""
    key: str = ""


class _PresetFile(msgspec.Struct, kw_only=True):
    hounsfield_presets: int
    presets: list[msgspec.Raw] = []


def checked_preset(
    name: str, width: float, level: float, modality: str = "", key: str = ""
) -> UserPreset:
    """Return a preset.

    Raises
    ------
    PresetError
        A value is none that a preset may have; the line says which.
    """
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME:
        raise PresetError(tr("the name must have 1 to {count} letters", count=MAX_NAME))
    if not name.isprintable() or set(name) & set("<>"):
        raise PresetError(tr("the name has letters that cannot be shown"))
    if not (math.isfinite(width) and 0 < width <= MAX_VALUE):
        raise PresetError(tr("{name}: the width must be above 0", name=name))
    if not (math.isfinite(level) and abs(level) <= MAX_VALUE):
        raise PresetError(tr("{name}: the level must be a finite number", name=name))
    if modality and not (modality.isalpha() and modality.isupper() and len(modality) <= 16):
        raise PresetError(tr("{name}: {code} is no modality", name=name, code=modality))
    try:
        key = canonical_key(key) if key else ""
    except ValueError as error:
        raise PresetError(f"{name}: {error}") from None
    return UserPreset(name, float(width), float(level), modality, key)


def read_presets(data: bytes) -> tuple[tuple[UserPreset, ...], tuple[str, ...]]:
    """Return the presets of a file, and a line for each entry that is none.

    Raises
    ------
    PresetError
        The file as a whole is none of presets.
    """
    if len(data) > MAX_BYTES:
        raise PresetError(tr("the file is too large"))
    try:
        content = msgspec.json.decode(data, type=_PresetFile)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise PresetError(str(error).lower()) from None
    if content.hounsfield_presets > VERSION:
        raise NewerPresetsError(tr("a newer version of Hounsfield wrote it"))
    presets: list[UserPreset] = []
    wrong: list[str] = []
    for number, raw in enumerate(content.presets, 1):
        try:
            line = msgspec.json.decode(raw, type=_PresetLine)
            preset = checked_preset(line.name, line.width, line.level, line.modality, line.key)
            presets = list(with_preset(presets, preset, replace_same=False))
        except msgspec.DecodeError as error:
            wrong.append(tr("Preset {number}: {why}", number=number, why=str(error).lower()))
        except PresetError as error:
            wrong.append(tr("Preset {number}: {why}", number=number, why=error.why))
    return tuple(presets), tuple(wrong)


def write_presets(presets: Iterable[UserPreset]) -> bytes:
    """Return what a file of presets holds."""
    lines = [
        _PresetLine(name=p.name, width=p.width, level=p.level, modality=p.modality, key=p.key)
        for p in presets
    ]
    encoded = [msgspec.Raw(msgspec.json.encode(line)) for line in lines]
    content = _PresetFile(hounsfield_presets=VERSION, presets=encoded)
    return msgspec.json.format(msgspec.json.encode(content)) + b"\n"


def with_preset(
    presets: Iterable[UserPreset], preset: UserPreset, *, replace_same: bool = True
) -> tuple[UserPreset, ...]:
    """Return presets with one more; one of the same name gives way, or is an error.

    Raises
    ------
    PresetError
        The name or the key is there already, or there are too many.
    """
    known = tuple(presets)
    same = [other for other in known if other.name.casefold() == preset.name.casefold()]
    if same and not replace_same:
        raise PresetError(tr("{name} is there twice", name=preset.name))
    others = tuple(other for other in known if other not in same)
    holder = next((o.name for o in others if preset.key and o.key == preset.key), "")
    if holder:
        raise PresetError(tr("{key} already calls {name}", key=preset.key, name=holder))
    if len(others) >= MAX_PRESETS:
        raise PresetError(tr("there are {count} already", count=MAX_PRESETS))
    if not same:
        return (*known, preset)
    return tuple(preset if other in same else other for other in known if other not in same[1:])


def preset_actions(presets: Iterable[UserPreset]) -> tuple[ActionSpec, ...]:
    """Return the rows of the action table that call own presets."""
    return tuple(
        ActionSpec(
            f"window.{preset.id}",
            preset.name,
            Menu.WINDOW,
            (preset.key,) if preset.key else (),
            preset.numbers,
            need=Need.VOLUME,
            preset=preset.id,
            checkable=True,
        )
        for preset in presets
    )


def user_preset_name(preset_id: str) -> str:
    """Return the name of an own preset; "" for any other id."""
    return preset_id.removeprefix(PREFIX) if preset_id.startswith(PREFIX) else ""


def is_fixed(preset_id: str) -> bool:
    """Tell whether a preset means the same numbers for every series."""
    return bool(user_preset_name(preset_id)) or any(
        preset.id == preset_id and preset.window is not None for preset in CT_PRESETS
    )


def find_preset(presets: Iterable[UserPreset], text: str) -> UserPreset | None:
    """Return the preset of that name or id, in any case of letters."""
    wanted = text.casefold()
    return next((p for p in presets if wanted in (p.name.casefold(), p.id.casefold())), None)
