"""Loads a folder in a fresh process and prints what it took, as JSON.

    python -m tests.bench.load_once FOLDER [--cpus N] [--repeat N]

A process of its own knows its peak memory, starts without warm decoders, and can be kept to some
of the processors. Nothing heavy is imported at the top: the decoders' processes import this file.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PROJECT_ROOT = Path(__file__).parents[2]


def load_once(folder: Path, *options: str) -> dict[str, Any]:
    """Have a fresh process load a folder, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load_once", str(folder), *options],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def memory_bytes(line: str) -> int:
    """Read "VmRSS" or "VmHWM" of this process (Linux)."""
    for text in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if text.startswith(line):
            return int(text.split()[1]) * 1024
    return 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cpus", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=0)
    options = parser.parse_args()
    if options.cpus:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cpus])
    from viewer.core.progress import SilentContext
    from viewer.dicom.loader import SlicesLoaded, load
    from viewer.dicom.scan import scan

    shown: list[float] = []

    class Context(SilentContext):
        """Notes when the first slice was handed over."""

        def partial(self, value: object) -> None:
            if isinstance(value, SlicesLoaded):
                shown.append(time.perf_counter())

    before = memory_bytes("VmRSS")
    start = time.perf_counter()
    stack = scan(SilentContext(), [options.folder]).stacks()[0]
    scanned = time.perf_counter()
    volume = load(Context(), stack)
    loaded = time.perf_counter()
    again = []
    result = {
        "slices": len(volume.data),
        "scan_s": scanned - start,
        "first_slice_s": shown[0] - start,
        "all_s": loaded - start,
        "volume_bytes": volume.data.nbytes,
        "peak_bytes": memory_bytes("VmHWM"),
        "before_bytes": before,
    }
    del volume
    for _ in range(options.repeat):
        start = time.perf_counter()
        load(SilentContext(), stack)
        again.append(time.perf_counter() - start)
    print(json.dumps({**result, "again_s": again}))


if __name__ == "__main__":
    main()
