"""The preferences as a list of plain values, read out of the settings' schema."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_origin

import msgspec

from viewer.app.settings import Settings, SettingValue, checked
from viewer.core.errors import ViewerError
from viewer.i18n import tr

_WORDS = {"on": "true", "yes": "true", "off": "false", "no": "false"}


@dataclass(frozen=True, slots=True)
class Preference:
    """One field that a reader may set; label, help and group are plain English, see `tr`.

    Attributes
    ----------
    kind : type
        bool, int or str.
    low, high : int or None
        Bounds of a number.
    choices : mapping
        Values of a text with their labels; {} for any text.
    """

    name: str
    group: str
    label: str
    help: str
    kind: type
    default: SettingValue
    low: int | None = None
    high: int | None = None
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)

    def value_in(self, settings: Settings) -> SettingValue:
        """Return its value."""
        value: SettingValue = getattr(settings, self.name)
        return value

    def matches(self, text: str) -> bool:
        """Tell whether all words of a search stand in what a reader sees of it."""
        shown = " ".join(
            tr(part) for part in (self.group, self.label, self.help, *self.choices.values())
        )
        return all(word in shown.casefold() for word in text.casefold().split())

    def parsed(self, text: str) -> SettingValue:
        """Return the value that a text stands for.

        Raises
        ------
        ViewerError
            It stands for none that is allowed.
        """
        plain = _WORDS.get(text.strip().lower(), text.strip())
        try:
            return checked(self.name, plain, from_text=True)
        except (msgspec.ValidationError, ValueError) as error:
            raise ViewerError(
                tr("{name} cannot be {value}", name=self.name, value=text),
                tr("allowed: {allowed}", allowed=self.allowed),
            ) from error

    @property
    def allowed(self) -> str:
        """The values that it may have, in words."""
        if self.kind is bool:
            return "true, false"
        if self.choices:
            return ", ".join(name or '""' for name in self.choices)
        return f"{self.low}..{self.high}" if self.kind is int else tr("any text")


def preferences(schema: type[msgspec.Struct] = Settings) -> tuple[Preference, ...]:
    """Return the preferences of a schema in the order of its fields, group by group."""
    found = [p for f in msgspec.structs.fields(schema) if (p := _preference(f)) is not None]
    groups = list(dict.fromkeys(p.group for p in found))
    return tuple(sorted(found, key=lambda p: groups.index(p.group)))


def _preference(declared: msgspec.structs.FieldInfo) -> Preference | None:
    if get_origin(declared.type) is None or not hasattr(declared.type, "__metadata__"):
        return None
    meta = declared.type.__metadata__[0]
    extra: dict[str, Any] = meta.extra
    return Preference(
        name=declared.name,
        group=extra["group"],
        label=meta.title,
        help=meta.description,
        kind=declared.type.__origin__,
        default=declared.default,
        low=meta.ge,
        high=meta.le,
        unit=extra["unit"],
        choices=extra["choices"],
    )


PREFERENCES = preferences()


def find_preference(name: str) -> Preference:
    """Return a preference by its name.

    Raises
    ------
    ViewerError
        There is none.
    """
    found = next((p for p in PREFERENCES if p.name == name), None)
    if found is None:
        raise ViewerError(
            tr("There is no setting {name}", name=name), "", tr("List them: hounsfield settings")
        )
    return found
