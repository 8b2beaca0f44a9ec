"""What a file is by its SOP class, in words: images, and all that holds no image for a viewport.

Source: PS3.4 B.5 (standard storage classes) and GG.3 (non-patient objects), with the retired ones
of PS3.6 annex A. A test compares the table with pydicom's dictionary of UIDs.
"""

_STANDARD = "1.2.840.10008."
_ROOT = f"{_STANDARD}5.1.4."

_FAMILIES = {
    "1.1.88": "a structured report",
    "1.1.9": "a waveform",
    "1.1.11": "a presentation state",
    "1.1.104": "a document",
    "1.1.481": "a radiotherapy object",
    "1.1.78": "an eye measurement",
    "1.1.200": "a protocol",
    "34": "a radiotherapy delivery instruction",
}
"""Names of a class that is newer than this table, by what its UID begins with."""

_REPORTS = {
    "1": "text",
    "2": "audio",
    "3": "detail",
    "4": "comprehensive",
    "11": "basic text",
    "22": "enhanced",
    "33": "comprehensive",
    "34": "comprehensive 3D",
    "35": "extensible",
    "40": "procedure log",
    "50": "mammography CAD",
    "65": "chest CAD",
    "67": "X-ray radiation dose",
    "68": "radiopharmaceutical radiation dose",
    "69": "colon CAD",
    "70": "implantation plan",
    "71": "acquisition context",
    "72": "simplified adult echo",
    "73": "patient radiation dose",
    "74": "planned imaging agent administration",
    "75": "performed imaging agent administration",
    "76": "enhanced X-ray radiation dose",
    "77": "waveform annotation",
}
_WAVEFORMS = {
    "1": "trial",
    "1.1": "12-lead ECG",
    "1.2": "ECG",
    "1.3": "ambulatory ECG",
    "1.4": "32-bit ECG",
    "2.1": "haemodynamic",
    "3.1": "cardiac electrophysiology",
    "4.1": "voice recording",
    "4.2": "audio recording",
    "5.1": "arterial pulse",
    "6.1": "respiratory",
    "6.2": "multi-channel respiratory",
    "7.1": "routine scalp EEG",
    "7.2": "electromyogram",
    "7.3": "electrooculogram",
    "7.4": "sleep EEG",
    "8.1": "body position",
}
_PRESENTATION_STATES = {
    "1": "grey scale",
    "2": "colour",
    "3": "pseudo-colour",
    "4": "blending",
    "5": "XA/XRF grey scale",
    "6": "planar MPR, grey scale",
    "7": "planar MPR, compositing",
    "8": "advanced blending",
    "9": "volume rendering",
    "10": "segmented volume rendering",
    "11": "multiple volume rendering",
    "12": "variable modality LUT",
}
_RADIOTHERAPY = {
    "3": "a radiotherapy structure set",
    "4": "a radiotherapy record (beams)",
    "5": "a radiotherapy plan",
    "6": "a radiotherapy record (brachytherapy)",
    "7": "a radiotherapy record (summary)",
    "8": "a radiotherapy plan (ions)",
    "9": "a radiotherapy record (ion beams)",
    "10": "a radiotherapy physician intent",
    "11": "a radiotherapy segment annotation",
    "12": "a radiotherapy radiation set",
    "13": "a radiotherapy radiation (C-arm)",
    "14": "a radiotherapy radiation (tomotherapy)",
    "15": "a radiotherapy radiation (robotic arm)",
    "16": "a radiotherapy record (radiation set)",
    "17": "a radiotherapy record (salvage)",
    "18": "a radiotherapy record (tomotherapy)",
    "19": "a radiotherapy record (C-arm)",
    "20": "a radiotherapy record (robotic arm)",
    "21": "a radiotherapy delivery instruction (radiation set)",
    "22": "a radiotherapy treatment preparation",
    "25": "a radiotherapy delivery instruction (patient position)",
}
_EYE_MEASUREMENTS = {
    "1": "lensometry",
    "2": "autorefraction",
    "3": "keratometry",
    "4": "subjective refraction",
    "5": "visual acuity",
    "6": "spectacle prescription",
    "7": "axial length",
    "8": "intraocular lens calculation",
}
_PROTOCOLS = {
    "1": "a protocol (CT, defined)",
    "2": "a protocol (CT, performed)",
    "3": "a protocol approval",
    "7": "a protocol (XA, defined)",
    "8": "a protocol (XA, performed)",
}

_OBJECTS = {
    "1.1.8": "a stand-alone overlay",
    "1.1.9": "a stand-alone curve",
    "1.1.10": "a stand-alone modality LUT",
    "1.1.11": "a stand-alone VOI LUT",
    "1.1.129": "a stand-alone PET curve",
    "1.1.4.2": "MR spectroscopy",
    "1.1.66": "raw data",
    "1.1.66.1": "a spatial registration",
    "1.1.66.2": "spatial fiducials",
    "1.1.66.3": "a spatial registration (deformable)",
    "1.1.66.4": "a segmentation",
    "1.1.66.5": "a surface segmentation",
    "1.1.66.6": "tractography results",
    "1.1.66.7": "a label map segmentation",
    "1.1.66.8": "a height map segmentation",
    "1.1.67": "a real world value mapping",
    "1.1.68.1": "a surface scan (mesh)",
    "1.1.68.2": "a surface scan (point cloud)",
    "1.1.77.1.5.3": "a stereometric relationship",
    "1.1.79.1": "a structured report (macular grid thickness and volume)",
    "1.1.80.1": "an eye measurement (visual field)",
    "1.1.88.59": "a key object selection",
    "1.1.90.1": "content assessment results",
    "1.1.91.1": "microscopy annotations",
    "1.1.104.1": "an encapsulated PDF document",
    "1.1.104.2": "an encapsulated CDA document",
    "1.1.104.3": "an encapsulated 3D model (STL)",
    "1.1.104.4": "an encapsulated 3D model (OBJ)",
    "1.1.104.5": "an encapsulated material library (MTL)",
    "1.1.131": "a structured display",
    "1.1.201.1": "an inventory",
    "1.1.501.3": "a security threat detection report",
    "34.1": "a radiotherapy delivery instruction (beams)",
    "34.7": "a radiotherapy delivery instruction (beams)",
    "34.10": "a radiotherapy delivery instruction (brachytherapy)",
    "38.1": "a hanging protocol",
    "39.1": "a colour palette",
    "43.1": "an implant template",
    "44.1": "an implant assembly template",
    "45.1": "an implant template group",
    **{f"1.1.88.{n}": f"a structured report ({kind})" for n, kind in _REPORTS.items()},
    **{f"1.1.9.{n}": f"a waveform ({kind})" for n, kind in _WAVEFORMS.items()},
    **{f"1.1.11.{n}": f"a presentation state ({k})" for n, k in _PRESENTATION_STATES.items()},
    **{f"1.1.78.{n}": f"an eye measurement ({kind})" for n, kind in _EYE_MEASUREMENTS.items()},
    **{f"1.1.481.{n}": what for n, what in _RADIOTHERAPY.items()},
    **{f"1.1.200.{n}": what for n, what in _PROTOCOLS.items()},
}
"""Classes that hold no image for a viewport, by their UID without its root."""

_IMAGES = frozenset(
    """
    1.1.1 1.1.1.1 1.1.1.1.1 1.1.1.2 1.1.1.2.1 1.1.1.3 1.1.1.3.1 1.1.2 1.1.2.1 1.1.2.2 1.1.3 1.1.3.1
    1.1.4 1.1.4.1 1.1.4.3 1.1.4.4 1.1.5 1.1.6 1.1.6.1 1.1.6.2 1.1.6.3 1.1.7 1.1.7.1 1.1.7.2 1.1.7.3
    1.1.7.4 1.1.12.1 1.1.12.1.1 1.1.12.2 1.1.12.2.1 1.1.12.3 1.1.13.1.1 1.1.13.1.2 1.1.13.1.3
    1.1.13.1.4 1.1.13.1.5 1.1.14.1 1.1.14.2 1.1.20 1.1.30 1.1.77.1 1.1.77.1.1 1.1.77.1.1.1
    1.1.77.1.2 1.1.77.1.2.1 1.1.77.1.3 1.1.77.1.4 1.1.77.1.4.1 1.1.77.1.5.1 1.1.77.1.5.2
    1.1.77.1.5.4 1.1.77.1.5.5 1.1.77.1.5.6 1.1.77.1.5.7 1.1.77.1.5.8 1.1.77.1.6 1.1.77.1.7
    1.1.77.1.8 1.1.77.1.9 1.1.77.2 1.1.81.1 1.1.82.1 1.1.128 1.1.128.1 1.1.130 1.1.481.1 1.1.481.2
    1.1.481.23 1.1.481.24 1.1.501.1 1.1.501.2.1 1.1.501.2.2 1.1.501.4 1.1.501.5 1.1.501.6
    1.1.601.1 1.1.601.2
    """.split()  # noqa: SIM905 - a table, not eighty lines
)
"""Classes whose pixels are images to look at: photographs, cine, dose grids and maps among them."""


def is_image_class(sop_class: str) -> bool:
    """Tell whether files of this class hold an image by definition."""
    return sop_class.startswith(_ROOT) and sop_class.removeprefix(_ROOT) in _IMAGES


def is_object_class(sop_class: str) -> bool:
    """Tell whether files of this class hold no image for a viewport, with pixel data or without."""
    suffix = sop_class.removeprefix(_ROOT)
    if suffix == sop_class or suffix in _IMAGES:
        return False
    return suffix in _OBJECTS or _family(suffix) is not None


def describe_object(sop_class: str) -> str:
    """Name an object in words ("a structured report (chest CAD)")."""
    suffix = sop_class.removeprefix(_ROOT)
    if not sop_class.startswith(_STANDARD):
        return "an object of a private kind"
    return _OBJECTS.get(suffix) or _family(suffix) or "an object of an unknown kind"


def _family(suffix: str) -> str | None:
    return next((name for start, name in _FAMILIES.items() if suffix.startswith(f"{start}.")), None)
