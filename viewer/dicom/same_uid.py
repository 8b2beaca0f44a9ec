"""Files that claim to be the same image and are not: another patient's, or with other pixels."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from viewer.core.caveats import Caveat, CaveatCode
from viewer.dicom.fingerprint import Fingerprint
from viewer.dicom.headers import FrameHeader
from viewer.dicom.stacks import ImageStack

OTHER_PATIENT = "the same image UID stands in files of several patients"
SHARED_STUDY = "files of different patient names or IDs share one study UID: they are kept apart"
OTHER_PIXELS = "the same image UID stands in several files with different pixels"


def contested_uids(headers: Sequence[FrameHeader], fingerprint: Fingerprint) -> dict[str, str]:
    """Find SOP Instance UIDs that stand in files which are no copies of each other.

    Pixels are read only where a UID repeats.

    Parameters
    ----------
    headers : sequence of FrameHeader
        All images of a scan, those of one file behind each other.
    fingerprint : Fingerprint
        Tells copies from other images.

    Returns
    -------
    dict
        UID to what is wrong with it.
    """
    first: dict[str, FrameHeader] = {}
    repeated: dict[str, None] = {}
    for header in headers:
        known = first.setdefault(header.sop_uid, header)
        if known.block is not header.block and header.sop_uid:
            repeated[header.sop_uid] = None
    files: dict[str, dict[int, list[FrameHeader]]] = {uid: {} for uid in repeated}
    for header in headers if repeated else ():
        if header.sop_uid in files:
            files[header.sop_uid].setdefault(id(header.block), []).append(header)
    found = {uid: _contest(list(same.values()), fingerprint) for uid, same in files.items()}
    return {uid: text for uid, text in found.items() if text}


def _contest(files: Sequence[Sequence[FrameHeader]], fingerprint: Fingerprint) -> str:
    """Say why files with one UID are not the same image, "" where they are."""
    patients = {(f[0].facts.patient.patient_id, f[0].facts.patient.name) for f in files}
    if len(patients) > 1:
        return OTHER_PATIENT
    if len({len(frames) for frames in files}) > 1:
        return OTHER_PIXELS
    for same_frame in zip(*files, strict=True):
        if not _are_equal(same_frame, fingerprint):
            return OTHER_PIXELS
    return ""


def _are_equal(images: Sequence[FrameHeader], fingerprint: Fingerprint) -> bool:
    """Compare pixels; they are decoded only where other bytes may still mean the same."""
    if len({fingerprint(image, decoded=False) for image in images}) == 1:
        return True
    syntaxes = {image.block.transfer_syntax for image in images}
    if len(syntaxes) == 1 and not images[0].block.encapsulated:
        return False
    return len({fingerprint(image, decoded=True) for image in images}) == 1


def shared_studies(headers: Sequence[FrameHeader]) -> dict[str, str]:
    """Find Study Instance UIDs that stand in files of several patients.

    Returns
    -------
    dict
        UID to what is wrong with it.
    """
    patients: dict[str, set[tuple[str, str]]] = {}
    for facts in {id(header.facts): header.facts for header in headers}.values():
        who = (facts.patient.patient_id, facts.patient.name)
        patients.setdefault(facts.study_uid, set()).add(who)
    return {uid: SHARED_STUDY for uid, found in patients.items() if uid and len(found) > 1}


def tell_contested(stack: ImageStack, contested: Mapping[str, str], study: str = "") -> ImageStack:
    """Return a stack with a caveat where the UIDs of its images or its study are contested."""
    texts = dict.fromkeys(contested[uid] for uid in stack.sop_uids if uid in contested)
    if study and OTHER_PATIENT not in texts:
        texts[study] = None
    if not texts:
        return stack
    caveat = Caveat(CaveatCode.SAME_UID, "; ".join(texts))
    return replace(stack, caveats=(*stack.caveats, caveat))
