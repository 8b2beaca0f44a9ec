"""Profiles of keys and mouse: data that overrides the default table."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from viewer.app.action_spec import ActionSpec
from viewer.app.actions import ACTIONS
from viewer.app.bindings import MOUSE_BINDINGS, Gesture, MouseBinding, deeds_for
from viewer.app.keys import canonical_key
from viewer.core.errors import ViewerError
from viewer.i18n import tr

VERSION = 1
DEFAULT_ID = "hounsfield"
MAX_BYTES = 200_000
"""A larger file is no profile."""
MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of reader's hands are used to.

    Attributes
    ----------
    id : str
        Stable name; the file is called so.
    name : str
        What a reader calls it.
    about : str
        One or two sentences.
    keys : mapping
        Keys by id of the action, the first shown in menus; () takes the default ones away.
    mouse : mapping
        Id of the deed by gesture; "" for nothing.
    tool : str
        Tool of the left button when the profile is chosen.
    sources, left_out : tuple of str
        Where the facts come from, and what could not be mapped.
    ignored : tuple of str
        What the file names and this version does not have.
    own : bool
        Whether it is the reader's, not one that ships.
    """

    id: str
    name: str
    about: str = ""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mouse: Mapping[Gesture, str] = field(default_factory=dict)
    tool: str = "window"
    sources: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    own: bool = False

    def with_keys(self, action_id: str, keys: tuple[str, ...]) -> "Profile":
        """Return it with other keys of an action."""
        return replace(self, keys={**self.keys, action_id: keys})

    def with_mouse(self, gesture: Gesture, does: str) -> "Profile":
        """Return it with another deed of a gesture."""
        return replace(self, mouse={**self.mouse, gesture: does})

    def without(self, row: str) -> "Profile":
        """Return it with the default of one action (by id) or gesture (by name)."""
        return replace(
            self,
            keys={name: keys for name, keys in self.keys.items() if name != row},
            mouse={gesture: does for gesture, does in self.mouse.items() if gesture.value != row},
        )


class ProfileError(ViewerError):
    """A file is no profile."""

    def __init__(self, why: str) -> None:
        super().__init__(tr("The profile cannot be used"), why)


class _ProfileFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What stands in a file."""

    hounsfield_profile: int
    name: str
    about: str = ""
    tool: str = "window"
    keys: dict[str, tuple[str, ...]] = {}
    mouse: dict[str, str] = {}
    sources: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def read_profile(data: bytes, profile_id: str, *, own: bool = False) -> Profile:
    """Return the profile that a file holds.

    Actions, gestures and deeds that this version does not have are left out and named.

    Raises
    ------
    ProfileError
        It is none, or gives one key to two actions.
    """
    if len(data) > MAX_BYTES:
        raise ProfileError(tr("the file is too large"))
    try:
        content = msgspec.json.decode(data, type=_ProfileFile)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ProfileError(str(error).lower()) from None
    if content.hounsfield_profile > VERSION:
        raise ProfileError(tr("a newer version of Hounsfield wrote it"))
    name = " ".join(content.name.split())
    if not name or len(name) > MAX_NAME:
        raise ProfileError(tr("its name must have 1 to {count} letters", count=MAX_NAME))
    ignored: list[str] = []
    keys = _known_keys(content.keys, ignored)
    tools = {spec.tool for spec in ACTIONS if spec.tool}
    if content.tool not in tools:
        ignored.append(content.tool)
    return Profile(
        profile_id,
        name,
        content.about,
        keys,
        _known_mouse(content.mouse, ignored),
        content.tool if content.tool in tools else "window",
        content.sources,
        content.left_out,
        tuple(ignored),
        own,
    )


def write_profile(profile: Profile) -> bytes:
    """Return what a file of a profile holds."""
    content = _ProfileFile(
        hounsfield_profile=VERSION,
        name=profile.name,
        about=profile.about,
        tool=profile.tool,
        keys=dict(profile.keys),
        mouse={gesture.value: does for gesture, does in profile.mouse.items()},
        sources=profile.sources,
        left_out=profile.left_out,
    )
    return msgspec.json.format(msgspec.json.encode(content)) + b"\n"


def actions_with(
    profile: Profile, actions: tuple[ActionSpec, ...] = ACTIONS
) -> tuple[ActionSpec, ...]:
    """Return the actions with the keys of a profile.

    A key that the profile gives to one action is taken from the one that has it by default.
    """
    claimed = {key for keys in profile.keys.values() for key in keys}
    return tuple(_with_keys(spec, profile, claimed) for spec in actions)


def bindings_with(
    profile: Profile, bindings: tuple[MouseBinding, ...] = MOUSE_BINDINGS
) -> tuple[MouseBinding, ...]:
    """Return what the mouse does under a profile, in the order of the gestures."""
    does = {binding.gesture: binding.does for binding in bindings} | dict(profile.mouse)
    return tuple(MouseBinding(gesture, does[gesture]) for gesture in Gesture if does.get(gesture))


def holder_of(key: str, actions: tuple[ActionSpec, ...], but: str = "") -> ActionSpec | None:
    """Return the action that a key calls, other than the one named."""
    return next((s for s in actions if s.id != but and key in _canonical(s.shortcuts)), None)


def _with_keys(spec: ActionSpec, profile: Profile, claimed: set[str]) -> ActionSpec:
    if spec.id in profile.keys:
        return replace(spec, shortcuts=profile.keys[spec.id])
    kept = tuple(key for key in spec.shortcuts if canonical_key(key) not in claimed)
    return spec if kept == spec.shortcuts else replace(spec, shortcuts=kept)


def _canonical(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(canonical_key(key) for key in keys)


def _known_keys(
    found: Mapping[str, tuple[str, ...]], ignored: list[str]
) -> dict[str, tuple[str, ...]]:
    ids = {spec.id for spec in ACTIONS}
    result: dict[str, tuple[str, ...]] = {}
    holders: dict[str, str] = {}
    for action_id, keys in found.items():
        if action_id not in ids:
            ignored.append(action_id)
            continue
        try:
            result[action_id] = _canonical(keys)
        except ValueError as error:
            raise ProfileError(f"{action_id}: {error}") from None
        for key in result[action_id]:
            if holders.setdefault(key, action_id) != action_id:
                raise ProfileError(
                    tr(
                        "{key} is given to {one} and to {other}",
                        key=key,
                        one=holders[key],
                        other=action_id,
                    )
                )
    return result


def _known_mouse(found: Mapping[str, str], ignored: list[str]) -> dict[Gesture, str]:
    gestures = {gesture.value: gesture for gesture in Gesture}
    result: dict[Gesture, str] = {}
    for name, does in found.items():
        gesture = gestures.get(name)
        if gesture is None:
            ignored.append(name)
        elif does and does not in {deed.id for deed in deeds_for(gesture)}:
            ignored.append(f"{name}: {does}")
        else:
            result[gesture] = does
    return result
