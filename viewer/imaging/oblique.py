"""Planes that cut through the voxels at any angle, thin or thick, by trilinear interpolation."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.plane import PlaneGeometry
from viewer.core.slab import Slab, SlabMode
from viewer.core.volume import MaskArray, Volume, VoxelArray
from viewer.imaging.nearest import Nearest
from viewer.imaging.reslice import PlaneSlice, enlarged
from viewer.imaging.slab import slab_step_along
from viewer.imaging.trilinear import TILE_SAMPLES, FloatImage, Samples, Trilinear

_EDGE = 1e-6  # of a pixel: what rounding may cost at the outer faces


class Reader(Protocol):
    """Reads a volume at fractional voxel indices."""

    def read(self, positions: Sequence[FloatImage]) -> Samples:
        """Return the values at positions, shape (n,) each, along z, y and x."""


def oblique_slice(
    volume: Volume,
    plane: PlaneGeometry,
    slab: Slab,
    coarse: int = 1,
    check: Callable[[], None] = lambda: None,
) -> PlaneSlice:
    """Sample a volume on any plane, in true millimetres.

    Values between voxels are interpolated linearly (in a slab: on planes `slab_step_mm` apart,
    which are then projected). Pixels outside the volume are invalid, and so are those to which a
    voxel without a measurement would contribute: no value is a mixture with padding.

    Parameters
    ----------
    volume : Volume
        Grey or colour; colour has no slabs.
    plane : PlaneGeometry
        Pixel grid; its place among the voxels may be any.
    slab : Slab
        Mode, and thickness across the plane.
    coarse : int
        Only every so many pixels are sampled, down and across, and shown so many times as large,
        and only every so many planes of a slab: for the eye while a plane moves.
    check : callable
        Called every millisecond or so; may raise to end the work.

    Returns
    -------
    PlaneSlice
        int16 stays int16 (rounded), float32 and colour likewise keep their type.
    """
    depth = 1 if volume.is_colour else slab_planes(volume.geometry, plane, slab)
    sampled = plane if coarse == 1 else _coarser(plane, coarse)
    rows = _Rows(
        volume, sampled, slab, -(-depth // coarse), slab_step_mm(volume.geometry, plane) * coarse
    )
    shape = (*sampled.shape_vu, 3) if volume.is_colour else sampled.shape_vu
    image, invalid = np.zeros(shape, np.float32), np.ones(sampled.shape_vu, bool)
    height = max(TILE_SAMPLES // sampled.shape_vu[1], 1)
    # Larger than voxels, pixels on the move gain nothing from values between them.
    large = coarse > 1 and sampled.spacing_vu_mm[0] >= max(volume.geometry.spacing_zyx_mm)
    reader: Reader = Nearest(volume) if large else Trilinear(volume, height * sampled.shape_vu[1])
    for first in range(0, sampled.shape_vu[0], height):
        part = slice(first, first + height)
        rows.fill(reader, first, image[part], invalid[part], check)
    values = as_voxels(image, volume.data.dtype)
    if coarse == 1:
        return PlaneSlice(values, invalid, plane)
    shape = plane.shape_vu
    shown = cast(VoxelArray, enlarged(values, shape, coarse))
    return PlaneSlice(shown, enlarged(invalid, shape, coarse), plane)


def slab_step_mm(geometry: VolumeGeometry, plane: PlaneGeometry) -> float:
    """Return how far apart the planes of a slab are sampled: no voxel is stepped over."""
    return slab_step_along(geometry, plane.normal_lps)


def slab_planes(geometry: VolumeGeometry, plane: PlaneGeometry, slab: Slab) -> int:
    """Return on how many planes a slab is sampled."""
    if slab.mode is SlabMode.NONE:
        return 1
    return max(round(slab.thickness_mm / slab_step_mm(geometry, plane)), 1)


class _Rows:
    """The rows of a picture among the voxels: index = start + row * down + column * right.

    `starts` is shape (depth, 3), `down` and `right` (3,), in voxels along z, y and x.
    """

    def __init__(
        self, volume: Volume, plane: PlaneGeometry, slab: Slab, depth: int, step_mm: float
    ) -> None:
        geometry = volume.geometry
        inverse = np.linalg.inv(geometry.steps_lps_mm)
        dv, du = plane.spacing_vu_mm
        across = plane.normal_lps @ inverse * step_mm
        planes = np.arange(depth)[:, None] - (depth - 1) / 2
        self._starts = geometry.lps_to_index(plane.origin_lps_mm) + planes * across
        self._down, self._right = plane.v_lps @ inverse * dv, plane.u_lps @ inverse * du
        self._counts, self._columns = geometry.shape_zyx, plane.shape_vu[1]
        self._mode = slab.mode

    def fill(
        self,
        reader: Reader,
        first: int,
        image: FloatImage,
        invalid: MaskArray,
        check: Callable[[], None],
    ) -> None:
        """Sample the rows from `first` on, as many as `image` has."""
        seen = np.zeros(invalid.shape, np.int32) if self._mode is SlabMode.MEAN else None
        for start in self._starts:
            check()
            self._add(reader, start + first * self._down, image, invalid, seen)
        if seen is not None:
            image /= np.maximum(seen, 1)

    def _add(
        self,
        reader: Reader,
        start: FloatArray,
        image: FloatImage,
        invalid: MaskArray,
        seen: NDArray[np.int32] | None,
    ) -> None:
        """Sample one plane of the slab and project it onto what is there."""
        span = _inside(start, self._down, self._right, self._counts, invalid.shape)
        if span.end <= span.begin:
            return
        columns = slice(span.begin, span.end)
        across = np.arange(span.begin, span.end, dtype=np.float32)
        positions = _positions(start, self._down, self._right, len(image), across)
        values, absent = reader.read(positions)
        old, unseen = image[:, columns], invalid[:, columns]
        values = values.reshape(old.shape)
        inside = (across >= span.low[:, None]) & (across <= span.high[:, None])
        if absent is not None:
            inside &= ~absent.reshape(inside.shape)
        if self._mode in (SlabMode.NONE, SlabMode.MEAN) or len(self._starts) == 1:
            np.add(old, values, out=old, where=inside if old.ndim == 2 else inside[..., None])
        else:
            extreme = np.maximum if self._mode is SlabMode.MIP else np.minimum
            new = extreme(old, values)
            np.copyto(new, values, where=unseen)
            np.copyto(old, new, where=inside)
        if seen is not None:
            seen[:, columns] += inside
        unseen &= ~inside


class _Span(NamedTuple):
    """The columns inside the volume: `low`..`high` of each row, `begin`..`end` of all of them."""

    low: FloatImage
    high: FloatImage
    begin: int
    end: int


def _inside(
    start: FloatArray,
    down: FloatArray,
    right: FloatArray,
    counts: tuple[int, int, int],
    shape: tuple[int, ...],
) -> _Span:
    """Return which columns lie within the outer faces of the voxels."""
    low, high = np.zeros(shape[0]), np.full(shape[0], shape[1] - 1.0)
    for axis, count in enumerate(counts):
        at = start[axis] + np.arange(shape[0]) * down[axis]
        step = float(right[axis])
        if abs(step) < 1e-12:
            high[(at < -0.5 - _EDGE) | (at > count - 0.5 + _EDGE)] = -1.0
            continue
        ends = np.sort(np.stack([(-0.5 - at) / step, (count - 0.5 - at) / step]), axis=0)
        low, high = np.maximum(low, ends[0] - _EDGE), np.minimum(high, ends[1] + _EDGE)
    filled = np.ceil(low) <= np.floor(high)
    if not filled.any():
        return _Span(low.astype(np.float32), high.astype(np.float32), 0, 0)
    low, high = np.ceil(low), np.floor(high)
    begin, end = int(low[filled].min()), int(high[filled].max()) + 1
    return _Span(low.astype(np.float32), high.astype(np.float32), begin, end)


def _positions(
    start: FloatArray, down: FloatArray, right: FloatArray, rows: int, across: FloatImage
) -> list[FloatImage]:
    """Return voxel indices along z, y and x of a tile, each shape (rows * columns,)."""
    along = np.arange(rows)
    return [
        np.add(
            (start[axis] + along * down[axis]).astype(np.float32)[:, None],
            across * np.float32(right[axis]),
        ).reshape(-1)
        for axis in range(3)
    ]


def _coarser(plane: PlaneGeometry, factor: int) -> PlaneGeometry:
    """Return a grid of larger pixels, each over the middle of so many of the plane's."""
    dv, du = plane.spacing_vu_mm
    rows, columns = plane.shape_vu
    shift = (factor - 1) / 2 * (dv * plane.v_lps + du * plane.u_lps)
    return replace(
        plane,
        origin_lps_mm=plane.origin_lps_mm + shift,
        spacing_vu_mm=(dv * factor, du * factor),
        shape_vu=(-(-rows // factor), -(-columns // factor)),
    )


def outside(positions: Sequence[FloatImage], counts: tuple[int, int, int]) -> MaskArray:
    """Tell which voxel indices (along z, y and x) lie beyond the outer faces of the voxels."""
    beyond = np.zeros(positions[0].shape, bool)
    for at, count in zip(positions, counts, strict=True):
        beyond |= (at < -0.5) | (at > count - 0.5)
    return beyond


def as_voxels(values: FloatImage, dtype: np.dtype[Any]) -> VoxelArray:
    """Return sampled values, which are overwritten, in the type of the volume: rounded."""
    if dtype == np.float32:
        return values
    limits = np.iinfo(dtype)
    np.rint(values, out=values)
    np.clip(values, limits.min, limits.max, out=values)
    rounded: VoxelArray = values.astype(dtype)
    return rounded
