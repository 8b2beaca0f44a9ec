"""Colour maps for grey images: DICOM's well-known palettes, and one of even lightness.

The palettes are those of PS3.6 Annex B. Their tables run in straight lines between a few entries,
and only those stand here: "127:254 128:255" means 254 at entry 127 and 255 at entry 128.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.core.layer import GREY_MAP

ColourTable = NDArray[np.uint8]
ENTRIES = 256
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ColourMap:
    """A way from grey to colour.

    Attributes
    ----------
    id, name : str
        Stable id, and the name in menus.
    red, green, blue : str
        Entries ("index:value") between which the table runs straight; empty for maps that are
        computed otherwise.
    rounds : bool
        Whether values between entries are rounded to the nearest (else down).
    """

    id: str
    name: str
    red: str = ""
    green: str = ""
    blue: str = ""
    rounds: bool = False


_STEPS_RED = (
    "0:0 12:0 13:96 25:96 26:48 50:48 51:80 63:80 64:96 76:96 77:112 89:112 90:128 101:128 102:48 "
    "127:48 128:80 140:80 141:64 152:64 153:224 165:224 166:208 203:208 204:192 216:192 217:176 "
    "229:176 230:255 255:255"
)
_STEPS_GREEN = (
    "0:0 25:0 26:48 50:48 51:80 63:80 64:96 76:96 77:112 89:112 90:128 101:128 102:96 114:96 "
    "115:144 127:144 128:192 140:192 141:224 165:224 166:208 178:208 179:176 191:176 192:144 "
    "203:144 204:96 216:96 217:48 229:48 230:0 242:0 243:255 255:255"
)
_STEPS_BLUE = (
    "0:0 12:0 13:80 38:80 39:112 50:112 51:128 63:128 64:176 76:176 77:192 89:192 90:224 101:224 "
    "102:48 127:48 128:80 140:80 141:64 152:64 153:80 165:80 166:96 178:96 179:64 191:64 192:0 "
    "242:0 243:255 255:255"
)

COLOUR_MAPS: tuple[ColourMap, ...] = (
    ColourMap(GREY_MAP, "Grey", "0:0 255:255", "0:0 255:255", "0:0 255:255"),
    ColourMap("inverted-grey", "Inverted grey", "0:255 255:0", "0:255 255:0", "0:255 255:0"),
    ColourMap(
        "hot-iron",
        "Hot iron",
        "0:0 127:254 128:255 255:255",
        "0:0 128:0 254:252 255:255",
        "0:0 191:0 254:252 255:255",
    ),
    ColourMap(
        "pet",
        "PET",
        "0:0 63:0 64:1 106:85 107:86 149:170 150:171 192:255 255:255",
        "0:0 31:62 32:65 62:125 63:128 95:64 96:63 127:1 128:0 254:252 255:255",
        "0:0 1:1 128:255 129:252 192:0 212:80 213:85 233:165 234:170 254:250 255:255",
    ),
    ColourMap(
        "hot-metal-blue",
        "Hot metal blue",
        "0:0 85:0 102:50 119:90 153:190 170:255 255:255",
        "0:0 119:0 238:224 255:255",
        "0:0 17:33 42:83 44:86 75:147 93:183 95:186 102:200 119:150 136:50 153:0 170:0 238:200 "
        "255:255",
        rounds=True,
    ),
    ColourMap("pet-20-step", "PET 20 step", _STEPS_RED, _STEPS_GREEN, _STEPS_BLUE),
    ColourMap("spring", "Spring", "0:255 255:255", "0:0 255:255", "0:255 255:0"),
    ColourMap("summer", "Summer", "0:0 255:0", "0:255 255:128", "0:0 127:0 255:254", rounds=True),
    ColourMap("fall", "Fall", "0:255 255:255", "0:255 255:0", "0:0 255:0"),
    ColourMap("winter", "Winter", "0:0 127:0 255:127", "0:0 255:255", "0:255 255:128", rounds=True),
    ColourMap("even", "Even lightness"),
)
"""Every colour map, in menu order; the first is none."""


def colour_map(map_id: str) -> ColourMap:
    """Return a colour map by its id.

    Raises
    ------
    KeyError
        There is none of this id.
    """
    for known in COLOUR_MAPS:
        if known.id == map_id:
            return known
    raise KeyError(map_id)


@lru_cache(maxsize=len(COLOUR_MAPS))
def colour_table(map_id: str) -> ColourTable:
    """Return the colours of all greys: uint8 RGB, shape (256, 3), read-only.

    Raises
    ------
    KeyError
        There is no such colour map.
    """
    known = colour_map(map_id)
    if known.red:
        channels = [_channel(c, known.rounds) for c in (known.red, known.green, known.blue)]
        table = np.stack(channels, axis=1)
    else:
        table = _even_lightness()
    table.flags.writeable = False
    return table


def _channel(entries: str, rounds: bool) -> NDArray[np.uint8]:
    pairs = [entry.split(":") for entry in entries.split()]
    values = np.interp(
        np.arange(ENTRIES), [int(place) for place, _ in pairs], [int(value) for _, value in pairs]
    )
    return (np.rint(values) if rounds else np.floor(values + _ROUNDING)).astype(np.uint8)


_HUES_DEG = (290.0, 445.0)
"""From blue through purple and red to yellow; never red beside green."""
_LARGEST_CHROMA = 46.0


def _even_lightness() -> ColourTable:
    """Return a map whose CIE L* (D65) grows evenly from black to white.

    Equal steps of grey stay equally visible; hue and chroma only help to tell them apart.
    """
    share = np.linspace(0, 1, ENTRIES)
    hue = np.deg2rad(_HUES_DEG[0] + (_HUES_DEG[1] - _HUES_DEG[0]) * share)
    chroma = _LARGEST_CHROMA * np.sin(np.pi * share)
    return _srgb(100 * share, chroma * np.cos(hue), chroma * np.sin(hue))


def _srgb(
    light: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]
) -> ColourTable:
    """Return CIE L*a*b* (D65, 2 degrees) as 8-bit sRGB (IEC 61966-2-1)."""
    fy = (light + 16) / 116
    f = np.stack([fy + a / 500, fy, fy - b / 200], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
    xyz *= (0.95047, 1.0, 1.08883)
    to_linear = np.array(
        [
            [3.2404542, -1.5371385, -0.4985314],
            [-0.9692660, 1.8760108, 0.0415560],
            [0.0556434, -0.2040259, 1.0572252],
        ]
    )
    linear = np.clip(xyz @ to_linear.T, 0, 1)
    coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(255 * coded).astype(np.uint8))
