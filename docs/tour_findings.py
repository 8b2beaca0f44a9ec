"""Takes the pictures of findings and follow-up: a study beside a made prior of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydicom import dcmread
from pydicom.uid import generate_uid
from PySide6.QtCore import Qt

from viewer.app import follow_up, mark_edits
from viewer.core.commands import PutShape
from viewer.core.line_marks import diameter_directions
from viewer.core.shapes import (
    AnyShape,
    BidirectionalShape,
    LengthShape,
    PointLps,
    as_point,
)
from viewer.core.study import StackKey
from viewer.ui.walk_hand import Hand
from viewer.ui.workbench import Workbench

_HORIZONTAL = Qt.Orientation.Horizontal
Take = Callable[[str, object], None]
_PRIOR_DATE = "20250612"


def take_findings(
    bench: Workbench, scratch: Path, targets_lps_mm: tuple[PointLps, ...], take: Take
) -> None:
    """Open a prior beside the sample, mark nodules in both, pair them, and take the pictures."""
    hand, session = Hand(), bench.session
    present = session.volume
    if present is None:
        raise ValueError("open the sample first")
    folder = scratch / "prior"
    folder.mkdir()
    series_uid = _write_prior([Path(frame.path) for frame in present.stack.frames], folder)
    bench.deeds.open_paths([str(folder)])
    _settle(bench, hand)
    bench.reading.arranger.set_layout("1x2")
    _settle(bench, hand)
    keys = (present.stack.key, StackKey(series_uid, present.stack.key.stack))
    for place, key in zip(session.layout.viewport_ids, keys, strict=True):
        bench.reading.arranger.put(key, place)
        _settle(bench, hand)
    every = tuple(shape.uid for shape in session.document)
    mark_edits.delete(session, every)
    session.interaction.active = session.layout.viewport_ids[1]
    for number, target in enumerate(targets_lps_mm[:3]):
        size_mm = 7.0 + 2.5 * number
        _put(bench, keys[1], target, size_mm, ("upper lobe", "hilum", "base")[number])
    session.interaction.active = session.layout.viewport_ids[0]
    for number, target in enumerate(targets_lps_mm[:3]):
        size_mm = (9.2, 8.8, 14.1)[number]
        _put(bench, keys[0], target, size_mm, ("upper lobe", "hilum", "base")[number])
    own = tuple(session.document)
    quick = replace(_length(own[0], keys[0]), tracked=False)
    session.undo.run(PutShape(quick))
    follow_up.pair(session, follow_up.suggestions(session, 5.0))
    bench.navigator.set_preset("lung")
    bench.window.show_tab("Measurements")
    bench.window.resizeDocks([bench.window.panels_dock], [620], _HORIZONTAL)
    _settle(bench, hand)
    bench.side.measurements.go_to(own[0].uid)
    _settle(bench, hand)
    take("findings", bench.window)
    bench.window.resizeDocks([bench.window.panels_dock], [330], _HORIZONTAL)
    for _ in range(8 + bool(every)):  # the tour goes on with its own marks
        session.undo.undo()
    bench.reading.arranger.set_layout("mpr")
    bench.navigator.set_preset("default")
    bench.window.show_tab("Analyze")
    _settle(bench, hand)


def _settle(bench: Workbench, hand: Hand) -> None:
    hand.rest(0.6)
    while bench.runner.jobs:
        hand.rest(0.1)
    hand.rest(0.4)


def _write_prior(files: list[Path], folder: Path) -> str:
    """Copy a series as an examination of half a year before, in the same frame of reference."""
    study_uid, series_uid = generate_uid(), generate_uid()
    for number, path in enumerate(files):
        image = dcmread(path)
        image.StudyInstanceUID, image.SeriesInstanceUID = study_uid, series_uid
        image.SOPInstanceUID = generate_uid()
        image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
        image.StudyDate = image.SeriesDate = image.AcquisitionDate = image.ContentDate = _PRIOR_DATE
        image.StudyDescription = "Prior"
        image.save_as(folder / f"{number:04d}.dcm")
    return str(series_uid)


def _put(bench: Workbench, key: StackKey, middle_lps: PointLps, size_mm: float, words: str) -> None:
    """Mark a nodule with its two diameters."""
    session = bench.session
    normal = (0.0, 0.0, 1.0)
    middle = np.asarray(middle_lps)
    half = np.asarray((size_mm / 2, 0.0, 0.0))
    start, end = middle - half, middle + half
    _, across = diameter_directions(start, end, normal)
    ends = (start, end, middle + 0.35 * size_mm * across, middle - 0.35 * size_mm * across)
    shape = BidirectionalShape(
        frame_of_reference_uid=session.stacks[key].volume.geometry.frame_of_reference_uid,
        stack=key,
        normal_lps=normal,
        vertices=tuple(as_point(point) for point in ends),
        label=words,
    )
    session.undo.run_on(PutShape(shape), session.stacks[key].document)


def _length(shape: AnyShape, key: StackKey) -> LengthShape:
    x, y, z = shape.center_lps
    return LengthShape(
        frame_of_reference_uid=shape.frame_of_reference_uid,
        stack=key,
        normal_lps=shape.normal_lps,
        start_lps=(x - 30, y + 20, z),
        end_lps=(x - 8, y + 26, z),
    )
