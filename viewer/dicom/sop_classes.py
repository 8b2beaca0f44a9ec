"""Objects that are DICOM but hold no image for a viewport, by their SOP class."""

_PREFIX = "1.2.840.10008.5.1.4."

_NAMES = {
    "1.1.66.4": "a segmentation",
    "1.1.66.5": "a surface segmentation",
    "1.1.66.7": "a label map segmentation",
    "1.1.66": "raw data",
    "1.1.66.1": "a spatial registration",
    "1.1.66.2": "spatial fiducials",
    "1.1.66.3": "a deformable registration",
    "1.1.66.6": "tractography results",
    "1.1.67": "a real world value mapping",
    "1.1.104.1": "a PDF document",
    "1.1.104.2": "a CDA document",
    "1.1.104.3": "a 3D print model (STL)",
    "1.1.481.3": "a radiotherapy structure set",
    "1.1.481.4": "radiotherapy beam records",
    "1.1.481.5": "a radiotherapy plan",
    "1.1.481.8": "a radiotherapy ion plan",
    "1.1.481.9": "radiotherapy ion beam records",
    "1.1.88.59": "a key object selection",
    "1.1.9.1.1": "a 12-lead ECG",
    "1.1.9.1.2": "an ECG",
    "1.1.9.1.3": "an ambulatory ECG",
    "1.1.9.2.1": "a haemodynamic waveform",
    "1.1.9.4.1": "an audio recording",
    "1.1.11.1": "a grey-scale presentation state",
    "1.1.77.1.1.1": "an endoscopy video",
    "1.1.77.1.4.1": "a photographic video",
    "34.7": "a radiotherapy delivery instruction",
}
_FAMILIES = (
    ("1.1.88.", "a structured report"),
    ("1.1.9.", "a waveform"),
    ("1.1.11.", "a presentation state"),
    ("1.1.481.", "a radiotherapy object"),
    ("1.1.104.", "a document"),
)
_WITH_PIXELS_BUT_NO_IMAGE = frozenset(
    _PREFIX + suffix for suffix in ("1.1.66.4", "1.1.66.7", "1.1.66")
)


def describe_object(sop_class: str, modality: str) -> str:
    """Name an object in a sentence ("a structured report")."""
    suffix = sop_class.removeprefix(_PREFIX)
    if suffix in _NAMES:
        return _NAMES[suffix]
    family = next((name for start, name in _FAMILIES if suffix.startswith(start)), None)
    if family is not None and suffix != sop_class:
        return family
    return f"an object of modality {modality}" if modality else "an object"


def is_image(sop_class: str) -> bool:
    """Tell whether pixel data of this class are an image to look at."""
    return sop_class not in _WITH_PIXELS_BUT_NO_IMAGE
