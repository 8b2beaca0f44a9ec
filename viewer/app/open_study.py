"""Use case: find out what lies in files and folders, and show the most useful series."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from viewer.app.describe import plain_path
from viewer.core.errors import Problem, ViewerError
from viewer.core.progress import JobContext
from viewer.core.session import Session
from viewer.core.study import DicomObject, Stack, StudyIndex
from viewer.dicom.scan import scan
from viewer.i18n import tr
from viewer.jobs.runner import JobRunner
from viewer.store.index_cache import IndexCache, Listing, take_listing

SCAN_KEY = "open.scan"
KEEP_KEY = "open.keep"
REMEMBER_FROM_S = 0.05
"""Folders that are read faster need no memory, and nothing of them is kept."""
MAX_KINDS = 4
"""Kinds of objects that one line names."""
_PREDICATES = frozenset({"is", "has", "holds", "claims", "stores", "stands"})
"""First words of reasons that go on from the name of the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a scan found, and all that is needed to remember it.

    Attributes
    ----------
    listing : Listing or None
        Of the files before the scan; None where there is nothing to remember.
    """

    index: StudyIndex
    paths: tuple[Path, ...]
    listing: Listing | None = None


class StudyOpener:
    """Scans in the background and adds what was found to the session's index.

    Parameters
    ----------
    session : Session
        Gets the index.
    runner : JobRunner
        Does the reading.
    open_stack : callable
        Shows a stack; called with the one a reader most likely wants.
    tell : callable
        Told in one line what was left out ("3 of 812 files skipped").
    trouble : callable
        Told when nothing could be opened; what was open then stays.
    memory : callable
        Returns where folders are remembered, None where they shall not be.
    begin : callable
        Called when a scan begins: what was told of the former one is no longer so.
    """

    def __init__(
        self,
        session: Session,
        runner: JobRunner,
        open_stack: Callable[[Stack], None],
        tell: Callable[[str], None],
        trouble: Callable[[ViewerError], None],
        begin: Callable[[], None] = lambda: None,
        memory: Callable[[], IndexCache | None] = lambda: None,
    ) -> None:
        self._session = session
        self._runner = runner
        self._begin = begin
        self._open_stack = open_stack
        self._tell = tell
        self._trouble = trouble
        self._memory = memory

    def open(self, paths: Sequence[Path]) -> None:
        """Scan files, folders, archives or a DICOMDIR; a former scan is superseded."""
        self._begin()
        self._runner.submit(
            SCAN_KEY,
            scan_or_recall,
            list(paths),
            self._memory(),
            title=tr("Looking for images"),
            on_done=self._show,
            on_failed=self._fail,
        )

    def _show(self, found: Found) -> None:
        index, former = found.index, self._session.index
        stack = main_stack(index)
        if stack is None:
            if former is None or index.objects:
                # So that the lists tell about every file.
                self._session.set_index(former.with_scan(index) if former else index)
            self._trouble(nothing_opened(index))
            return
        self._open_stack(stack)  # first: the thumbnails, which the index asks for, come behind it
        self._session.set_index(former.with_scan(index) if former else index)
        if is_worth_telling(index):
            self._tell(left_out_text(index))
        memory = self._memory()
        if found.listing is not None and memory is not None:
            self._runner.submit(KEEP_KEY, memory.keep, found.paths, found.listing, index)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, ViewerError):
            self._trouble(error)
        else:
            self._trouble(ViewerError("The study cannot be opened", type(error).__name__))


def scan_or_recall(ctx: JobContext, paths: Sequence[Path], memory: IndexCache | None) -> Found:
    """Return what lies in files and folders, from memory where nothing has changed since.

    Raises
    ------
    ViewerError
        A path does not exist.
    CancelledError
        The job was cancelled.
    """
    given = tuple(paths)
    if memory is None:
        return Found(scan(ctx, given), given)
    known = memory.find(ctx, given)
    if known is not None:
        return Found(known, given)
    listing = take_listing(ctx, given)
    started = time.perf_counter()
    index = scan(ctx, given)
    pays = index.studies and time.perf_counter() - started >= REMEMBER_FROM_S
    return Found(index, given, listing if pays else None)


def scan_or_fail(ctx: JobContext, paths: Sequence[Path]) -> StudyIndex:
    """Scan for the command line.

    Raises
    ------
    ViewerError
        A path does not exist, or nothing in them can be opened.
    """
    index = scan(ctx, list(paths))
    if not index.stacks():
        raise nothing_opened(index)
    return index


def main_stack(index: StudyIndex) -> Stack | None:
    """Return the stack to open by itself, None of an empty index.

    The one with the most slices, among equals the first; a localiser only where there is nothing
    else, however long it is.
    """
    stacks = index.stacks()
    if not stacks:
        return None
    return max(stacks, key=lambda stack: ("LOCALIZER" not in stack.image_type, len(stack.frames)))


def left_out_text(index: StudyIndex) -> str:
    """Say how many files could not be used, "" for none."""
    skipped, broken = len(index.skipped), len(index.problems)
    total = max(index.files, broken) + skipped  # a medium may name files that it lacks
    if broken:
        if not skipped:
            return tr("{broken} of {total} files could not be used", broken=broken, total=total)
        parts = tr(
            "{broken} could not be used, {skipped} not DICOM images", broken=broken, skipped=skipped
        )
        return tr(
            "{skipped} of {total} files skipped: {parts}",
            skipped=skipped + broken,
            total=total,
            parts=parts,
        )
    return (
        tr("{skipped} of {total} files skipped: not DICOM images", skipped=skipped, total=total)
        if skipped
        else ""
    )


def is_worth_telling(index: StudyIndex) -> bool:
    """Tell whether what was left out deserves a message.

    Files that are no images (a licence, a note) lie in many folders: the line under the tree is
    enough for them.
    """
    return bool(index.problems)


def nothing_opened(index: StudyIndex) -> ViewerError:
    """Say why an index holds no images."""
    if index.objects and not index.problems:
        names = tuple(name for found in index.objects for name in file_names(found))
        return ViewerError("There is nothing to show", _objects_text(index.objects), names=names)
    for found in (index.problems, index.skipped):
        if len(found) == 1:
            why, names = problem_text(found[0]), file_names(found[0])
            return ViewerError("There is nothing to show", why, names=names)
    if index.problems:
        return ViewerError(
            "There is nothing to show",
            f"none of {len(index.problems)} DICOM files can be used, the first because: "
            f"{problem_text(index.problems[0])}",
            names=file_names(index.problems[0]),
        )
    if index.skipped:
        return ViewerError(
            "There is nothing to show", f"none of {len(index.skipped)} files is a DICOM image"
        )
    return ViewerError("There is nothing to show", "no files were found there")


def object_text(found: DicomObject) -> str:
    """Return an object as one sentence that names the file: "dose.dcm is a waveform (ECG)"."""
    return tr("{name} is {what}", name=Path(plain_path(found.path)).name, what=found.what)


def _objects_text(objects: Sequence[DicomObject]) -> str:
    if len(objects) == 1:
        return object_text(objects[0])
    kinds = Counter(found.what for found in objects)
    named = [
        what if n == 1 else tr("{what} ({n} times)", what=what, n=n)
        for what, n in kinds.most_common()
    ]
    more = (
        tr(" and {count} other kinds", count=len(named) - MAX_KINDS)
        if len(named) > MAX_KINDS
        else ""
    )
    text = ", ".join(named[:MAX_KINDS]) + more
    return tr(
        "none of {count} DICOM files holds an image: there is {text}", count=len(objects), text=text
    )


def file_names(found: Problem | DicomObject) -> tuple[str, ...]:
    """Return the names by which texts call a file."""
    path = plain_path(found.path)
    return path, Path(path).name


def problem_text(problem: Problem) -> str:
    """Return a problem as one sentence that names the file: "README.md is not DICOM"."""
    name = Path(plain_path(problem.path)).name
    goes_on = problem.reason.partition(" ")[0] in _PREDICATES
    return f"{name}{' ' if goes_on else ': '}{problem.reason}"
