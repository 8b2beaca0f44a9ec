"""Activity to SUV by body weight, as the vendor-neutral pseudo-code of QIBA defines it.

SUVbw = value / decayed dose x weight in grams. Where one fact is missing, values stay in their
unit and a caveat names what is missing: a SUV is never guessed.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.study import NamedWindow
from viewer.core.window import HuWindow, VoiFunction
from viewer.dicom.headers import FrameHeader, Rescale
from viewer.dicom.pet import Moment, PetFacts

SUV_UNIT = "SUVbw"
MAX_HALF_LIVES = 20.0
"""An injection longer before the scan than this is a wrong date, not a late scan."""


MAX_ASSUMED_HALF_LIVES = 5.0
"""Without dates midnight may lie between injection and scan, but less than this long apart."""
WEIGHT_KG = (0.3, 400.0)
"""From the smallest newborn to the limit of tables: beyond it are grams, or a slip."""
DOSE_BQ = (1e6, 1e11)
"""A tenth of the lowest doses given to people up to therapy: below it are kBq, MBq or mCi."""


class NoSuvError(Exception):
    """Values cannot be turned into SUV; the text says why."""


def with_suv(
    frames: tuple[FrameHeader, ...],
) -> tuple[tuple[FrameHeader, ...], tuple[Caveat, ...]]:
    """Return the images with their rescale and windows in SUVbw, or as they are and a caveat.

    Parameters
    ----------
    frames : tuple of FrameHeader
        The images of one stack; others than grey PET are returned as they are.
    """
    if frames[0].pet is None or frames[0].block.format.is_colour:
        return frames, ()
    unit = frames[0].rescale.unit
    facts = [frame.pet for frame in frames if frame.pet is not None]
    try:
        earliest = _earliest(facts)
        if any(frame.rescale.lut is not None for frame in frames):
            raise NoSuvError("they are mapped by a look-up table")
        factors = [suv_factor(one, unit, earliest) for one in facts]
    except NoSuvError as reason:
        what = "no known unit" if unit is None else unit
        text = f"the numbers are in {what}, not SUV: {reason}"
        return frames, (Caveat(CaveatCode.SUV_UNAVAILABLE, text, f"{unit or 'no unit'}, not SUV"),)
    return tuple(_scaled(f, k) for f, k in zip(frames, factors, strict=True)), ()


def suv_factor(facts: PetFacts, unit: str | None, earliest: Moment | None = None) -> float:
    """Return SUVbw for each unit of a value.

    Parameters
    ----------
    facts : PetFacts
        Of the image.
    unit : str or None
        Units: "BQML", "CNTS" or "GML".
    earliest : Moment or None
        When the first image of the series was acquired, for want of anything better.

    Raises
    ------
    NoSuvError
        Naming every fact that is missing.
    """
    if unit == "GML":  # PS3.3 C.8.9.1.1.3: normalised already, by weight if nothing is said
        if facts.suv_type in ("", "BW"):
            return 1.0
        raise NoSuvError(f"they are SUV of the type {facts.suv_type[:16]}")
    if unit == "CNTS" and (facts.philips_suv or facts.philips_activity):
        if facts.philips_suv is not None and not (missing := _missing_corrections(facts)):
            return facts.philips_suv
        if facts.philips_suv is not None:
            raise NoSuvError(_told(missing))
        return (facts.philips_activity or 0.0) * _activity_factor(facts, earliest)
    if unit != "BQML":
        raise NoSuvError("only Bq/ml can be converted" if unit else "the files name none")
    return _activity_factor(facts, earliest)


def _activity_factor(facts: PetFacts, earliest: Moment | None) -> float:
    """Return SUVbw for 1 Bq/ml: grams of the patient for each Bq that is left of the dose."""
    scan = scan_start(facts) or earliest
    at_injection = facts.decay_reference == "ADMIN"
    missing = _missing_corrections(facts)
    missing += [
        name
        for name, there in (
            ("the patient's weight", facts.weight_kg),
            ("the injected dose", facts.dose_bq),
            ("the half-life", facts.half_life_s),
            ("the time of injection", facts.injected),
            ("the time of the scan", scan),
        )
        if there is None
    ]
    if missing or scan is None or facts.injected is None:
        raise NoSuvError(_told(missing))
    weight, dose, half_life = facts.weight_kg or 0, facts.dose_bq or 0, facts.half_life_s or 1
    _require_within("the patient's weight", weight, "kg", WEIGHT_KG)
    _require_within("the injected dose", dose, "Bq", DOSE_BQ)
    half_lives = scan.since(facts.injected) / half_life
    if scan.is_next_day(facts.injected) and half_lives > MAX_ASSUMED_HALF_LIVES:
        raise NoSuvError("by the time of day the injection is after the scan, and has no date")
    if not 0 <= half_lives <= MAX_HALF_LIVES:
        raise NoSuvError("the times of injection and scan do not fit each other")
    return weight * 1000 / (dose if at_injection else dose * 2**-half_lives)


def _require_within(name: str, value: float, unit: str, limits: tuple[float, float]) -> None:
    if not limits[0] <= value <= limits[1]:
        raise NoSuvError(f"{name} cannot be {value:.6g} {unit}")


def _missing_corrections(facts: PetFacts) -> list[str]:
    missing = []
    if not facts.attenuation_corrected:
        missing.append("the attenuation correction")
    if not facts.decay_corrected or facts.decay_reference not in ("START", "ADMIN"):
        missing.append("the decay correction")
    return missing


def _told(missing: Sequence[str]) -> str:
    text = " and ".join(filter(None, (", ".join(missing[:-1]), missing[-1])))
    return f"{text} {'is' if len(missing) == 1 else 'are'} missing"


def scan_start(facts: PetFacts) -> Moment | None:
    """Return the moment to which the decay was corrected, or None where it is not stated.

    The series time, unless it is later than the acquisition (a series made afterwards); then GE's
    own scan time, or the acquisition time taken back by the Frame Reference Time, which points at
    the moment of the average count rate within the frame.
    """
    if facts.corrected_to is not None:
        return facts.corrected_to
    series, acquired = facts.series, facts.acquired
    if series is not None and (acquired is None or not series.is_after(acquired)):
        return series
    if facts.ge_scan is not None:
        return facts.ge_scan
    reference, duration = facts.frame_reference_s, facts.frame_duration_s
    if acquired is None or facts.half_life_s is None or not reference or not duration:
        return None
    if reference < 0 or duration < 0:
        return None
    decay = math.log(2) / facts.half_life_s
    during = decay * duration
    average = math.log(during / -math.expm1(-during)) / decay
    return acquired.shifted(average - reference)


def _earliest(facts: Sequence[PetFacts]) -> Moment | None:
    moments = [one.acquired for one in facts if one.acquired is not None]
    earliest = moments[0] if moments else None
    for moment in moments:
        if earliest is not None and earliest.is_after(moment):
            earliest = moment
    return earliest


def _scaled(frame: FrameHeader, factor: float) -> FrameHeader:
    rescale = Rescale(
        slope=frame.rescale.slope * factor,
        intercept=frame.rescale.intercept * factor,
        unit=SUV_UNIT,
        stated=frame.rescale.stated,
    )
    windows = tuple(
        NamedWindow(one.name, _window_in_suv(one.window, factor))
        for one in frame.windows
        if isinstance(one.window, HuWindow)
    )
    return replace(frame, rescale=rescale, windows=windows)


def _window_in_suv(window: HuWindow, factor: float) -> HuWindow:
    """Scale a window; SUV are no whole pixel values, for which alone LINEAR is made."""
    sigmoid = window.function is VoiFunction.SIGMOID
    function = VoiFunction.SIGMOID if sigmoid else VoiFunction.LINEAR_EXACT
    return HuWindow(window.width * factor, window.center * factor, function)
