"""Tests of viewer.dicom.grouping: which orientations are one, and at what cost."""

import time
from dataclasses import replace

import numpy as np
import pytest

from tests.support.dicom_writer import analytic_hu, write_series
from viewer.core.geometry import ORIENTATION_TOLERANCE
from viewer.dicom.grouping import differences, split_stacks
from viewer.dicom.headers import FrameHeader, read_raw_header
from viewer.dicom.image_header import frames_of
from viewer.dicom.sources import FileSource, SourceReader


@pytest.fixture
def header(tmp_path) -> FrameHeader:
    write_series(tmp_path, analytic_hu((1, 36, 40)))
    path = tmp_path / "001"
    with SourceReader() as sources:
        return frames_of(read_raw_header(sources, FileSource(str(path), "", path.stat().st_size)))[
            0
        ]


def grouped(header, orientations):
    """Split images of these orientations; each is known by its frame number."""
    headers = [
        replace(header, orientation=tuple(map(float, one)), frame=number)
        for number, one in enumerate(orientations)
    ]
    return [[one.frame for one in group] for group in split_stacks(headers)]


def searched(orientations):
    """The rule by its letter: the first known orientation within the tolerance."""
    known: list[np.ndarray] = []
    groups: list[list[int]] = []
    for number, own in enumerate(orientations):
        for place, other in enumerate(known):
            if np.abs(np.subtract(own, other)).max() <= ORIENTATION_TOLERANCE:
                groups[place].append(number)
                break
        else:
            known.append(own)
            groups.append([number])
    return groups


@pytest.mark.parametrize("spread", [5e-5, 1.5e-4, 6e-4, 0.3])
def test_orientations_are_told_apart_as_by_a_search(header, spread):
    random = np.random.default_rng(5)
    base = np.array([1.0, 0.0, 0.0, 0.0, 0.6002, 0.7998])
    orientations = base + random.uniform(-spread, spread, (400, 6))
    assert grouped(header, orientations) == searched(orientations)


def test_many_orientations_take_no_time(header):
    angles = np.linspace(0, 2 * np.pi, 15_000, endpoint=False)
    zeros = np.zeros_like(angles)
    cosines = np.stack(
        [np.cos(angles), np.sin(angles), zeros, -np.sin(angles), np.cos(angles), zeros], axis=1
    )
    start = time.monotonic()
    assert len(grouped(header, cosines)) == 15_000
    assert time.monotonic() - start < 5


def test_differences_are_named(header):
    other = replace(
        header,
        position_lps_mm=None,
        spacing_yx_mm=(0.9, 1.1),
        rescale=replace(header.rescale, unit="US"),
        split=replace(header.split, acquisition="7", echo="4.5"),
    )
    assert differences(header, header) == []
    assert differences(header, other) == ["pixel size", "place", "rescale", "echo"]
