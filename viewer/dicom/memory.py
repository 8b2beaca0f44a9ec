"""How much memory is free, so that a volume that cannot fit is refused before it is made."""

import os
import platform
from pathlib import Path

from viewer.core.errors import ViewerError

RESERVE_BYTES = 200 << 20
"""Left to the rest of the program and the system."""


class NotEnoughMemoryError(ViewerError):
    """The volume needs more memory than is free."""


def require_memory(needed_bytes: int) -> None:
    """Refuse what does not fit.

    Raises
    ------
    NotEnoughMemoryError
        With both figures.
    """
    free = available_bytes()
    if free is not None and needed_bytes + RESERVE_BYTES > free:
        raise NotEnoughMemoryError(
            "The series cannot be opened",
            f"it needs {needed_bytes / 2**30:.1f} GB of memory, "
            f"{max(free - RESERVE_BYTES, 0) / 2**30:.1f} GB are free",
            "Close other programs or series, or open it on a larger machine",
        )


def available_bytes() -> int | None:
    """Return the memory that can still be used, or None where the system does not say."""
    system = platform.system()
    if system == "Linux":
        return _linux_bytes()
    if system == "Windows":
        return _windows_bytes()
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None


def _linux_bytes() -> int | None:
    amounts = [_meminfo_bytes(), _cgroup_bytes()]
    known = [amount for amount in amounts if amount is not None]
    return min(known) if known else None


def _meminfo_bytes() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return None
    return None


def _cgroup_bytes() -> int | None:
    """Return what a container may still use (cgroup v2; caches do not count as used)."""
    folder = Path("/sys/fs/cgroup")
    try:
        limit = int((folder / "memory.max").read_text(encoding="ascii"))
        used = int((folder / "memory.current").read_text(encoding="ascii"))
        stat = (folder / "memory.stat").read_text(encoding="ascii").split()
        cache = int(stat[stat.index("inactive_file") + 1])
    except (OSError, ValueError, IndexError):
        return None
    return max(limit - used + cache, 0)


def _windows_bytes() -> int | None:
    import ctypes

    class MemoryStatus(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("available", ctypes.c_ulonglong),
            ("total_page", ctypes.c_ulonglong),
            ("available_page", ctypes.c_ulonglong),
            ("total_virtual", ctypes.c_ulonglong),
            ("available_virtual", ctypes.c_ulonglong),
            ("extended", ctypes.c_ulonglong),
        )

    status = MemoryStatus()
    status.length = ctypes.sizeof(status)
    library = getattr(ctypes, "windll").kernel32  # noqa: B009 - absent on other systems
    if not library.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.available)
