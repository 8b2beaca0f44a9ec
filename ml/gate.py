"""Whether a volume is fit for Analyze: one check a rule, each with value, limit and reason.

The headers are judged before a voxel is read, the image once the lungs are known. "refuse" stops
Analyze without a number; "caveat" goes with every number.
"""

from collections.abc import Callable

import numpy as np

from viewer.core.analysis import AnalysisRequest, GateCheck, GateLevel
from viewer.core.caveats import CaveatCode
from viewer.core.geometry import Calibration

LEAST_SLICES, LEAST_COVER_MM = 8, 10.0
"""Fewer slices, or a thinner stack, hold no nodule that could be judged."""
WHOLE_COVER_MM = 180.0
"""A stack that covers less cannot hold both lungs of a grown-up."""
TILT_DEG = (5.0, 25.0)
"""Slices turned away from the body's axis: caveat above the first, refused above the second."""
THICKNESS_MM = (2.5, 5.0)
"""Slice thickness (or distance): caveat above the first, refused above the second."""
THICKNESS_SLACK_MM = 0.05
SHARP_KERNELS = ("LUNG", "BONE", "EDGE", "SHARP", "DETAIL", "ULTRA", "HRES")
SHARP_NUMBER = 55
"""Siemens kernels (B70f, Br64, I70) from this number on are sharp."""
_SOFT = "the model was trained on many kernels, most of them smooth or medium"


def check_headers(request: AnalysisRequest) -> tuple[GateCheck, ...]:
    """Judge what the headers say.

    Parameters
    ----------
    request : AnalysisRequest
        Facts of the stack.

    Returns
    -------
    tuple of GateCheck
        In a fixed order; all are run, so that a reader sees every reason at once.
    """
    checks: tuple[Callable[[AnalysisRequest], GateCheck], ...] = (
        _modality, _image_type, _orientation, _calibration, _positions, _slices, _cover,
        _thickness, _rescale, _compression, _kernel, _padding, _contrast_tag,
    )  # fmt: skip
    return tuple(check(request) for check in checks)


def is_refused(checks: tuple[GateCheck, ...]) -> bool:
    """Tell whether any check refuses."""
    return any(check.level is GateLevel.REFUSE for check in checks)


def graded(
    id_: str, value: str, limit: str, grades: tuple[tuple[bool, GateLevel, str], ...], good: str
) -> GateCheck:
    """Make a check: the first grade whose condition holds, else passed with the text `good`."""
    for condition, level, text in grades:
        if condition:
            return GateCheck(id_, level, value, limit, text)
    return GateCheck(id_, GateLevel.PASS, value, limit, good)


def _modality(request: AnalysisRequest) -> GateCheck:
    wrong = request.modality != "CT" or request.samples != 1
    return graded(
        "modality", request.modality or "unknown", "CT",
        ((wrong, GateLevel.REFUSE, "Only CT is analyzed."),), "CT images.",
    )  # fmt: skip


def _image_type(request: AnalysisRequest) -> GateCheck:
    words = [word.strip().upper() for word in request.image_type]
    value = "\\".join(words) or "not given"
    first = words[0] if words else ""
    second = words[1] if len(words) > 1 else ""
    rest = set(words[2:])
    localiser = bool(rest & {"LOCALIZER", "SCOUT", "TOPOGRAM"})
    derived = first == "DERIVED" and (second == "SECONDARY" or "AXIAL" not in rest)
    projected = bool(rest & {"MPR", "MIP", "MINIP", "PROJECTION IMAGE", "AVERAGE", "REFORMATTED"})
    machine = any(word.startswith("AI") or "CAD" in word for word in rest)
    return graded(
        "image-type", value, "ORIGINAL, axial",
        (
            (localiser, GateLevel.REFUSE, "A localiser is not a stack of slices."),
            (machine, GateLevel.REFUSE, "Images made by another program's AI are not analyzed."),
            (derived or projected, GateLevel.REFUSE,
             "Derived images (reformatted, projected, captured) are not analyzed: use the "
             "original axial series."),
            (first == "DERIVED", GateLevel.CAVEAT, "The header calls these images derived."),
            (second == "SECONDARY", GateLevel.CAVEAT,
             "The header calls these images secondary: made after the examination."),
            (not words, GateLevel.CAVEAT, "The header does not say what kind of images these are."),
        ),
        "Original axial images.",
    )  # fmt: skip


def _orientation(request: AnalysisRequest) -> GateCheck:
    normal = request.geometry.direction_lps[0]
    tilt = float(np.degrees(np.arccos(np.clip(abs(float(normal[2])), 0, 1))))
    known = request.geometry.orientation_known
    return graded(
        "orientation", f"{tilt:.0f} deg from axial" if known else "unknown",
        f"axial, up to {TILT_DEG[1]:.0f} deg",
        (
            (not known, GateLevel.REFUSE, "The headers do not tell how the slices lie."),
            (tilt > TILT_DEG[1], GateLevel.REFUSE, "Only axial slices are analyzed."),
            (tilt > TILT_DEG[0], GateLevel.CAVEAT, "The slices are tilted."),
        ),
        "Axial slices.",
    )  # fmt: skip


def _calibration(request: AnalysisRequest) -> GateCheck:
    geometry = request.geometry
    wrong = geometry.calibration is not Calibration.PATIENT
    spacing = f"{geometry.spacing_zyx_mm[1]:.2f} x {geometry.spacing_zyx_mm[2]:.2f} mm"
    coarse = max(geometry.spacing_zyx_mm[1:]) > 1.2
    return graded(
        "pixel-size", spacing if not wrong else "unknown", "known, up to 1.2 mm",
        (
            (wrong, GateLevel.REFUSE, "Sizes in the patient are not known."),
            (coarse, GateLevel.CAVEAT, "Large pixels: small nodules are seen badly."),
        ),
        "Pixels of known size.",
    )  # fmt: skip


def _positions(request: AnalysisRequest) -> GateCheck:
    codes = {caveat.code for caveat in request.caveats}
    unknown = not request.geometry.z_known or CaveatCode.ORDER_UNVERIFIED in codes
    missing = len(request.placeholders)
    resampled = CaveatCode.RESAMPLED in codes or CaveatCode.GANTRY_TILT in codes
    value = f"{missing} missing" if missing else f"{request.geometry.spacing_zyx_mm[0]:g} mm apart"
    return graded(
        "positions", "unknown" if unknown else value, "known, regular",
        (
            (unknown, GateLevel.REFUSE, "The positions of the slices are not known."),
            (missing > 0, GateLevel.CAVEAT, "Slices are missing; see whether it is in the lungs."),
            (CaveatCode.SPARSE in codes, GateLevel.CAVEAT,
             "The slices leave tissue between them that was not imaged: nodules there are missed."),
            (resampled, GateLevel.CAVEAT, "The slices were resampled on a regular grid."),
        ),
        "Regular positions.",
    )  # fmt: skip


def _slices(request: AnalysisRequest) -> GateCheck:
    count = request.geometry.shape_zyx[0]
    return graded(
        "slices", str(count), f"{LEAST_SLICES} or more",
        ((count < LEAST_SLICES, GateLevel.REFUSE, "Too few slices."),), "Enough slices.",
    )  # fmt: skip


def _cover(request: AnalysisRequest) -> GateCheck:
    cover = request.geometry.shape_zyx[0] * request.geometry.spacing_zyx_mm[0]
    return graded(
        "z-cover", f"{cover:.0f} mm", f"{WHOLE_COVER_MM:.0f} mm; {LEAST_COVER_MM:.0f} mm at least",
        (
            (cover < LEAST_COVER_MM, GateLevel.REFUSE, "The stack is too thin."),
            (cover < WHOLE_COVER_MM, GateLevel.CAVEAT,
             "The stack is too short for both lungs: nodules outside of it are not seen."),
        ),
        "The stack is long enough for both lungs.",
    )  # fmt: skip


def _thickness(request: AnalysisRequest) -> GateCheck:
    distance = request.geometry.spacing_zyx_mm[0]
    thickness = max(distance, request.slice_thickness_mm or 0.0)
    return graded(
        "thickness", f"{thickness:g} mm",
        f"up to {THICKNESS_MM[1]:g} mm; best up to {THICKNESS_MM[0]:g} mm",
        (
            (thickness > THICKNESS_MM[1] + THICKNESS_SLACK_MM, GateLevel.REFUSE,
             "The slices are too thick to judge nodules."),
            (thickness > THICKNESS_MM[0] + THICKNESS_SLACK_MM, GateLevel.CAVEAT,
             "Thick slices: small nodules vanish, shapes and sizes are coarse."),
            (request.slice_thickness_mm is None, GateLevel.CAVEAT,
             "The header has no slice thickness; their distance was taken."),
        ),
        "Thin enough.",
    )  # fmt: skip


def _rescale(request: AnalysisRequest) -> GateCheck:
    codes = {caveat.code for caveat in request.caveats}
    missing = request.unit != "HU" or CaveatCode.NO_RESCALE in codes
    return graded(
        "rescale", request.unit or "no unit", "HU by slope and intercept",
        ((missing, GateLevel.REFUSE, "The values are not Hounsfield units."),),
        "Hounsfield units.",
    )  # fmt: skip


def _compression(request: AnalysisRequest) -> GateCheck:
    codes = {caveat.code for caveat in request.caveats}
    lossy = request.lossy_ratio is not None or CaveatCode.LOSSY in codes
    ratio = f"lossy, {request.lossy_ratio:g}:1" if request.lossy_ratio else "lossy"
    return graded(
        "compression", ratio if lossy else "lossless", "lossless",
        ((lossy, GateLevel.CAVEAT, "Lossy compression changes fine structure."),),
        "Nothing lost by compression.",
    )  # fmt: skip


def is_sharp(kernel: str) -> bool:
    """Tell whether a convolution kernel's name is that of a sharp one."""
    name = kernel.upper()
    digits = "".join(char if char.isdigit() else " " for char in name).split()
    siemens = name[:1] in {"B", "I", "H"} and bool(digits) and int(digits[0][:2]) >= SHARP_NUMBER
    philips = name in {"L", "YC", "YD", "D", "E", "YE"}
    toshiba = name.startswith("FC5") or name.startswith("FC8")
    return siemens or philips or toshiba or any(word in name for word in SHARP_KERNELS)


def _kernel(request: AnalysisRequest) -> GateCheck:
    return graded(
        "kernel", request.kernel or "not given", "smooth or medium",
        (
            (not request.kernel, GateLevel.CAVEAT, "The header does not name the kernel."),
            (is_sharp(request.kernel), GateLevel.CAVEAT,
             f"A sharp kernel makes noise and edges stronger: {_SOFT}."),
        ),
        "Not a sharp kernel.",
    )  # fmt: skip


def _padding(request: AnalysisRequest) -> GateCheck:
    codes = {caveat.code for caveat in request.caveats}
    assumed = CaveatCode.PADDING_ASSUMED in codes
    value = "assumed" if assumed else "marked" if request.padding is not None else "none"
    return graded(
        "padding", value, "none, or marked by the header",
        ((assumed, GateLevel.CAVEAT, "Padding was recognised by its value alone."),),
        "Padding is left out of every measure.",
    )  # fmt: skip


def _contrast_tag(request: AnalysisRequest) -> GateCheck:
    return graded(
        "contrast-agent", "given" if request.contrast else "none named", "none",
        ((bool(request.contrast), GateLevel.CAVEAT,
          "The header names a contrast agent: vessels are brighter, nodules can be."),),
        "No contrast agent in the header.",
    )  # fmt: skip
