"""From parsed elements to an entry of the list of other objects: reports, plans, segmentations."""

from viewer.core.study import DicomObject, StudyKey
from viewer.dicom import tags
from viewer.dicom.headers import RawHeader
from viewer.dicom.sop_classes import describe_object, is_image_class, is_object_class
from viewer.dicom.text import person_name

MAX_UID_LETTERS = 64
"""Of a UID (PS3.5 9.1); what is longer is cut where it is shown."""


def object_of(raw: RawHeader) -> DicomObject | None:
    """Return what a file is that holds no image for a viewport; None of a file that should.

    A class nobody knows is an image where it has pixels, else an object. A file that names no
    class and has no pixels is neither: that is a problem.
    """
    values = raw.values
    sop_class = values.code(tags.SOP_CLASS_UID) or raw.media_class
    has_image = values.data_set.pixels is not None or values.has(tags.ROWS)
    if not sop_class or is_image_class(sop_class):
        return None
    if has_image and not is_object_class(sop_class):
        return None
    return DicomObject(
        path=raw.source.display,
        sop_class=sop_class[:MAX_UID_LETTERS],
        what=describe_object(sop_class),
        study=StudyKey(
            values.code(tags.STUDY_INSTANCE_UID),
            values.text(tags.PATIENT_ID),
            person_name(values.raw(tags.PATIENT_NAME), values.charset),
        ),
        description=values.text(tags.SERIES_DESCRIPTION),
    )
