"""How many processors this program may use."""

import contextlib
import os
from pathlib import Path


def usable_processors() -> int:
    """Count the processors this process may use, a container's limit included."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with contextlib.suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        if quota != "max":
            count = min(count or 1, max(1, round(int(quota) / int(period))))
    return count or 1
