"""Takes the pictures of findings and follow-up: a study beside a made prior of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, Qt
from tour_layers import write_prior

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

_SIZE, _ZOOM = QSize(1720, 760), 3.0
_HORIZONTAL = Qt.Orientation.Horizontal
Take = Callable[[str, object], None]
_PRIOR_DATE = "20250612"
_NODULES = (("left base", 16.4, 9.0), ("right base", 11.8, 12.1), ("right apex", 8.9, 8.7))
"""The nodules of the sample: words, diameter in mm now and before."""


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
    series_uid = write_prior(present, folder, _PRIOR_DATE)
    bench.deeds.open_paths([str(folder)])
    _settle(bench, hand)
    bench.reading.arranger.set_layout("1x2")
    _settle(bench, hand)
    keys = (present.stack.key, StackKey(series_uid, present.stack.key.stack))
    for place, key in zip(session.layout.viewport_ids, keys, strict=True):
        bench.reading.arranger.put(key, place)
        _settle(bench, hand)
    session.interaction.active = session.layout.viewport_ids[0]
    every = tuple(shape.uid for shape in session.document)
    mark_edits.delete(session, every)
    session.interaction.active = session.layout.viewport_ids[1]
    for target, (words, _, before_mm) in zip(targets_lps_mm, _NODULES, strict=True):
        _put(bench, keys[1], target, before_mm, words)
    session.interaction.active = session.layout.viewport_ids[0]
    for target, (words, now_mm, _) in zip(targets_lps_mm, _NODULES, strict=True):
        _put(bench, keys[0], target, now_mm, words)
    own = tuple(session.document)
    quick = replace(_length(own[0], keys[0]), tracked=False)
    session.undo.run(PutShape(quick))
    follow_up.pair(session, follow_up.suggestions(session, 5.0))
    bench.navigator.set_preset("lung")
    bench.window.show_tab("Measurements")
    before = bench.window.size()
    bench.window.resize(_SIZE)
    bench.window.resizeDocks([bench.window.panels_dock], [660], _HORIZONTAL)
    for place in session.layout.viewport_ids:
        session.viewports[place].zoom = _ZOOM
    _settle(bench, hand)
    bench.side.measurements.go_to(own[0].uid)
    _settle(bench, hand)
    take("findings", bench.window)
    bench.window.resize(before)
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


def _put(bench: Workbench, key: StackKey, middle_lps: PointLps, size_mm: float, words: str) -> None:
    """Mark a nodule with its two diameters."""
    session = bench.session
    normal = (0.0, 0.0, 1.0)
    middle = np.asarray(middle_lps)
    half = np.asarray((size_mm / 2, 0.0, 0.0))
    start, end = middle - half, middle + half
    _, across = diameter_directions(start, end, normal)
    ends = (start, end, middle + 0.45 * size_mm * across, middle - 0.45 * size_mm * across)
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
