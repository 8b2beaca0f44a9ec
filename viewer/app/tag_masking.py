"""Which elements of a file name somebody, and how the metadata browser shows them while teaching.

More is hidden than must be: every person, date, time and identifier, all of the patient's group,
all private elements, and whatever text the Basic Application Level Confidentiality Profile of
PS3.15 Annex E does not let through unseen. What the images are (sizes, technique, SOP class,
transfer syntax) stays.
"""

from dataclasses import replace

from viewer.app.tag_sheet import ReadElements
from viewer.dicom.data_dictionary import is_private, uid_name
from viewer.dicom.data_element import DataElement
from viewer.dicom.element_tree import Check, ElementTree

HIDDEN = "(hidden in teaching mode)"
_VRS = frozenset({"PN", "DA", "DT", "TM", "LT", "ST", "UT", "UN", "UR", "UC"})
"""Persons, times, and free text and unknown bytes, where anything may stand."""
_PATIENT_GROUP = 0x0010
_SHOWN_OF_PATIENT = frozenset({"PatientSex", "PatientAge", "PatientSize", "PatientWeight"})
_WORDS = (
    "Accession",
    "Institution",
    "Department",
    "Physician",
    "Operator",
    "Performer",
    "Reader",
    "Author",
    "Person",
    "Responsible",
    "Address",
    "Telephone",
    "Station",
    "Serial",
    "DeviceUID",
    "PlateID",
    "CassetteID",
    "GantryID",
    "DetectorID",
    "StudyID",
    "ProcedureID",
    "ProcedureStepID",
    "OrderNumber",
    "AdmissionID",
    "IssuerOf",
    "Requesting",
    "Requested",
    "Referring",
    "Reason",
    "Comments",
    "Diagnos",
    "AETitle",
    "Label",
    "Location",
    "Scheduled",
    "Visit",
    "Contact",
    "EncapsulatedDocument",
    "MACParameters",
    "ReferencedFileID",
    "Trial",
)
"""Parts of keywords whose elements may name a person, a place or an order."""
_PLACE_NOT_PERSON = frozenset({"SliceLocation", "ImageLocation", "OverlayLabel"})


def masked_reading(read: ReadElements) -> ReadElements:
    """Return a way to read files that hides whom they are of."""

    def read_masked(path: str, member: str, check: Check) -> ElementTree:
        return masked_tree(read(path, member, check))

    return read_masked


def masked_tree(tree: ElementTree) -> ElementTree:
    """Return a file's elements without identity; the file has no name any more."""
    return replace(tree, path="", member="", elements=_masked(tree.elements))


def is_identifying(element: DataElement) -> bool:
    """Tell whether an element's value may say whom the file is of."""
    if is_private(element.tag):
        return True
    keyword = element.keyword
    if element.tag >> 16 == _PATIENT_GROUP:
        return keyword not in _SHOWN_OF_PATIENT
    if element.vr == "UI":
        return not all(uid_name(str(value)) for value in element.values)
    if keyword in _PLACE_NOT_PERSON:
        return False
    return element.vr in _VRS or any(word in keyword for word in _WORDS) or not keyword


def _masked(elements: tuple[DataElement, ...]) -> tuple[DataElement, ...]:
    return tuple(_masked_one(element) for element in elements)


def _masked_one(element: DataElement) -> DataElement:
    if element.items is not None:
        return replace(element, items=tuple(_masked(item) for item in element.items))
    has_value = bool(element.values or element.byte_count)
    if not has_value or not is_identifying(element):
        return element
    return replace(
        element, values=(HIDDEN,), stated_vr="", first_bytes=b"", digest=b"", byte_count=0
    )
