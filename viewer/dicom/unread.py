"""Slices that a volume lacks: missing, or there but damaged, or there in a stack of their own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from viewer.core.caveats import Caveat, CaveatCode, ranges_text
from viewer.core.errors import Problem
from viewer.core.geometry import VolumeGeometry
from viewer.dicom import tags
from viewer.dicom.elsewhere import Elsewhere, SeriesImages
from viewer.dicom.headers import Point, RawHeader
from viewer.dicom.multiframe import as_point
from viewer.dicom.sampling import missing_caveat
from viewer.dicom.stacks import ImageStack
from viewer.dicom.value_header import read_orientation

SLOT_TOLERANCE = 0.3
"""So many steps from a slice of the grid, an image is still that slice."""
ORIENTATION_TOLERANCE = 1e-3
"""Between direction cosines."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be used.

    Attributes
    ----------
    folder : str
        Where it lies; of a member of an archive, the archive.
    series_uid : str or None
        None where not even the header could be read.
    position_lps_mm, orientation : tuple or None
        Of its image, as far as the header tells.
    """

    folder: str
    series_uid: str | None = None
    position_lps_mm: Point | None = None
    orientation: tuple[float, ...] | None = None


def unread_file(problem: Problem, raw: RawHeader | None) -> Unread:
    """Keep of a problem file what its header, if any, says about its place."""
    folder = _folder(problem.path)
    if raw is None:
        return Unread(folder)
    values = raw.values
    return Unread(
        folder,
        values.code(tags.SERIES_INSTANCE_UID),
        as_point(values.finite(tags.IMAGE_POSITION_PATIENT, 3)),
        read_orientation(values.finite(tags.IMAGE_ORIENTATION_PATIENT, 6), []),
    )


def tell_unread(stack: ImageStack, files: Sequence[Unread], images: SeriesImages) -> ImageStack:
    """Return a stack whose caveats tell missing slices from unread ones and those elsewhere.

    Parameters
    ----------
    stack : ImageStack
        Of a scan; its `GAP` caveat tells of all slices without an image.
    files : sequence of Unread
        All files of the scan that could not be used.
    images : SeriesImages
        The images of its series, also those in other stacks.
    """
    if not stack.geometry.z_known or len(stack.frames) < 2:
        return stack
    own = [file for file in files if file.series_uid == stack.key.series_uid]
    found = {_slot(file, stack.geometry) for file in own} - {None}
    slots = sorted(slot for slot in found if slot is not None)
    is_grid = all(caveat.code is not CaveatCode.RESAMPLED for caveat in stack.caveats)
    gaps = [z for z, frame in enumerate(stack.frame_of_slice) if frame is None and is_grid]
    inside = [z for z in slots if z in set(gaps)]
    beyond = [z for z in slots if not 0 <= z < len(stack.frame_of_slice)]
    caveats = list(stack.caveats)
    if gaps:
        unread = set(inside)
        caveats = _with_gap(
            stack,
            [z for z in gaps if z not in unread],
            images.fill(stack, gaps),
            _count_unplaced(stack, files),
        )
    if inside or beyond:
        caveats.append(_unread_caveat(inside, len(beyond)))
    return replace(stack, caveats=tuple(caveats))


def _slot(file: Unread, geometry: VolumeGeometry) -> int | None:
    """Return the slice of the grid that an image would be, also beyond its ends."""
    if file.position_lps_mm is None or file.orientation is None:
        return None
    stated = np.asarray(file.orientation).reshape(2, 3)
    if np.abs(stated - geometry.direction_lps[[2, 1]]).max() > ORIENTATION_TOLERANCE:
        return None
    z = float(geometry.lps_to_index(file.position_lps_mm)[0])
    return round(z) if abs(z - round(z)) <= SLOT_TOLERANCE else None


def _with_gap(
    stack: ImageStack, without: list[int], elsewhere: Elsewhere, unplaced: int
) -> list[Caveat]:
    """Return the caveats of a stack with that about gaps put right."""
    told = [caveat for caveat in stack.caveats if caveat.code is not CaveatCode.GAP]
    texts, shorts = [], []
    if missing := [z for z in without if z not in elsewhere.slots]:
        kept = missing_caveat(missing, *_first_and_step_mm(stack.geometry))
        texts.append(kept.text + _unplaced_text(unplaced, elsewhere.unplaced))
        shorts.append(kept.short)
    if found := [z for z in without if z in elsewhere.slots]:
        which = f"{'slice' if len(found) == 1 else 'slices'} {ranges_text([z + 1 for z in found])}"
        one = f"{which} {'is' if len(found) == 1 else 'are'} in another stack of this series"
        it = "it differs" if len(found) == 1 else "they differ"
        texts.append(f"{one} ({it} in {', '.join(elsewhere.reasons)})")
        shorts.append(f"{which} in another stack")
    if texts:
        place = [caveat.code for caveat in stack.caveats].index(CaveatCode.GAP)
        told.insert(place, Caveat(CaveatCode.GAP, "; ".join(texts), ", ".join(shorts)))
    return told


def _first_and_step_mm(geometry: VolumeGeometry) -> tuple[float, float]:
    """Return where slices lie along the normal of their plane (not along a tilted stack)."""
    normal = np.cross(geometry.direction_lps[2], geometry.direction_lps[1])
    first, second = (float(normal @ geometry.index_to_lps((z, 0, 0))) for z in (0, 1))
    return first, second - first


def _count_unplaced(stack: ImageStack, files: Sequence[Unread]) -> int:
    """Count files that may be slices of a stack, although nothing says which."""
    folders = {_folder(frame.path, frame.member) for frame in stack.frames}
    return sum(
        file.folder in folders
        if file.series_uid is None
        else file.series_uid == stack.key.series_uid and file.position_lps_mm is None
        for file in files
    )


def _unplaced_text(files: int, images: int) -> str:
    texts = []
    if files:
        texts.append(f"{files} {'file' if files == 1 else 'files'} of the folder could not be read")
    if images:
        are = "image of this series has" if images == 1 else "images of this series have"
        texts.append(f"{images} {are} no position")
    return f" ({', '.join(texts)})" if texts else ""


def _unread_caveat(inside: Sequence[int], beyond: int) -> Caveat:
    count = len(inside) + beyond
    numbers = ranges_text([z + 1 for z in inside])
    places = [numbers] if inside else []
    if beyond:
        places.append(f"{beyond} before the first or after the last")
    text = f"{count} {'slice' if count == 1 else 'slices'} could not be read: {', '.join(places)}"
    short = f"{'slice' if len(inside) == 1 else 'slices'} {ranges_text([z + 1 for z in inside], 4)}"
    short = f"{short} could not be read" if inside else f"{count} slices could not be read"
    return Caveat(CaveatCode.PARTIAL, text, short)


def _folder(path: str, member: str = "") -> str:
    archive, _, inside = path.partition("!")
    return archive if member or inside else str(PurePath(path).parent)
