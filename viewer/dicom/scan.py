"""Files, folders, ZIP archives and DICOMDIR media to an index of studies, series and stacks.

A bad file becomes a Problem; it never stops the others.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from viewer.core.errors import Problem
from viewer.core.progress import JobContext
from viewer.core.study import Patient, Series, StackKey, Study, StudyIndex
from viewer.dicom.discover import find_sources
from viewer.dicom.grouping import group_series, split_acquisitions, split_stacks
from viewer.dicom.headers import (
    DICOMDIR_CLASS,
    FrameHeader,
    NotDicomError,
    UnusableError,
    read_raw_header,
)
from viewer.dicom.image_header import frames_of
from viewer.dicom.layout import is_regular, plan_layouts
from viewer.dicom.ordering import OrderedFrames, has_geometry, order_frames, project
from viewer.dicom.pixels import FrameError, FrameReader
from viewer.dicom.probe import probe
from viewer.dicom.sources import FileSource, SourceError, SourceReader
from viewer.dicom.stacks import ImageStack, build_stack

HEADER_SHARE = 0.9
"""Part of the progress that reading headers takes."""
NAME_LETTERS = 32
"""Of the hash that names a series without a UID."""
MAX_FRAMES = 500_000
"""Images in one scan; more would be a whole archive, not a study."""


def scan(ctx: JobContext, paths: Sequence[Path]) -> StudyIndex:
    """Find out what is in files, folders, ZIP archives and DICOMDIR media.

    Parameters
    ----------
    ctx : JobContext
        Gets progress; may cancel.
    paths : sequence of Path
        What to look at.

    Returns
    -------
    StudyIndex
        Studies in the order of their first file; in each series the largest stack first.

    Raises
    ------
    ViewerError
        A given path does not exist.
    CancelledError
        The job was cancelled.
    """
    return _Scan(ctx).run(paths)


class _Scan:
    """The lists that grow during one scan."""

    def __init__(self, ctx: JobContext) -> None:
        self.ctx = ctx
        self.files = 0
        self.skipped: list[Problem] = []
        self.problems: list[Problem] = []
        self.headers: list[FrameHeader] = []

    def run(self, paths: Sequence[Path]) -> StudyIndex:
        found = find_sources(self.ctx, paths)
        self.skipped.extend(found.skipped)
        self.problems.extend(found.problems)
        with SourceReader() as sources:
            for number, source in enumerate(found.sources):
                self.ctx.check()
                self.ctx.progress(
                    HEADER_SHARE * number / len(found.sources),
                    f"reading headers, {number + 1} of {len(found.sources)}",
                )
                self._add(sources, source)
            studies = self._studies(FrameReader(sources))
        self.ctx.progress(1.0, "scanned")
        return StudyIndex(self.files, studies, tuple(self.skipped), tuple(self.problems))

    def _add(self, sources: SourceReader, source: FileSource) -> None:
        try:
            raw = read_raw_header(sources, source)
            if raw.media_class == DICOMDIR_CLASS:
                return
            self.files += 1
            frames = frames_of(raw)
            sources.admit(source)
        except NotDicomError:
            self.skipped.append(Problem(source.display, "is not DICOM"))
        except UnusableError as error:
            self.problems.append(Problem(source.display, str(error)))
        except SourceError as error:
            self.problems.append(Problem(source.display, str(error)))
        except MemoryError:
            self.problems.append(Problem(source.display, "is too large for the memory"))
        else:
            if len(self.headers) + len(frames) > MAX_FRAMES:
                reason = f"holds {len(frames)} images: too many for one scan"
                self.problems.append(Problem(source.display, reason))
            else:
                self.headers.extend(frames)

    def _studies(self, reader: FrameReader) -> tuple[Study, ...]:
        series_of: dict[tuple[str, str, str], list[Series]] = {}
        first_of: dict[tuple[str, str, str], FrameHeader] = {}
        stack_count: dict[str, int] = {}
        for headers in group_series(self.headers).values():
            self.ctx.check()
            first = headers[0]
            uid = _series_uid(headers)
            stacks = _series_stacks(uid, headers, reader, stack_count.get(uid, 0))
            stack_count[uid] = stack_count.get(uid, 0) + len(stacks)
            facts = first.facts
            key = (facts.study_uid, facts.patient.patient_id, facts.patient.name)
            first_of.setdefault(key, first)
            series_of.setdefault(key, []).append(
                Series(
                    series_uid=uid,
                    modality=facts.modality,
                    number=facts.labels.series_number,
                    description=facts.labels.series_description,
                    stacks=tuple(stacks),
                )
            )
        return tuple(
            Study(
                study_uid=key[0],
                patient=_patient(first_of[key]),
                description=first_of[key].facts.labels.study_description,
                date=first_of[key].facts.labels.date,
                series=tuple(sorted(series, key=_series_order)),
            )
            for key, series in series_of.items()
        )


def _series_uid(headers: Sequence[FrameHeader]) -> str:
    """Return the series' UID; where the files have none, a name made from their own UIDs.

    Marks are kept by it, and a second scan of the same files finds the same series again. Files
    without any UID have no name: nothing says that they are the same the next time.
    """
    stated = headers[0].facts.series_uid
    images = sorted({header.sop_uid for header in headers})
    if stated or not all(images):
        return stated
    return f"unnamed-{hashlib.sha256('/'.join(images).encode()).hexdigest()[:NAME_LETTERS]}"


def _patient(header: FrameHeader) -> Patient:
    return header.facts.patient


def _series_order(series: Series) -> tuple[int, str]:
    number = series.number
    return (int(number) if number.lstrip("-").isdigit() else 1 << 31, series.series_uid)


def _series_stacks(
    uid: str, headers: Sequence[FrameHeader], reader: FrameReader, numbers_taken: int
) -> list[ImageStack]:
    """Build the stacks of a series, scans before scouts, the largest first, numbered from 1."""
    stacks = [
        probe(build_stack(StackKey(uid, 0), ordered, layout), reader)
        for group in split_stacks(headers)
        for ordered in _volumes(group, reader)
        for layout in plan_layouts(ordered)
    ]
    stacks.sort(key=_stack_order)
    return [_numbered(stack, number) for number, stack in enumerate(stacks, numbers_taken + 1)]


def _numbered(stack: ImageStack, number: int) -> ImageStack:
    return replace(stack, key=StackKey(stack.key.series_uid, number))


def _stack_order(stack: ImageStack) -> tuple[bool, bool, int, int]:
    _, rows, columns = stack.geometry.shape_zyx
    return stack.localizer, stack.as_acquired, -len(stack.frames), -rows * columns


def _volumes(group: Sequence[FrameHeader], reader: FrameReader) -> Iterable[OrderedFrames]:
    """Split a group into volumes.

    Acquisition Number tells phases apart, but some scanners also count single rotations with
    it: where all images together make one regular volume, they are one.
    """
    acquisitions = split_acquisitions(group)
    if len(acquisitions) > 1 and not _is_one_volume(group):
        return [v for part in acquisitions for v in order_frames(part, _Digest(reader))]
    return order_frames(group, _Digest(reader))


def _is_one_volume(group: Sequence[FrameHeader]) -> bool:
    if not all(has_geometry(frame) for frame in group):
        return False
    positions = project(group)
    positions.sort()
    steps = positions[1:] - positions[:-1]
    return bool((steps > 0.01).all()) and is_regular(positions)


class _Digest:
    """Fingerprints the pixels of images that share a position."""

    def __init__(self, reader: FrameReader) -> None:
        self._reader = reader

    def __call__(self, header: FrameHeader) -> bytes:
        rescale = f"{header.rescale.slope}/{header.rescale.intercept}".encode()
        try:
            pixels = self._reader.encoded(header.block, header.frame)
        except FrameError:
            pixels = f"{header.block.source.display}#{header.frame}".encode(errors="replace")
        return hashlib.blake2b(pixels + rescale, digest_size=16).digest()
