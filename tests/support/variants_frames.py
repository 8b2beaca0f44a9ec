"""Row "multi-frame": enhanced and older objects, each frame with a place of its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    EnhancedMRImageStorage,
    EnhancedPETImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    LegacyConvertedEnhancedCTImageStorage,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    NuclearMedicineImageStorage,
    RTDoseStorage,
    UltrasoundMultiFrameImageStorage,
    XRayAngiographicImageStorage,
)

from tests.support.dicom_writer import save
from tests.support.variants import Expected, Variant
from tests.support.variants_enhanced import Frame, enhanced, frames_of
from tests.support.variants_phantom import INTERCEPT, THIN, Floats, Grid, ct_slice, item

SHUFFLED = (2, 0, 3, 1)


def _one_file(
    make: Callable[[], Dataset], syntax: str = ExplicitVRLittleEndian
) -> Callable[[Path], Path]:
    return lambda folder: save(make(), folder / "object.dcm", syntax)


def _shuffled(frames: Sequence[Frame]) -> list[Frame]:
    return [frames[z] for z in SHUFFLED]


def _content(**values: object) -> tuple[str, dict[str, object]]:
    return "FrameContentSequence", values


def _per_frame_windows() -> Dataset:
    frames = frames_of(THIN)
    named = [
        replace(
            frame, groups=(("FrameVOILUTSequence", {"WindowCenter": 40 + z, "WindowWidth": 9}),)
        )
        for z, frame in enumerate(frames)
    ]
    return enhanced(THIN, _shuffled(named))


def _all_in_shared() -> Dataset:
    """One rescale for all frames, told once."""

    def shared(group: Dataset) -> None:
        group.PixelValueTransformationSequence = [
            item(RescaleSlope=1, RescaleIntercept=INTERCEPT, RescaleType="HU")
        ]

    def change(one: Dataset) -> None:
        for group in one.PerFrameFunctionalGroupsSequence:
            del group.PixelValueTransformationSequence

    frames = [replace(frame, intercept=INTERCEPT) for frame in frames_of(THIN)]
    return enhanced(THIN, frames, shared=shared, change=change)


def _all_per_frame() -> Dataset:
    def change(one: Dataset) -> None:
        common = one.SharedFunctionalGroupsSequence[0]
        for group in one.PerFrameFunctionalGroupsSequence:
            group.PixelMeasuresSequence = common.PixelMeasuresSequence
            group.PlaneOrientationSequence = common.PlaneOrientationSequence
        del one.SharedFunctionalGroupsSequence

    return enhanced(THIN, frames_of(THIN), change=change)


def _parts(name: str, *values: object) -> Callable[[], Dataset]:
    """Frames of two kinds at the same places, interleaved; `values` from first to last."""
    sequence, keyword = name.split(".")

    def make() -> Dataset:
        kinds = [
            frames_of(THIN, (sequence, {keyword: value}), plus=20 * n)
            for n, value in enumerate(values)
        ]
        mixed = [frame for pair in zip(*kinds, strict=True) for frame in pair]
        return enhanced(THIN, mixed, EnhancedMRImageStorage, change=_as_mr)

    return make


def _as_mr(one: Dataset) -> None:
    one.Modality = "MR"
    for group in one.PerFrameFunctionalGroupsSequence:
        group.PixelValueTransformationSequence[0].RescaleType = "US"


def _plus(value: float) -> Callable[[Floats], Floats]:
    return lambda values: np.rint(values) + value


def _two(
    name: str, first: object, second: object, *texts: str, syntax: str = ExplicitVRLittleEndian
) -> Variant:
    stacks = tuple(
        Expected(grid=THIN, value=_plus(20 * n), facts={"unit": "US", "part": text})
        for n, text in enumerate(texts)
    )
    how = "" if syntax == ExplicitVRLittleEndian else f" in {UID(syntax).name}"
    write = _one_file(_parts(name, first, second), syntax)
    return Variant(f"multi-frame: {name}{how}", write, stacks)


_KINDS: tuple[tuple[str, object, object, str, str], ...] = (
    ("FrameContentSequence.StackID", "1", "2", "stack 1", "stack 2"),
    ("FrameContentSequence.TemporalPositionIndex", 1, 2, "time point 1", "time point 2"),
    ("FrameContentSequence.FrameAcquisitionNumber", 1, 2, "acquisition 1", "acquisition 2"),
    ("FrameContentSequence.DimensionIndexValues", [7, 1], [7, 2], "1 of 2", "2 of 2"),
    ("MREchoSequence.EffectiveEchoTime", 4.5, 9.0, "echo 4.5 ms", "echo 9 ms"),
    ("MRDiffusionSequence.DiffusionBValue", 0.0, 800.0, "b 0 s/mm²", "b 800 s/mm²"),
    (
        "CardiacSynchronizationSequence.NominalPercentageOfCardiacPhase",
        40.0,
        75.0,
        "40 % of the cardiac cycle",
        "75 % of the cardiac cycle",
    ),
    (
        "CardiacSynchronizationSequence.NominalCardiacTriggerDelayTime",
        20.5,
        320.0,
        "20.5 ms after the trigger",
        "320 ms after the trigger",
    ),
)
"""What tells frames at the same places apart, two values of it, and how they are named."""


def _in_open_sequences() -> Dataset:
    """Sequences and items without lengths."""

    def open_up(one: Dataset) -> None:
        for element in one:
            if element.VR == "SQ":
                element.is_undefined_length = True
                for part in element.value:
                    part.is_undefined_length_sequence_item = True
                    open_up(part)

    return enhanced(THIN, _shuffled(frames_of(THIN)), change=open_up)


CORONAL = replace(THIN, orientation=(1.0, 0.0, 0.0, 0.0, 0.0, -1.0), shape=(3, 40, 56))


def _two_orientations() -> Dataset:
    frames = [*frames_of(THIN, _content(StackID="1")), *frames_of(CORONAL, _content(StackID="2"))]

    def change(one: Dataset) -> None:
        del one.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence
        for n, group in enumerate(one.PerFrameFunctionalGroupsSequence):
            grid = THIN if n < THIN.shape[0] else CORONAL
            group.PlaneOrientationSequence = [item(ImageOrientationPatient=list(grid.orientation))]

    return enhanced(THIN, frames, change=change)


def _dimension_order() -> Dataset:
    """Two images at each place that only Dimension Index Values tell apart, second one first."""
    first = frames_of(THIN, plus=0)
    second = frames_of(THIN, plus=20)
    frames = []
    for z, (a, b) in enumerate(zip(first, second, strict=True)):
        frames.append(replace(b, groups=(_content(DimensionIndexValues=[z + 1, 2]),)))
        frames.append(replace(a, groups=(_content(DimensionIndexValues=[z + 1, 1]),)))
    return enhanced(THIN, frames)


def _frame_times() -> Dataset:
    first = frames_of(THIN, _content(FrameAcquisitionDateTime="20260102101500"))
    second = frames_of(THIN, _content(FrameAcquisitionDateTime="20260102101400"), plus=20)
    return enhanced(THIN, [*first, *second])


def _without_places() -> Dataset:
    """No plane positions: In-Stack Position Numbers give the order, nothing gives distances."""
    frames = frames_of(THIN)
    numbered = [
        replace(frame, groups=(_content(StackID="1", InStackPositionNumber=z + 1),))
        for z, frame in enumerate(frames)
    ]

    def change(one: Dataset) -> None:
        for group in one.PerFrameFunctionalGroupsSequence:
            del group.PlanePositionSequence

    return enhanced(THIN, _shuffled(numbered), change=change)


def _thin_slices() -> Dataset:
    def shared(group: Dataset) -> None:
        group.PixelMeasuresSequence[0].SliceThickness = 1.0

    return enhanced(THIN, frames_of(THIN), shared=shared)


def _pet() -> Dataset:
    def change(one: Dataset) -> None:
        one.Modality, one.Units = "PT", "BQML"
        for group in one.PerFrameFunctionalGroupsSequence:
            group.PixelValueTransformationSequence[0].RescaleType = "BQML"

    return enhanced(THIN, _shuffled(frames_of(THIN)), EnhancedPETImageStorage, change=change)


def _legacy_converted() -> Dataset:
    def shared(group: Dataset) -> None:
        group.UnassignedSharedConvertedAttributesSequence = [item(KVP=120)]

    return enhanced(
        THIN, _shuffled(frames_of(THIN)), LegacyConvertedEnhancedCTImageStorage, shared=shared
    )


def _stacked(grid: Grid, order: Sequence[int]) -> Dataset:
    """Frames without functional groups: one data set, several images."""
    images = [grid.image(grid.depths[z]) for z in order]
    one = ct_slice(grid, images[0], grid.origin, 0)
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "FrameOfReferenceUID"):
        delattr(one, keyword)
    one.NumberOfFrames = len(images)
    one.PixelData = (np.rint(np.stack(images)) - INTERCEPT).astype("<u2").tobytes()
    return one


def _cine(sop_class: str, modality: str, **values: object) -> Callable[[], Dataset]:
    def make() -> Dataset:
        one = _stacked(THIN, range(4))
        one.SOPClassUID, one.Modality = sop_class, modality
        del one.PixelSpacing, one.SliceThickness, one.RescaleType
        for keyword, value in values.items():
            setattr(one, keyword, value)
        return one

    return make


def _nuclear() -> Dataset:
    """A reconstructed tomogram: one position, a spacing, and the slice number of each frame."""
    one = _stacked(THIN, SHUFFLED)
    one.SOPClassUID, one.Modality = NuclearMedicineImageStorage, "NM"
    one.ImageType = ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"]
    one.SpacingBetweenSlices, one.SliceVector = THIN.spacing[0], [z + 1 for z in SHUFFLED]
    one.FrameOfReferenceUID = "1.2.3.4"
    one.NumberOfSlices = 4
    one.DetectorInformationSequence = [
        item(
            ImagePositionPatient=[round(float(v), 6) for v in THIN.origin],
            ImageOrientationPatient=list(THIN.orientation),
        )
    ]
    del one.RescaleType
    return one


def _dose() -> Dataset:
    one = _stacked(THIN, range(4))
    one.SOPClassUID, one.Modality = RTDoseStorage, "RTDOSE"
    one.ImagePositionPatient = [round(float(v), 6) for v in THIN.origin]
    one.ImageOrientationPatient = list(THIN.orientation)
    one.GridFrameOffsetVector = [float(depth) for depth in THIN.depths]
    one.DoseGridScaling, one.DoseUnits = 0.5, "GY"
    del one.RescaleSlope, one.RescaleIntercept, one.RescaleType
    return one


def _images() -> Floats:
    return THIN.hu()


SAME = (Expected(grid=THIN),)
CINE = Expected(
    grid=None,
    array=_images,
    letters=None,
    caveats=frozenset({"spacing-unknown", "orientation-unknown", "uncalibrated"}),
)

FRAMES = (
    Variant(
        "multi-frame: enhanced CT",
        _one_file(lambda: enhanced(THIN, frames_of(THIN))),
        SAME,
        files=1,
    ),
    Variant(
        "multi-frame: frames out of order",
        _one_file(lambda: enhanced(THIN, _shuffled(frames_of(THIN)))),
        SAME,
    ),
    Variant(
        "multi-frame: window of each frame",
        _one_file(_per_frame_windows),
        (Expected(grid=THIN, facts={"windows": [{"name": "Window 1", "center": 42, "width": 9}]}),),
    ),
    Variant("multi-frame: shared rescale", _one_file(_all_in_shared), SAME),
    Variant("multi-frame: nothing shared", _one_file(_all_per_frame), SAME),
    *(
        _two(*kind, syntax=syntax)
        for kind in _KINDS
        for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian)
    ),
    Variant("multi-frame: sequences without lengths", _one_file(_in_open_sequences), SAME),
    Variant(
        "multi-frame: two orientations",
        _one_file(_two_orientations),
        (Expected(grid=THIN), Expected(grid=CORONAL, letters=("R", "L", "S", "I"))),
    ),
    Variant(
        "multi-frame: Dimension Index Values",
        _one_file(_dimension_order),
        (Expected(grid=THIN), Expected(grid=THIN, value=_plus(20))),
    ),
    Variant(
        "multi-frame: acquisition time of frames",
        _one_file(_frame_times),
        (Expected(grid=THIN, value=_plus(20)), Expected(grid=THIN)),
    ),
    Variant(
        "multi-frame: no plane positions",
        _one_file(_without_places),
        (
            Expected(
                grid=None,
                array=_images,
                caveats=frozenset({"spacing-unknown"}),
                facts={"can": {"mpr": False, "surface": False}},
            ),
        ),
    ),
    Variant(
        "multi-frame: thickness in the functional groups",
        _one_file(_thin_slices),
        (Expected(grid=THIN, caveats=frozenset({"sparse"}), texts=("slices of 1 mm every 5 mm",)),),
    ),
    Variant(
        "multi-frame: enhanced PET",
        _one_file(_pet),
        (Expected(grid=THIN, caveats=frozenset({"suv-unavailable"}), facts={"unit": "BQML"}),),
    ),
    Variant("multi-frame: legacy converted CT", _one_file(_legacy_converted), SAME),
    Variant(
        "multi-frame: grayscale word secondary capture",
        _one_file(_cine(MultiFrameGrayscaleWordSecondaryCaptureImageStorage, "OT")),
        (CINE,),
    ),
    Variant(
        "multi-frame: ultrasound cine",
        _one_file(_cine(UltrasoundMultiFrameImageStorage, "US", FrameTime=40.0)),
        (replace(CINE, facts={"fps": 25}),),
    ),
    Variant(
        "multi-frame: angiography",
        _one_file(
            _cine(XRayAngiographicImageStorage, "XA", CineRate=15, ImagerPixelSpacing=[0.8, 0.6])
        ),
        (
            replace(
                CINE,
                caveats=frozenset(
                    {"spacing-unknown", "orientation-unknown", "detector-calibration"}
                ),
                facts={"fps": 15, "length_unit": "mm_detector"},
            ),
        ),
    ),
    Variant("multi-frame: nuclear medicine", _one_file(_nuclear), SAME),
    Variant(
        "multi-frame: dose grid",
        _one_file(_dose),
        (Expected(grid=THIN, value=lambda hu: (np.rint(hu) + 1024) / 2, facts={"unit": "GY"}),),
    ),
)
