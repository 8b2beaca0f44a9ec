"""Takes the patient out of what is shown: for exports, and for all of the window while teaching.

Name, ID, birth date, accession number, institution, date and time go; age and sex stay, as do
descriptions of study and series, and what a reader wrote. Letters in the pixels are not touched;
`pixel_text_risk` tells where they may name somebody.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from viewer.core.errors import ViewerError
from viewer.core.study import Patient, Stack, Study
from viewer.core.volume import Volume
from viewer.i18n import tr

_OFTEN_LABELLED = frozenset(
    {"US", "IVUS", "XA", "RF", "CR", "DX", "MG", "PX", "IO", "ES", "GM", "XC", "OP", "OPT", "OT"}
)
"""Modalities whose images often have letters in their pixels; PS3.3 C.7.6.1.1.4 lets them be
silent about it. CT, MR and PET have them in screen captures only.
"""
_FILE = re.compile(
    r"""(?<![^\s"'“„«(])(?:[A-Za-z]:[\\/]|~?/|\\\\)[^\s:;"”“»)]+"""
    r"""|[^\s/:;,"'“”„«»()]+\.[A-Za-z][A-Za-z0-9]{1,4}\b"""
)
"""A path, or a name with an ending of letters."""
_CAPTURES = frozenset({"SCREEN SAVE", "SCREENSHOT", "SCREEN"})


def without_identity(volume: Volume) -> Volume:
    """Return the same voxels with texts that name nobody."""
    return replace(volume, stack=nameless(volume.stack))


def nameless(stack: Stack) -> Stack:
    """Return a stack with texts that name nobody."""
    patient = Patient(age=stack.patient.age, sex=stack.patient.sex)
    labels = replace(stack.labels, institution="", accession="", date="", time="")
    return replace(stack, patient=patient, labels=labels)


def nameless_study(study: Study) -> Study:
    """Return a study to be listed: its texts and files name nobody, its stacks keep their keys."""
    series = tuple(
        replace(one, stacks=tuple(_unplaced(nameless(stack)) for stack in one.stacks))
        for one in study.series
    )
    patient = Patient(age=study.patient.age, sex=study.patient.sex)
    return replace(study, patient=patient, date="", series=series)


def pixel_text_risk(stack: Stack) -> str:
    """Return why letters in the pixels may name the patient, "" where nothing speaks for it.

    Source: Burned In Annotation (0028,0301), PS3.3 C.7.6.1.1.4.
    """
    stated = stack.labels.burned_in.upper()
    if stated == "YES":
        return tr("The files say that letters in the pixels may name the patient: not hidden")
    silent = not stated
    if silent and (stack.modality in _OFTEN_LABELLED or _CAPTURES & set(stack.image_type)):
        return tr("Letters in the pixels may name the patient: not hidden")
    return ""


def without_file_names(text: str, names: Sequence[str] = ()) -> str:
    """Return a text in which files have no names, for they are often called by the patient.

    Parameters
    ----------
    names : sequence of str
        Those that are known to stand in the text; paths and names with an ending are found.
    """
    a_file = tr("a file")
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, a_file)
    return _FILE.sub(a_file, text)


def told_error(error: ViewerError, teaching: bool) -> str:
    """Return an error in the language of the window; while teaching it names no file."""
    line = error.shown_line()
    return without_file_names(line, error.names) if teaching else line


def saved_text(path: Path, teaching: bool) -> str:
    """Say that a file was written; while teaching without its name."""
    text = tr("Saved as {name}", name=path.name)
    return without_file_names(text, (path.name,)) if teaching else text


def _unplaced(stack: Stack) -> Stack:
    """Return a stack whose files have no names: folders are often called by the patient."""
    frames = tuple(replace(frame, path="", member="") for frame in stack.frames)
    return replace(stack, frames=frames)
