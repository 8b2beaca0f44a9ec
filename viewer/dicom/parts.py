"""What tells the volumes of one series apart, in words: "time point 3", "echo 4.5 ms"."""

from collections.abc import Callable, Sequence

import numpy as np

from viewer.core.geometry import direction_letters
from viewer.dicom.headers import FrameHeader
from viewer.dicom.ordering import OrderedFrames, has_geometry, normal_of

_PLANES = {"S": "axial", "I": "axial", "A": "coronal", "P": "coronal"}
OBLIQUE_COSINE = 0.9
"""A normal further than this from a patient axis is called oblique."""

_SHARED: tuple[Callable[[FrameHeader], str], ...] = (
    lambda frame: frame.facts.labels.view,
    lambda frame: frame.split.image_type.lower(),
    lambda frame: _plane(frame),
    lambda frame: f"{frame.block.format.columns} x {frame.block.format.rows}",
    lambda frame: _named("stack", frame.split.stack_id),
    lambda frame: _named("time point", frame.split.time_point),
    lambda frame: _named("echo", frame.split.echo, "ms"),
    lambda frame: _named("b", frame.split.b_value, "s/mm²"),
    lambda frame: _named("kernel", frame.split.kernel),
)
"""Each names one difference between stacks (`grouping.split_stacks`); empty: nothing to say."""


def in_series_order(volumes: Sequence[OrderedFrames]) -> list[OrderedFrames]:
    """Sort volumes by what tells them apart: first echo before second, early before late."""
    return sorted(volumes, key=_series_place)


def _series_place(volume: OrderedFrames) -> tuple[tuple[float, str], ...]:
    first = volume.frames[0]
    split = first.split
    own = (split.stack_id, split.acquisition, split.time_point, split.echo, split.b_value)
    return (*(_sortable(value) for value in own), (volume.repeat, ""), (0.0, first.time))


def _sortable(value: str) -> tuple[float, str]:
    """Numbers by value, what is none behind them by its text."""
    try:
        return float(value or 0), ""
    except ValueError:
        return float("inf"), value


def part_names(volumes: Sequence[OrderedFrames]) -> list[str]:
    """Name each volume of a series by what not all of them share.

    Parameters
    ----------
    volumes : sequence of OrderedFrames
        All volumes of the series.

    Returns
    -------
    list of str
        One for each; empty where the series is one volume.
    """
    firsts = [volume.frames[0] for volume in volumes]
    told: list[list[str]] = [[] for _ in volumes]
    facets = [[facet(first) for first in firsts] for facet in _SHARED]
    for words in (*facets, [_acquisitions(volume) for volume in volumes]):
        if len(set(words)) > 1:
            for names, word in zip(told, words, strict=True):
                names.append(word)
    groups: dict[tuple[str, ...], list[int]] = {}
    for index, names in enumerate(told):
        groups.setdefault(tuple(names), []).append(index)
    for same in groups.values():
        if len(same) > 1:
            for index, word in zip(same, _moments([volumes[i] for i in same]), strict=True):
                told[index].append(word)
    return [", ".join(filter(None, names)) for names in told]


def _acquisitions(volume: OrderedFrames) -> str:
    """Name the acquisitions of a volume; rotations that are one volume by first and last."""
    numbers = sorted({frame.split.acquisition for frame in volume.frames}, key=_sortable)
    if len(numbers) == 1:
        return _named("acquisition", numbers[0])
    return f"acquisitions {numbers[0] or 'none'} to {numbers[-1]}"


def _moments(volumes: Sequence[OrderedFrames]) -> list[str]:
    """Tell volumes at the same place apart: by cardiac phase or time where that differs."""
    for moment in (_phase, _time):
        words = [moment(volume) for volume in volumes]
        if all(words) and len(set(words)) == len(words):
            return words
    by_size = sorted(range(len(volumes)), key=lambda i: -len(volumes[i].frames))
    return [f"{by_size.index(i) + 1} of {len(volumes)}" for i in range(len(volumes))]


def _phase(volume: OrderedFrames) -> str:
    phases = {frame.phase for frame in volume.frames}
    return phases.pop() if len(phases) == 1 else ""


def _time(volume: OrderedFrames) -> str:
    """Return the clock time at which the volume begins, without date and fractions."""
    digits = min(frame.time for frame in volume.frames).partition(".")[0].replace(":", "")
    clock = digits[8:14] if len(digits) > len("HHMMSS") else digits
    if len(clock) != len("HHMMSS") or not clock.isdecimal():
        return ""
    return f"{clock[:2]}:{clock[2:4]}:{clock[4:]}"


def _named(noun: str, value: str, unit: str = "") -> str:
    return f"{noun} {value} {unit}".rstrip() if value else ""


def _plane(frame: FrameHeader) -> str:
    if not has_geometry(frame):
        return ""
    normal = normal_of(frame)
    if float(np.abs(normal).max()) < OBLIQUE_COSINE:
        return "oblique"
    return _PLANES.get(direction_letters(normal)[:1], "sagittal")
