"""The windows and look-up tables that files offer, as presets beside the program's own."""

from viewer.app.user_presets import user_preset_name
from viewer.app.value_text import typed_numbers, window_numbers
from viewer.core.study import NamedWindow, Stack
from viewer.core.window import CT_PRESETS, VoiFunction, VoiLut, VoiTransform
from viewer.i18n import tr

DEFAULT = "default"
_FILE = "file-"


def file_presets(stack: Stack) -> dict[str, NamedWindow]:
    """Return what the files offer, by preset id; the first one is also the default."""
    return {f"{_FILE}{number + 1}": named for number, named in enumerate(stack.windows)}


def file_window(stack: Stack, preset_id: str) -> NamedWindow | None:
    """Return what the files offer under a preset id, or None: it is none of theirs."""
    if preset_id == DEFAULT:
        return stack.windows[0] if stack.windows else None
    return file_presets(stack).get(preset_id)


def preset_name(stack: Stack, preset_id: str, window: VoiTransform) -> str:
    """Return the name of a preset for the image corner; "" for the reader's own window.

    Parameters
    ----------
    window : HuWindow or VoiLut
        The one in force: at opening that may be another than the files'.
    """
    named = file_window(stack, preset_id)
    if is_replaced(stack, preset_id, window):
        return tr("automatic: the file's window shows one grey")
    if named is not None and (preset_id != DEFAULT or isinstance(named.window, VoiLut)):
        return named.name
    own = user_preset_name(preset_id)
    return own or next((tr(p.name) for p in CT_PRESETS if p.id == preset_id), "")


def is_replaced(stack: Stack, preset_id: str, window: VoiTransform) -> bool:
    """Tell whether a stack opened with another window than its files ask for: that is useless."""
    named = file_window(stack, preset_id) if preset_id == DEFAULT else None
    return named is not None and window != named.window


def shown_numbers(preset_id: str, window: VoiTransform, unit: str | None) -> tuple[str, str]:
    """Return width and level of the window in force: of an own preset, as they were typed."""
    if user_preset_name(preset_id):
        return typed_numbers(window)
    return window_numbers(window, unit)


def window_text(named: NamedWindow, unit: str | None = None) -> str:
    """Return name and numbers of what a file offers, for a menu."""
    window = named.window
    if isinstance(window, VoiLut):
        return tr("{name} (look-up table)", name=named.name)
    kind = " sigmoid" if window.function is VoiFunction.SIGMOID else ""
    width, level = window_numbers(window, unit)
    return f"{named.name} {width} / {level}{kind}"
