"""Order, gaps and tilt fail when a series is put together wrongly."""

from dataclasses import replace

import numpy as np

from viewer.app import selfcheck_series
from viewer.app.selfcheck_lab import bead_in_volume
from viewer.core.caveats import Caveat, CaveatCode


def test_slices_out_of_order(failed_checks, spoil_volumes):
    def exchanged(volume):
        order = list(range(len(volume.data)))
        order[20], order[21] = order[21], order[20]
        return replace(volume, data=volume.data[order])

    spoil_volumes(exchanged)
    assert failed_checks("series") == {"series.order"}


def test_a_doubt_without_reason(failed_checks, spoil_volumes):
    caveat = Caveat(CaveatCode.LOSSY, "lossy")
    spoil_volumes(lambda volume: replace(volume, caveats=(*volume.caveats, caveat)))
    assert failed_checks("series") == {"series.caveats"}


def test_a_moved_origin(failed_checks, spoil_volumes):
    def moved(volume):
        geometry = volume.geometry
        return replace(
            volume, geometry=replace(geometry, origin_lps_mm=geometry.origin_lps_mm + 0.01)
        )

    spoil_volumes(moved)
    assert failed_checks("series") == {"series.origin"}


def test_a_missing_slice_untold(failed_checks, spoil_volumes):
    spoil_volumes(lambda volume: replace(volume, caveats=(), placeholders=()))
    assert failed_checks("gap") == {"gap.told", "gap.placeholder"}


def test_a_stretched_volume_over_a_gap(failed_checks, spoil_volumes):
    def closed_up(volume):
        z, y, x = volume.geometry.spacing_zyx_mm
        data = np.delete(volume.data, list(volume.placeholders), axis=0)
        geometry = replace(volume.geometry, shape_zyx=data.shape, spacing_zyx_mm=(z * 1.02, y, x))
        return replace(volume, data=data, geometry=geometry)

    spoil_volumes(closed_up)
    assert "gap.length" in failed_checks("gap")


def test_a_tilt_untold(failed_checks, spoil_volumes):
    spoil_volumes(lambda volume: replace(volume, caveats=()))
    assert failed_checks("tilt") == {"tilt.angle"}


def test_a_tilt_mended_the_wrong_way(failed_checks, spoil_volumes):
    def leaning(volume):
        rolled = [np.roll(one, round(z * 0.1), 0) for z, one in enumerate(volume.data)]
        return replace(volume, data=np.stack(rolled))

    spoil_volumes(leaning)
    assert "tilt.beads" in failed_checks("tilt")


def test_a_tilted_length(failed_checks, monkeypatch):
    monkeypatch.setattr(
        selfcheck_series, "bead_in_volume", lambda v, bead: 1.05 * bead_in_volume(v, bead)
    )
    assert failed_checks("tilt", "gap") == {"tilt.beads", "tilt.length", "gap.length"}
