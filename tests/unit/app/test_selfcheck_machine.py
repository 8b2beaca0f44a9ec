"""Marks, memory and screen fail when they are not as they must be."""

from dataclasses import replace

import pytest

from viewer.app import selfcheck_machine
from viewer.app.selfcheck_findings import Findings
from viewer.app.selfcheck_machine import DisplayFacts
from viewer.core.shapes import EllipseShape
from viewer.store.annotations import Annotations, AnnotationStore

SCREEN = DisplayFacts((1920, 1200), 1.0, 24)


def test_marks_that_move_or_vanish(failed_checks, monkeypatch):
    class Forgetful(AnnotationStore):
        def load(self, series_uid):
            length, region = super().load(series_uid).shapes
            assert isinstance(region, EllipseShape)
            x, y, z = region.center
            return Annotations((length, replace(region, center=(x + 4, y + 4, z + 4))))

    monkeypatch.setattr(selfcheck_machine, "AnnotationStore", Forgetful)
    assert failed_checks("mark") == {"mark.voxels", "mark.mean"}
    monkeypatch.setattr(Forgetful, "load", lambda self, uid: Annotations())
    assert failed_checks("mark") == {"mark.count", "mark.voxels", "mark.mean"}


@pytest.mark.parametrize(("free", "passed"), [(100 << 20, False), (8 << 30, True), (None, True)])
def test_memory(failed_checks, monkeypatch, free, passed):
    monkeypatch.setattr(selfcheck_machine, "available_bytes", lambda: free)
    assert (failed_checks("memory") == set()) is passed


def test_a_poor_screen():
    found = Findings("Display", "display")
    selfcheck_machine.check_display(replace(SCREEN, depth=16), found)
    assert [check.passed for check in found.checks] == [False]
