"""Files, folders, ZIP archives and DICOMDIR media to an index of studies, series and stacks.

A bad file becomes a Problem; it never stops the others.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from viewer.core.errors import Problem
from viewer.core.progress import JobContext
from viewer.core.study import DicomObject, Patient, Series, StackKey, Study, StudyIndex
from viewer.dicom.acquisitions import volumes_of
from viewer.dicom.discover import find_sources, list_archive
from viewer.dicom.elsewhere import SeriesImages
from viewer.dicom.fingerprint import Fingerprint
from viewer.dicom.grouping import group_series, split_stacks
from viewer.dicom.headers import (
    DICOMDIR_CLASS,
    FrameHeader,
    NotDicomError,
    RawHeader,
    UnusableError,
    read_raw_header,
)
from viewer.dicom.image_header import frames_of
from viewer.dicom.isolation import warm_decoders
from viewer.dicom.layout import plan_layouts
from viewer.dicom.objects import object_of
from viewer.dicom.parts import in_series_order, part_names
from viewer.dicom.pixels import FrameReader
from viewer.dicom.probe import probe
from viewer.dicom.same_uid import contested_uids, shared_studies, tell_contested
from viewer.dicom.sources import FileSource, SourceError, SourceReader
from viewer.dicom.stacks import ImageStack, build_stack
from viewer.dicom.unread import Unread, tell_unread, unread_file

HEADER_SHARE = 0.9
"""Part of the progress that reading headers takes."""
NAME_LETTERS = 32
"""Of the hash that names a series without a UID."""
MAX_FRAMES = 500_000
"""Images in one scan; more would be a whole archive, not a study."""


def scan(ctx: JobContext, paths: Sequence[Path], *, pixels_follow: bool = True) -> StudyIndex:
    """Find out what is in files, folders, ZIP archives and DICOMDIR media.

    Parameters
    ----------
    ctx : JobContext
        Gets progress; may cancel.
    paths : sequence of Path
        What to look at.
    pixels_follow : bool
        Images will be loaded: decoders start as soon as a compressed one is met.

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
    return _Scan(ctx, pixels_follow).run(paths)


class _Scan:
    """The lists that grow during one scan."""

    def __init__(self, ctx: JobContext, pixels_follow: bool) -> None:
        self.ctx = ctx
        self.must_warm = pixels_follow
        self.files = 0
        self.skipped: list[Problem] = []
        self.problems: list[Problem] = []
        self.objects: list[DicomObject] = []
        self.headers: list[FrameHeader] = []
        self.unread: list[Unread] = []
        self.without_header = 0

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
        return StudyIndex(
            files=self.files + self.without_header,
            studies=studies,
            skipped=tuple(self.skipped),
            problems=tuple(self.problems),
            objects=tuple(self.objects),
        )

    def _add(self, sources: SourceReader, source: FileSource) -> None:
        raw: RawHeader | None = None
        try:
            raw = read_raw_header(sources, source)
            if raw.media_class == DICOMDIR_CLASS:
                return
            self.files += 1
            if (found := object_of(raw)) is not None:
                self.objects.append(found)
                return
            frames = frames_of(raw)
            sources.admit(source)
        except NotDicomError:
            if source.member or not self._add_archive(sources, source):
                self.skipped.append(Problem(source.display, "is not DICOM"))
        except (UnusableError, SourceError) as error:
            self._reject(source, str(error), raw)
        except MemoryError:
            self._reject(source, "is too large for the memory", raw)
        else:
            if len(self.headers) + len(frames) > MAX_FRAMES:
                reason = f"holds {len(frames)} images: too many for one scan"
                self._reject(source, reason, raw)
            else:
                self.headers.extend(frames)
                if self.must_warm and frames and frames[0].block.compressed:
                    self.must_warm = False
                    warm_decoders()

    def _reject(self, source: FileSource, reason: str, raw: RawHeader | None) -> None:
        problem = Problem(source.display, reason)
        self.problems.append(problem)
        self.unread.append(unread_file(problem, raw))
        self.without_header += raw is None

    def _add_archive(self, sources: SourceReader, source: FileSource) -> bool:
        """Look into a ZIP archive of another name; it counts only if there is DICOM in it.

        Documents and programs are such archives, too: nobody wants their members listed.
        """
        archive = list_archive(self.ctx, Path(source.path))
        if archive is None:
            return False
        files, skipped, problems = self.files, len(self.skipped), len(self.problems)
        unread, without_header = len(self.unread), self.without_header
        self.skipped.extend(archive.skipped)
        self.problems.extend(archive.problems)
        for member in archive.sources:
            self.ctx.check()
            self._add(sources, member)
        if self.files > files:
            return True
        del self.skipped[skipped:], self.problems[problems:], self.unread[unread:]
        self.without_header = without_header
        return False

    def _studies(self, reader: FrameReader) -> tuple[Study, ...]:
        series_of: dict[tuple[str, str, str], list[Series]] = {}
        first_of: dict[tuple[str, str, str], FrameHeader] = {}
        stack_count: dict[str, int] = {}
        fingerprint = Fingerprint(reader)
        contested = contested_uids(self.headers, fingerprint)
        shared = shared_studies(self.headers)
        for headers in group_series(self.headers).values():
            self.ctx.check()
            first = headers[0]
            uid = _series_uid(headers)
            taken = stack_count.get(uid, 0)
            stacks = _series_stacks(uid, headers, reader, fingerprint, taken)
            stack_count[uid] = taken + len(stacks)
            images = SeriesImages(headers, stacks)
            facts = first.facts
            also = shared.get(facts.study_uid, "")
            key = (facts.study_uid, facts.patient.patient_id, facts.patient.name)
            first_of.setdefault(key, first)
            series_of.setdefault(key, []).append(
                Series(
                    series_uid=uid,
                    modality=facts.modality,
                    number=facts.labels.series_number,
                    description=facts.labels.series_description,
                    stacks=tuple(
                        tell_unread(tell_contested(stack, contested, also), self.unread, images)
                        for stack in stacks
                    ),
                )
            )
        return tuple(
            Study(
                study_uid=key[0],
                patient=_patient(first_of[key]),
                description=first_of[key].facts.labels.study_description,
                date=first_of[key].facts.labels.date,
                series=tuple(sorted(series, key=lambda one: one.order)),
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


def _series_stacks(
    uid: str,
    headers: Sequence[FrameHeader],
    reader: FrameReader,
    fingerprint: Fingerprint,
    numbers_taken: int,
) -> list[ImageStack]:
    """Build the stacks of a series, scans before scouts, the largest first, numbered from 1."""
    volumes = in_series_order(
        [volume for group in split_stacks(headers) for volume in volumes_of(group, fingerprint)]
    )
    stacks = [
        probe(build_stack(StackKey(uid, 0), ordered, layout, part=part), reader)
        for ordered, part in zip(volumes, part_names(volumes), strict=True)
        for layout in plan_layouts(ordered)
    ]
    stacks.sort(key=_stack_order)
    return [_numbered(stack, number) for number, stack in enumerate(stacks, numbers_taken + 1)]


def _numbered(stack: ImageStack, number: int) -> ImageStack:
    return replace(stack, key=StackKey(stack.key.series_uid, number))


def _stack_order(stack: ImageStack) -> tuple[bool, bool, int, int]:
    _, rows, columns = stack.geometry.shape_zyx
    return stack.localizer, stack.as_acquired, -len(stack.frames), -rows * columns
