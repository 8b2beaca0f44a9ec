"""Opens folders with damaged files in a process of its own, where a crash or a hang does no harm.

Everything is done that the program does with a folder: scan, load each stack, describe it as
JSON, list the elements of the files. What comes back are the findings; none is the right answer.
"""

import json
import math
import multiprocessing
import os
import re
import resource
import time
import traceback
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np

TIME_LIMIT_S = 10.0
"""Of processor time, with all decoders' processes: it does not depend on who else is busy."""
LONGEST_WAIT_S = 60.0
"""Who waits for ever takes no processor time."""
LOOK_INTERVAL_S = 0.5
MEMORY_LIMIT = 1536 << 20
"""Allowed beyond what the opened volume itself needs."""
ADDRESS_LIMIT = 12 << 30
"""No worker may take the machine down with it."""
START_LIMIT_S = 60.0
EXCEPTION_NAME = re.compile(r"\b[A-Z][A-Za-z]+(Error|Exception|Warning)\b|Traceback")


@dataclass(frozen=True)
class Outcome:
    """What opening a folder gave.

    Attributes
    ----------
    kinds : what became of each file that is not a good neighbour ("stack", "object", "problem",
        "skipped"), by file name.
    reasons : the texts of problems and skipped files, by file name.
    caveats : codes of the caveats of stacks, by file name.
    findings : what must not be.
    """

    kinds: Mapping[str, tuple[str, ...]]
    reasons: Mapping[str, tuple[str, ...]]
    caveats: Mapping[str, frozenset[str]]
    findings: tuple[str, ...]
    seconds: float = 0.0
    peak_bytes: int = 0


class HostileWorker:
    """A process that opens folders; started again after a crash or a hang."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def open(self, paths: Sequence[Path], good: Mapping[str, np.ndarray]) -> Outcome:
        """Open files and folders; `good` are the values of the neighbours, by file name."""
        connection = self._connection or self._start()
        connection.send((tuple(paths), dict(good)))
        began, before = time.monotonic(), self._cpu_s()
        try:
            while not connection.poll(LOOK_INTERVAL_S):
                waited_s, taken_s = time.monotonic() - began, self._cpu_s() - before
                if waited_s > LONGEST_WAIT_S or taken_s > TIME_LIMIT_S:
                    break
            else:
                outcome: Outcome = connection.recv()
                return outcome
            finding = f"still busy after {waited_s:.0f} s, {taken_s:.0f} s of processor time"
        except EOFError:
            finding = f"the process died with exit code {self._exit_code()}"
        self.close()
        return Outcome({}, {}, {}, (finding,), time.monotonic() - began)

    def _cpu_s(self) -> float:
        """Return the processor time of the worker and its children, also of those that ended."""
        assert self._process is not None
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            if self._process.pid in (int(path.parent.name), int(fields[1])):
                ticks += sum(map(int, fields[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def _exit_code(self) -> int | None:
        if self._process is None:
            return None
        self._process.join()
        return self._process.exitcode

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._connection = None

    def _start(self) -> Connection:
        spawn = multiprocessing.get_context("spawn")
        own, other = spawn.Pipe()
        process = spawn.Process(target=serve, args=(other,), name="hostile")
        process.start()
        other.close()
        self._process, self._connection = process, own
        assert own.poll(START_LIMIT_S), "the worker does not start"
        assert own.recv() == "ready"
        return own


def serve(connection: Connection) -> None:
    """The worker's main function."""
    from viewer.dicom import loader, scan  # noqa: F401 - imports do not count as opening

    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_LIMIT, ADDRESS_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    connection.send("ready")
    while True:
        try:
            paths, good = connection.recv()
        except EOFError:
            return
        connection.send(_open(paths, good))


def _open(paths: Sequence[Path], good: Mapping[str, np.ndarray]) -> Outcome:
    began = time.perf_counter()
    _reset_peak()
    before = _peak_bytes()
    visit = _Visit(good)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            visit.run(paths)
        except BaseException:  # noqa: BLE001 - whatever comes out is what we look for
            visit.findings.append("came out: " + traceback.format_exc(limit=-6))
    visit.findings.extend(f"warned: {one.message} in {one.filename}" for one in warned)
    peak = _peak_bytes() - before + _children_bytes()
    if peak > MEMORY_LIMIT + visit.largest:
        visit.findings.append(f"took {peak >> 20} MB for a volume of {visit.largest >> 20} MB")
    seconds = time.perf_counter() - began
    return Outcome(visit.kinds, visit.reasons, visit.caveats, tuple(visit.findings), seconds, peak)


class _Visit:
    def __init__(self, good: Mapping[str, np.ndarray]) -> None:
        self.good = good
        self.kinds: dict[str, tuple[str, ...]] = {}
        self.reasons: dict[str, tuple[str, ...]] = {}
        self.caveats: dict[str, frozenset[str]] = {}
        self.findings: list[str] = []
        self.largest = 0
        self.unharmed: set[str] = set()

    def run(self, paths: Sequence[Path]) -> None:
        from viewer.app.describe import describe_index
        from viewer.core.progress import SilentContext
        from viewer.dicom.scan import scan

        index = scan(SilentContext(), paths)
        for kind, found in (
            ("object", index.objects),
            ("problem", index.problems),
            ("skipped", index.skipped),
        ):
            for one in found:
                self._note(one.path, kind)
        for path in {frame.path for stack in index.stacks() for frame in stack.frames}:
            self._note(path, "stack")
        text = json.dumps(describe_index(index, self._load), allow_nan=False, ensure_ascii=False)
        told = json.loads(text.encode("utf-8"))
        for problem in (*told["problems"], *told["skipped"]):
            name = Path(problem["path"]).name
            self.reasons[name] = (*self.reasons.get(name, ()), problem["reason"])
            self._line(problem["reason"])
        lost = set(self.good) - self.unharmed
        if lost:
            self.findings.append(f"good neighbours were harmed: {sorted(lost)}")
        self._list_elements(paths)

    def _doubt(self, stack, caveats) -> None:
        codes = {caveat.code.value for caveat in caveats}
        for name in {Path(frame.path).name for frame in stack.frames}:
            self.caveats[name] = self.caveats.get(name, frozenset()) | codes

    def _list_elements(self, paths: Sequence[Path]) -> None:
        from viewer.core.errors import ViewerError
        from viewer.dicom.element_tree import read_elements

        files = [f for p in paths for f in (sorted(p.rglob("*")) if p.is_dir() else [p])]
        for path in files:
            if path.name in self.good:
                continue
            try:
                read_elements(str(path))
            except ViewerError as error:
                self._line(error.one_line())

    def _note(self, path: str, kind: str) -> None:
        name = Path(path).name
        if name not in self.good:
            self.kinds[name] = (*self.kinds.get(name, ()), kind)
        elif kind != "stack":
            self.findings.append(f"the good neighbour {name} became a {kind}")

    def _line(self, text: str) -> None:
        if "\n" in text or not text or EXCEPTION_NAME.search(text):
            self.findings.append(f"not one plain line: {text!r}")
        if "memory" in text:
            self.findings.append(f"met the memory's end: {text}")

    def _load(self, stack):
        from viewer.core.progress import SilentContext
        from viewer.dicom.loader import load

        self._doubt(stack, stack.caveats)
        volume = load(SilentContext(), stack)
        self._doubt(stack, volume.caveats)
        self.largest = max(self.largest, volume.data.nbytes)
        if volume.data.shape[:3] != volume.geometry.shape_zyx:
            self.findings.append(f"{volume.data.shape} is not {volume.geometry.shape_zyx}")
        if not all(math.isfinite(v) for v in volume.geometry.affine.ravel()):
            self.findings.append("the geometry is not finite")
        for z, index in enumerate(stack.frame_of_slice):
            name = Path(stack.frames[index].path).name if index is not None else ""
            if name in self.good and np.array_equal(volume.data[z], self.good[name]):
                self.unharmed.add(name)
        return volume


def _reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak_bytes(process: str = "self") -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) << 10 if found else 0


def _children_bytes() -> int:
    return sum(_peak_bytes(str(child.pid)) for child in multiprocessing.active_children())
