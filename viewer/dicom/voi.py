"""Windows and VOI look-up tables that a file or a frame offers (PS3.3 C.11.2)."""

from functools import lru_cache

import numpy as np

from viewer.core.study import NamedWindow
from viewer.core.window import HuWindow, VoiFunction, VoiLut
from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.lookup_table import read_lut

_FUNCTIONS = {function.value: function for function in VoiFunction}


def read_voi(own: Values, file: Values, signed: bool) -> tuple[NamedWindow, ...]:
    """Read what is offered, each with its explanation; look-up tables come first.

    A table says more than a window: where a file has both, the windows are its approximations.

    Parameters
    ----------
    own : Values
        Where the frame's windows stand (functional group, or the file itself).
    file : Values
        The file's top level, which speaks where the frame is silent.
    signed : bool
        Whether values (after the rescale) may be negative: then a table's first value is signed.
    """
    return _offered(own, signed) or (() if own is file else _offered(file, signed))


def _offered(values: Values, signed: bool) -> tuple[NamedWindow, ...]:
    return (*_read_luts(values, signed), *read_windows(values))


def read_windows(values: Values) -> tuple[NamedWindow, ...]:
    """Read the windows; those without a usable centre or width are left out."""
    centers = values.numbers(tags.WINDOW_CENTER)
    widths = values.numbers(tags.WINDOW_WIDTH)
    names = values.text(tags.WINDOW_EXPLANATION).split("\\")
    function = _function(values)
    windows = []
    for index, (center, width) in enumerate(zip(centers, widths, strict=False)):
        if center is None or width is None or width <= 0:
            continue
        if function is VoiFunction.LINEAR and width < 1:
            continue  # PS3.3 C.11.2.1.2.1
        name = names[index].strip() if index < len(names) else ""
        window = HuWindow(width, center, function)
        windows.append(NamedWindow(name or f"Window {index + 1}", window))
    return tuple(windows)


def _function(values: Values) -> VoiFunction:
    stated = values.code(tags.VOI_LUT_FUNCTION).upper()
    return _FUNCTIONS.get(stated, VoiFunction.LINEAR)


def _read_luts(values: Values, signed: bool) -> list[NamedWindow]:
    luts = []
    for index, item in enumerate(values.items(tags.VOI_LUT_SEQUENCE)):
        table = read_lut(item, tags.LUT_DESCRIPTOR, tags.LUT_DATA, signed)
        if table is None:
            continue
        # 8-bit entries in a table that calls itself deeper would be all but black.
        bits = 8 if table.values.max() <= 255 else table.bits
        name = item.text(tags.LUT_EXPLANATION) or f"VOI LUT {index + 1}"
        luts.append(NamedWindow(name, _voi_lut(table.first, table.entries, bits)))
    return luts


@lru_cache(maxsize=16)
def _voi_lut(first: int, entries: bytes, bits: int) -> VoiLut:
    """Make a table; frames that repeat it share one."""
    return VoiLut.from_entries(first, np.frombuffer(entries, "<u2"), bits)
