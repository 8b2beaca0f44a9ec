"""Takes the patient out of what is drawn: for exports that leave the reading room."""

from dataclasses import replace

from viewer.core.study import Patient, Stack
from viewer.core.volume import Volume


def without_identity(volume: Volume) -> Volume:
    """Return the same voxels with texts that name nobody.

    Name, ID, birth date, accession number, institution, date and time go; age and sex stay, as do
    study and series description. Letters burned into the pixels are not touched.
    """
    return replace(volume, stack=_anonymous(volume.stack))


def _anonymous(stack: Stack) -> Stack:
    patient = Patient(age=stack.patient.age, sex=stack.patient.sex)
    labels = replace(stack.labels, institution="", accession="", date="", time="")
    return replace(stack, patient=patient, labels=labels)
