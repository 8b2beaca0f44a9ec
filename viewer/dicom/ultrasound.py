"""Regions of ultrasound images, as files describe them (PS3.3 C.8.5.5)."""

import math
from dataclasses import replace

from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.ultrasound import RegionFormat, UltrasoundRegion, common_spacing
from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.pixel_format import PixelFormat

MAX_REGIONS = 64
_FORMATS = {
    1: RegionFormat.PLANE,
    2: RegionFormat.M_MODE,
    3: RegionFormat.SPECTRAL,
    4: RegionFormat.WAVEFORM,
    5: RegionFormat.GRAPHICS,
}
_DATA = {
    1: "tissue",
    2: "colour flow",
    3: "PW Doppler",
    4: "CW Doppler",
    5: "Doppler mean trace",
    6: "Doppler mode trace",
    7: "Doppler max trace",
    8: "volume trace",
    10: "ECG trace",
    11: "pulse trace",
    12: "phonocardiogram",
    13: "grey bar",
    14: "colour bar",
    15: "integrated backscatter",
    16: "area trace",
    17: "d(area)/dt",
}
_UNITS = {
    0: "none",
    1: "percent",
    2: "dB",
    3: "cm",
    4: "s",
    5: "Hz",
    6: "dB/s",
    7: "cm/s",
    8: "cm2",
    9: "cm2/s",
    10: "cm3",
    11: "cm3/s",
    12: "degrees",
}


def read_regions(
    values: Values, fmt: PixelFormat, notes: list[str]
) -> tuple[UltrasoundRegion, ...]:
    """Read the regions of an image.

    Regions that reach beyond the image were measured on another one: programs that cut or shrink
    a picture often leave them as they were. Their scale is not to be trusted, nor are they.

    Parameters
    ----------
    values : Values
        Top level of the file.
    fmt : PixelFormat
        Its matrix.
    notes : list of str
        Gets a line where they cannot be used.

    Raises
    ------
    DamagedError
        The sequence cannot be followed.
    """
    if not values.has(tags.SEQUENCE_OF_ULTRASOUND_REGIONS):
        return ()
    items = values.items(tags.SEQUENCE_OF_ULTRASOUND_REGIONS)[:MAX_REGIONS]
    regions = tuple(region for item in items if (region := _region(item)) is not None)
    if len(regions) < len(items):
        notes.append("an ultrasound region has no valid place and was left out")
    if any(r.x1 > fmt.columns or r.y1 > fmt.rows for r in regions):
        notes.append(
            "the ultrasound regions reach beyond the image, which was cut or made smaller: "
            "its scale is not known"
        )
        return ()
    # Some write the first column and row behind a region instead of its last ones.
    return tuple(
        replace(r, x1=min(r.x1, fmt.columns - 1), y1=min(r.y1, fmt.rows - 1)) for r in regions
    )


def region_caveats(regions: tuple[UltrasoundRegion, ...]) -> tuple[Caveat, ...]:
    """Tell where millimetres hold."""
    if not any(region.spacing_yx_mm for region in regions):
        return ()
    text = "millimetres hold only inside the ultrasound image region"
    if common_spacing(regions) is None:
        text = "the ultrasound image regions have different scales: millimetres hold inside each"
    return (Caveat(CaveatCode.REGION_CALIBRATION, text),)


def _region(item: Values) -> UltrasoundRegion | None:
    edges = [
        _position(item, tag)
        for tag in (
            tags.REGION_LOCATION_MIN_X0,
            tags.REGION_LOCATION_MIN_Y0,
            tags.REGION_LOCATION_MAX_X1,
            tags.REGION_LOCATION_MAX_Y1,
        )
    ]
    x0, y0, x1, y1 = edges
    if x0 is None or y0 is None or x1 is None or y1 is None or x0 > x1 or y0 > y1:
        return None
    kind = _FORMATS.get(item.unsigned(tags.REGION_SPATIAL_FORMAT) or 0, RegionFormat.UNKNOWN)
    data = _DATA.get(item.unsigned(tags.REGION_DATA_TYPE) or 0, "")
    words = [word for word in (kind.value, data) if word and word != RegionFormat.UNKNOWN]
    return UltrasoundRegion(
        x0=x0,
        y0=y0,
        x1=x1,
        y1=y1,
        format=kind,
        what=" ".join(words) or kind.value,
        units=(
            _unit(item, tags.PHYSICAL_UNITS_X_DIRECTION),
            _unit(item, tags.PHYSICAL_UNITS_Y_DIRECTION),
        ),
        delta=(_delta(item, tags.PHYSICAL_DELTA_X), _delta(item, tags.PHYSICAL_DELTA_Y)),
    )


def _position(item: Values, tag: int) -> int | None:
    positions = item.longs(tag)
    return positions[0] if positions else item.unsigned(tag)


def _unit(item: Values, tag: int) -> str:
    return _UNITS.get(item.unsigned(tag) or 0, "none")


def _delta(item: Values, tag: int) -> float | None:
    """Return a step from pixel to pixel; a region of more than ten metres a pixel is a lie."""
    delta = item.double(tag)
    if delta is None or not math.isfinite(delta) or not 0 < abs(delta) < 1e3:
        return None
    return delta
