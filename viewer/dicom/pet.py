"""What a PET file says about dose, decay and times: the facts from which SUV is made.

Source: PS3.3 C.8.9 (PET) and C.8.22 (Enhanced PET); the private elements are those that the QIBA
pseudo-code for SUV names.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from viewer.dicom import tags
from viewer.dicom.elements import Values

DAY_S = 86_400.0
UNIT_CODES = {"Bq/ml": "BQML", "g/ml{SUVbw}": "GML", "{SUVbw}g/ml": "GML"}
"""UCUM codes of a Real World Value Mapping, as the values of Units (0054,1001)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day, and the day where it is stated."""

    seconds: float
    day: date | None = None

    def since(self, earlier: "Moment") -> float:
        """Return the seconds from another moment to this one.

        Without both days an earlier moment is taken to be within the day before this one: an
        injection before midnight and a scan after it.
        """
        seconds = self.seconds - earlier.seconds
        if self.day is not None and earlier.day is not None:
            return seconds + (self.day - earlier.day).days * DAY_S
        return seconds + DAY_S if seconds < 0 else seconds

    def is_next_day(self, earlier: "Moment") -> bool:
        """Tell whether `since` takes it that midnight lies between, for want of days."""
        stated = self.day is not None and earlier.day is not None
        return not stated and self.seconds < earlier.seconds

    def is_after(self, other: "Moment") -> bool:
        """Tell whether this is later; by the time of day alone where a day is not stated."""
        if self.day is not None and other.day is not None:
            return self.since(other) > 0
        return self.seconds > other.seconds

    def shifted(self, seconds: float) -> "Moment":
        """Return the moment so many seconds later."""
        days, rest = divmod(self.seconds + seconds, DAY_S)
        return Moment(rest, None if self.day is None else self.day + timedelta(days))


@dataclass(frozen=True, slots=True)
class PetFacts:
    """Facts of one PET file; None and "" where it does not tell.

    Attributes
    ----------
    suv_type : str
        SUV Type: "BW", "LBM", ...; what GML is normalised by.
    attenuation_corrected, decay_corrected : bool
        By Corrected Image, or the flags of Enhanced PET.
    decay_reference : str
        Decay Correction: START (of the scan), ADMIN (the injection) or NONE.
    weight_kg, dose_bq, half_life_s : float or None
        Of the patient, the injection and the nuclide.
    injected : Moment or None
        When the dose was that.
    series, acquired, corrected_to, ge_scan : Moment or None
        Series and acquisition time; Decay Correction DateTime (Enhanced PET); GE's scan time.
    frame_reference_s, frame_duration_s : float or None
        Frame Reference Time and Actual Frame Duration.
    philips_suv, philips_activity : float or None
        Philips' factors from counts to SUV and to Bq/ml.
    """

    suv_type: str = ""
    attenuation_corrected: bool = False
    decay_corrected: bool = False
    decay_reference: str = ""
    weight_kg: float | None = None
    dose_bq: float | None = None
    half_life_s: float | None = None
    injected: Moment | None = None
    series: Moment | None = None
    acquired: Moment | None = None
    corrected_to: Moment | None = None
    ge_scan: Moment | None = None
    frame_reference_s: float | None = None
    frame_duration_s: float | None = None
    philips_suv: float | None = None
    philips_activity: float | None = None


def read_pet(values: Values) -> PetFacts:
    """Read what a PET file tells.

    Raises
    ------
    DamagedError
        A sequence cannot be followed.
    """
    drug = values.item(tags.RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE)
    corrections = values.codes(tags.CORRECTED_IMAGE)
    corrected_to = read_date_time(values.code(tags.DECAY_CORRECTION_DATETIME))
    is_philips = "Philips PET" in values.text(tags.PHILIPS_PET_CREATOR)
    is_ge = values.code(tags.GE_PET_CREATOR) == "GEMS_PETD_01"
    return PetFacts(
        suv_type=values.code(tags.SUV_TYPE),
        attenuation_corrected="ATTN" in corrections
        or values.code(tags.ATTENUATION_CORRECTED) == "YES",
        decay_corrected="DECY" in corrections or values.code(tags.DECAY_CORRECTED) == "YES",
        decay_reference=values.code(tags.DECAY_CORRECTION) or ("START" if corrected_to else ""),
        weight_kg=_positive(values.number(tags.PATIENT_WEIGHT)),
        dose_bq=_positive(drug.number(tags.RADIONUCLIDE_TOTAL_DOSE)) if drug else None,
        half_life_s=_positive(drug.number(tags.RADIONUCLIDE_HALF_LIFE)) if drug else None,
        injected=_injection(drug) if drug else None,
        series=_moment(values, tags.SERIES_DATE, tags.SERIES_TIME),
        acquired=_moment(values, tags.ACQUISITION_DATE, tags.ACQUISITION_TIME)
        or read_date_time(values.code(tags.ACQUISITION_DATETIME)),
        corrected_to=corrected_to,
        ge_scan=read_date_time(values.code(tags.GE_PET_SCAN_DATETIME)) if is_ge else None,
        frame_reference_s=_seconds(values.number(tags.FRAME_REFERENCE_TIME)),
        frame_duration_s=_seconds(values.number(tags.ACTUAL_FRAME_DURATION)),
        philips_suv=_positive(values.number(tags.PHILIPS_SUV_FACTOR)) if is_philips else None,
        philips_activity=_positive(values.number(tags.PHILIPS_ACTIVITY_FACTOR))
        if is_philips
        else None,
    )


def read_mapped_units(mapping: Values | None, slope: float, intercept: float) -> str:
    """Return what a Real World Value Mapping calls the rescaled values, as in Units; or "".

    It counts only where it maps stored values as the rescale does: else it speaks of others.
    """
    if mapping is None:
        return ""
    code = mapping.item(tags.MEASUREMENT_UNITS_CODE_SEQUENCE)
    mapped = mapping.double(tags.REAL_WORLD_VALUE_SLOPE)
    offset = mapping.double(tags.REAL_WORLD_VALUE_INTERCEPT) or 0.0
    if code is None or mapped is None or not _close(mapped, slope) or not _close(offset, intercept):
        return ""
    return UNIT_CODES.get(code.text(tags.CODE_VALUE), "")


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * max(abs(one), abs(other))


def _injection(drug: Values) -> Moment | None:
    """Return when the radiopharmaceutical was given; its date and time before its time alone."""
    return read_date_time(drug.code(tags.RADIOPHARMACEUTICAL_START_DATETIME)) or _of_day(
        drug.code(tags.RADIOPHARMACEUTICAL_START_TIME)
    )


def _moment(values: Values, date_tag: int, time_tag: int) -> Moment | None:
    moment = _of_day(values.code(time_tag))
    return None if moment is None else Moment(moment.seconds, _day(values.code(date_tag)))


def read_date_time(text: str) -> Moment | None:
    """Read a DT value; its offset from UTC is left out, as all times of a file share it."""
    local = text.partition("+")[0].partition("-")[0]
    moment, day = _of_day(local[8:]), _day(local[:8])
    return None if moment is None or day is None else Moment(moment.seconds, day)


def _of_day(text: str) -> Moment | None:
    """Read a TM value (old files have colons)."""
    digits, _, fraction = text.replace(":", "").partition(".")
    plain = digits.isascii() and digits.isdecimal() and fraction.isascii()
    if not plain or len(digits) not in (2, 4, 6) or (fraction and not fraction.isdecimal()):
        return None
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4] or 0), int(digits[4:] or 0)
    if hours > 23 or minutes > 59 or seconds > 60:
        return None
    return Moment(hours * 3600 + minutes * 60 + seconds + float(f"0.{fraction or 0}"))


def _day(text: str) -> date | None:
    digits = text.replace(".", "")
    if len(digits) != 8 or not (digits.isascii() and digits.isdecimal()):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
