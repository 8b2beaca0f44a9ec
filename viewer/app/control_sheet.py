"""Keys and gestures as lines: for the F1 sheet, the palette, tooltips and the command line."""

from collections.abc import Callable, Sequence

from viewer.app.action_spec import ActionSpec
from viewer.app.bindings import MouseBinding
from viewer.app.user_presets import user_preset_name
from viewer.i18n import tr

Row = tuple[str, str, str]
"""Keys or gesture, what they do, where it stands."""


def shown_text(spec: ActionSpec) -> str:
    """Return what an action is called; names that the reader gave are not translated."""
    return spec.text if user_preset_name(spec.preset) else tr(spec.text)


def plain_name(spec: ActionSpec) -> str:
    """Return what an action is called without the dots of a menu."""
    return shown_text(spec).rstrip("…")


def keys_text(spec: ActionSpec, key_text: Callable[[str], str] = str) -> str:
    """Return all keys of an action in one line."""
    if not spec.shortcuts:
        return ""
    first, *others = (key_text(key) for key in spec.shortcuts)
    return tr("{key} or {other}", key=first, other=", ".join(others)) if others else first


def sheet_rows(
    actions: Sequence[ActionSpec],
    bindings: Sequence[MouseBinding],
    key_text: Callable[[str], str] = str,
) -> list[Row]:
    """Return a line for everything that has a key or a gesture.

    Parameters
    ----------
    key_text : callable
        How a key is written for the eye.
    """
    rows = [(tr(b.gesture.value), tr(b.text), tr("Mouse")) for b in bindings]
    for spec in actions:
        if spec.shortcuts:
            text = plain_name(spec)
            if spec.preset and spec.tooltip:
                text = f"{text}  {spec.tooltip}"
            rows.append((keys_text(spec, key_text), text, tr(spec.menu.value)))
    return rows
