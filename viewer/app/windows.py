"""The windows and look-up tables that files offer, as presets beside the program's own."""

from viewer.app.user_presets import user_preset_name
from viewer.core.study import NamedWindow, Stack
from viewer.core.window import CT_PRESETS, VoiFunction, VoiLut
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


def preset_name(stack: Stack, preset_id: str) -> str:
    """Return the name of a preset for the image corner; "" for the reader's own window."""
    named = file_window(stack, preset_id)
    if named is not None and (preset_id != DEFAULT or isinstance(named.window, VoiLut)):
        return named.name
    own = user_preset_name(preset_id)
    return own or next((tr(p.name) for p in CT_PRESETS if p.id == preset_id), "")


def window_text(named: NamedWindow) -> str:
    """Return name and numbers of what a file offers, for a menu."""
    window = named.window
    if isinstance(window, VoiLut):
        return tr("{name} (look-up table)", name=named.name)
    kind = " sigmoid" if window.function is VoiFunction.SIGMOID else ""
    return f"{named.name} {window.width:.6g} / {window.center:.6g}{kind}"
