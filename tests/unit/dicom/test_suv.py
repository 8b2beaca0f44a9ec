"""SUV by body weight, against the formula written out, in every way that files tell the facts."""

import math

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedPETImageStorage

from tests.support.dicom_writer import INTERCEPT, analytic_hu, enhanced_set, save
from tests.support.pet_files import DOSE_BQ, HALF_LIFE_S, SLOPES, WEIGHT_KG, pet_stored, write_pet
from viewer.core.caveats import CaveatCode
from viewer.core.progress import SilentContext
from viewer.core.window import HuWindow
from viewer.dicom.loader import load
from viewer.dicom.scan import scan

ELAPSED_S = (10 * 3600 + 15 * 60 + 0.5) - (9 * 3600 + 10 * 60 + 0.25)
"""From 09:10:00.25 to the series time 10:15:00.5."""


def expected_suv(elapsed_s=ELAPSED_S, dose_bq=DOSE_BQ):
    activity = pet_stored() * np.array(SLOPES)[:, None, None]
    left = dose_bq * 0.5 ** (elapsed_s / HALF_LIFE_S)
    return (activity / left * WEIGHT_KG * 1000).astype(np.float32)


def drug_of(one):
    return one.RadiopharmaceuticalInformationSequence[0]


def values(stack):
    volume = load(SilentContext(), stack)
    assert (volume.stack.unit, str(volume.data.dtype)) == ("SUVbw", "float32")
    assert CaveatCode.SUV_UNAVAILABLE not in {caveat.code for caveat in volume.caveats}
    return volume.data


def test_suv_with_a_slope_for_each_slice(tmp_path):
    stack = write_pet(tmp_path)
    np.testing.assert_allclose(values(stack), expected_suv(), rtol=1e-6)
    factor = WEIGHT_KG * 1000 / (DOSE_BQ * 0.5 ** (ELAPSED_S / HALF_LIFE_S))
    window = stack.windows[0].window
    assert isinstance(window, HuWindow)
    assert (window.center, window.width) == pytest.approx((5000 * factor, 10000 * factor))


def test_an_injection_before_midnight(tmp_path):
    def change(one, z):
        drug_of(one).RadiopharmaceuticalStartTime = "233000"
        one.SeriesTime, one.AcquisitionTime = "003000", "003500"

    np.testing.assert_allclose(values(write_pet(tmp_path, change)), expected_suv(3600), rtol=1e-6)


@pytest.mark.parametrize(("scan_time", "possible"), [("080500", True), ("081000", False)])
def test_midnight_is_assumed_up_to_five_half_lives(tmp_path, scan_time, possible):
    """Five half-lives are 9 h 8 min 51 s: from 23:00 to 08:08:51."""

    def change(one, z):
        drug_of(one).RadiopharmaceuticalStartTime = "230000"
        one.SeriesTime = one.AcquisitionTime = scan_time

    stack = write_pet(tmp_path, change)
    if possible:
        elapsed = 9 * 3600 + 5 * 60
        np.testing.assert_allclose(values(stack), expected_suv(elapsed), rtol=1e-6)
    else:
        assert stack.unit == "BQML"
        assert reason_of(stack).endswith(
            "by the time of day the injection is after the scan, and has no date"
        )


def reason_of(stack):
    (caveat,) = [c for c in stack.caveats if c.code is CaveatCode.SUV_UNAVAILABLE]
    return caveat.text


@pytest.mark.parametrize("injected", ["20260309233000", "20260309233000.000+0100"])
def test_the_date_and_time_go_before_the_time_alone(tmp_path, injected):
    def change(one, z):
        drug_of(one).RadiopharmaceuticalStartDateTime = injected
        one.SeriesTime, one.AcquisitionTime = "003000", "003500"

    np.testing.assert_allclose(values(write_pet(tmp_path, change)), expected_suv(3600), rtol=1e-6)


def test_decay_corrected_to_the_injection(tmp_path):
    stack = write_pet(tmp_path, lambda one, z: setattr(one, "DecayCorrection", "ADMIN"))
    np.testing.assert_allclose(values(stack), expected_suv(0), rtol=1e-6)


def made_later(one, z):
    """As a series that a workstation made an hour after the scan."""
    one.SeriesTime = "120000"


def test_a_series_made_afterwards_goes_back_by_the_frame_reference_time(tmp_path):
    def change(one, z):
        made_later(one, z)
        one.FrameReferenceTime = 90_000 + z * 180_000

    decay = math.log(2) / HALF_LIFE_S
    average = math.log(decay * 180 / (1 - math.exp(-decay * 180))) / decay
    elapsed = ELAPSED_S + average - 90
    stack = write_pet(tmp_path, change)
    np.testing.assert_allclose(values(stack), expected_suv(elapsed), rtol=1e-5)


def test_without_a_frame_reference_time_the_earliest_acquisition_counts(tmp_path):
    def change(one, z):
        made_later(one, z)
        del one.FrameReferenceTime

    np.testing.assert_allclose(values(write_pet(tmp_path, change)), expected_suv(), rtol=1e-6)


def test_the_scan_time_of_ge(tmp_path):
    def change(one, z):
        made_later(one, z)
        one.private_block(0x0009, "GEMS_PETD_01", create=True).add_new(0x0D, "DT", "20260310101000")

    elapsed = 10 * 3600 + 600 - (9 * 3600 + 600.25)
    np.testing.assert_allclose(
        values(write_pet(tmp_path, change)), expected_suv(elapsed), rtol=1e-6
    )


@pytest.mark.parametrize("suv_type", ["BW", None])
def test_what_is_suv_already(tmp_path, suv_type):
    def change(one, z):
        one.Units = "GML"
        del one.PatientWeight
        if suv_type:
            one.SUVType = suv_type

    stored = pet_stored() * np.array(SLOPES)[:, None, None]
    np.testing.assert_allclose(values(write_pet(tmp_path, change)), stored, rtol=1e-6)


def philips(one, number, value):
    block = one.private_block(0x7053, "Philips PET Private Group", create=True)
    block.add_new(number, "DS", str(value))
    one.Units = "CNTS"


def test_philips_counts_with_a_suv_factor(tmp_path):
    stack = write_pet(tmp_path, lambda one, z: philips(one, 0x00, 0.00123))
    stored = pet_stored() * np.array(SLOPES)[:, None, None]
    np.testing.assert_allclose(values(stack), stored * 0.00123, rtol=1e-6)


def test_philips_counts_with_an_activity_factor(tmp_path):
    def change(one, z):
        philips(one, 0x09, 1.7)
        philips(one, 0x00, 0)

    stack = write_pet(tmp_path, change)
    np.testing.assert_allclose(values(stack), 1.7 * expected_suv(), rtol=1e-6)


def without(keyword, *, of_drug=False):
    def change(one, z):
        delattr(drug_of(one) if of_drug else one, keyword)

    return change


def setting(keyword, value):
    return lambda one, z: setattr(one, keyword, value)


def dose(becquerels):
    return lambda one, z: setattr(drug_of(one), "RadionuclideTotalDose", becquerels)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (without("PatientWeight"), "the patient's weight is missing"),
        (setting("PatientWeight", 0), "the patient's weight is missing"),
        (without("RadionuclideTotalDose", of_drug=True), "the injected dose is missing"),
        (without("RadionuclideHalfLife", of_drug=True), "the half-life is missing"),
        (without("RadiopharmaceuticalStartTime", of_drug=True), "the time of injection is missing"),
        (setting("PatientWeight", 71500), "the patient's weight cannot be 71500 kg"),
        (setting("PatientWeight", 0.0715), "the patient's weight cannot be 0.0715 kg"),
        (dose(370), "the injected dose cannot be 370 Bq"),
        (dose(370_000), "the injected dose cannot be 370000 Bq"),
        (dose(3.7e11), "the injected dose cannot be 3.7e+11 Bq"),
        (setting("CorrectedImage", ["DECY"]), "the attenuation correction is missing"),
        (setting("CorrectedImage", ["ATTN"]), "the decay correction is missing"),
        (setting("DecayCorrection", "NONE"), "the decay correction is missing"),
        (
            without("RadiopharmaceuticalInformationSequence"),
            "the injected dose, the half-life and the time of injection are missing",
        ),
        (
            lambda one, z: setattr(
                drug_of(one), "RadiopharmaceuticalStartDateTime", "20260311091000"
            ),
            "the times of injection and scan do not fit each other",
        ),
    ],
)
def test_what_is_missing_is_named_and_the_unit_stays(tmp_path, change, reason):
    stack = write_pet(tmp_path, change)
    assert stack.unit == "BQML"
    (text,) = [c.text for c in stack.caveats if c.code is CaveatCode.SUV_UNAVAILABLE]
    assert text == f"the numbers are in BQML, not SUV: {reason}"
    volume = load(SilentContext(), stack)
    stored = pet_stored() * np.array(SLOPES)[:, None, None]
    np.testing.assert_allclose(volume.data, stored, rtol=1e-6)
    assert stack.windows[0].window.center == 5000


def test_without_any_time_of_the_scan(tmp_path):
    def change(one, z):
        for keyword in ("SeriesTime", "AcquisitionTime", "SeriesDate", "AcquisitionDate"):
            delattr(one, keyword)

    (caveat,) = [
        c for c in write_pet(tmp_path, change).caveats if c.code is CaveatCode.SUV_UNAVAILABLE
    ]
    assert caveat.text.endswith("the time of the scan is missing")


@pytest.mark.parametrize(
    ("units", "unit", "reason"),
    [
        ("PROPCPS", "PROPCPS", "only Bq/ml can be converted"),
        ("CNTS", "CNTS", "only Bq/ml can be converted"),
        ("", None, "the files name none"),
    ],
)
def test_other_units_stay(tmp_path, units, unit, reason):
    stack = write_pet(tmp_path, setting("Units", units))
    assert stack.unit == unit
    (text,) = [c.text for c in stack.caveats if c.code is CaveatCode.SUV_UNAVAILABLE]
    assert text.endswith(reason)


def test_suv_of_another_kind_keep_their_name(tmp_path):
    def change(one, z):
        one.Units, one.SUVType = "GML", "LBM"

    stack = write_pet(tmp_path, change)
    assert stack.unit == "GML"
    assert any("SUV of the type LBM" in caveat.text for caveat in stack.caveats)


def test_padding_follows_the_factor(tmp_path):
    stack = write_pet(tmp_path, lambda one, z: one.add_new(0x00280120, "US", 11))
    volume = load(SilentContext(), stack)
    mask = volume.invalid_mask()
    assert mask is not None
    np.testing.assert_array_equal(mask, pet_stored() == 11)


@pytest.mark.parametrize(
    ("mapped_slope", "code", "unit"),
    [(2.0, "Bq/ml", "SUVbw"), (1.0, "Bq/ml", None), (2.0, "{counts}", None), (None, "", None)],
)
def test_enhanced_pet_says_its_unit_in_a_mapping(tmp_path, mapped_slope, code, unit):
    hu = analytic_hu()
    one = enhanced_set(hu)
    one.SOPClassUID, one.Modality = EnhancedPETImageStorage, "PT"
    one.PatientWeight, one.AttenuationCorrected, one.DecayCorrected = WEIGHT_KG, "YES", "YES"
    one.DecayCorrectionDateTime = "20260310101500.5"
    drug = Dataset()
    drug.RadiopharmaceuticalStartDateTime = "20260310091000.25"
    drug.RadionuclideTotalDose, drug.RadionuclideHalfLife = DOSE_BQ, HALF_LIFE_S
    one.RadiopharmaceuticalInformationSequence = [drug]
    for z, group in enumerate(one.PerFrameFunctionalGroupsSequence):
        values_of_frame = group.PixelValueTransformationSequence[0]
        values_of_frame.RescaleSlope, values_of_frame.RescaleType = 2, "US"
        mapping = Dataset()
        mapping.RealWorldValueSlope = mapped_slope or 2.0
        mapping.RealWorldValueIntercept = float(INTERCEPT - 10 * z)
        meaning = Dataset()
        meaning.CodeValue, meaning.CodingSchemeDesignator = code, "UCUM"
        mapping.MeasurementUnitsCodeSequence = [meaning]
        if mapped_slope:
            group.RealWorldValueMappingSequence = [mapping]
    save(one, tmp_path / "x")
    stack = scan(SilentContext(), [tmp_path]).stacks()[0]
    assert stack.unit == unit
    if unit:
        intercepts = INTERCEPT - 10 * np.arange(6)[:, None, None]
        activity = (hu.astype(float) - intercepts) * 2 + intercepts
        factor = WEIGHT_KG * 1000 / (DOSE_BQ * 0.5 ** (ELAPSED_S / HALF_LIFE_S))
        np.testing.assert_allclose(
            load(SilentContext(), stack).data, activity * factor, rtol=1e-6, atol=1e-12
        )
    else:
        assert any(c.code is CaveatCode.SUV_UNAVAILABLE for c in stack.caveats)
