"""Slices of a volume in the standard planes: numpy views, without interpolation; thick ones too."""

from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import VolumeGeometry
from viewer.core.plane import AxisMapping, Orientation, PlaneGeometry, map_axes, slice_plane
from viewer.core.slab import THIN, Slab, SlabMode
from viewer.core.volume import MaskArray, Volume, VoxelArray
from viewer.imaging.slab import project, slab_range

ScalarT = TypeVar("ScalarT", bound=np.generic)
SliceKey = tuple[int | slice, int | slice, int | slice]


class PlaneSlice(NamedTuple):
    """A slice as it is looked at.

    Attributes
    ----------
    image : ndarray, shape (v, u) or (v, u, 3)
        View into the volume: row 0 is drawn at the top, column 0 at the left.
    invalid : ndarray of bool, shape (v, u), or None
        Pixels without a measurement (padding, placeholder slices); None where there are none.
    plane : PlaneGeometry
        Where the pixels of `image` lie in patient space.
    """

    image: VoxelArray
    invalid: MaskArray | None
    plane: PlaneGeometry


def slice_key(mapping: AxisMapping, index: int) -> SliceKey:
    """Return the numpy index of slice `index` in index order (before turning and flipping)."""
    key: list[int | slice] = [slice(None), slice(None), slice(None)]
    key[mapping.axis] = index
    return key[0], key[1], key[2]


def as_seen(plane: NDArray[ScalarT], mapping: AxisMapping) -> NDArray[ScalarT]:
    """Turn and flip an image cut with `slice_key` the way the standard plane shows it; a view."""
    turned = plane.swapaxes(0, 1) if mapping.v_axis > mapping.u_axis else plane
    step_v, step_u = -1 if mapping.flip_v else 1, -1 if mapping.flip_u else 1
    return turned[::step_v, ::step_u]


def axis_slice(data: NDArray[ScalarT], mapping: AxisMapping, index: int) -> NDArray[ScalarT]:
    """Cut one slice of a standard plane.

    Parameters
    ----------
    data : ndarray, shape (z, y, x) or (z, y, x, 3)
        Voxels, or a mask of the same shape.
    mapping : AxisMapping
        From `viewer.core.plane.map_axes`.
    index : int
        0-based slice along `mapping.axis`.

    Returns
    -------
    ndarray, shape (v, u) or (v, u, 3)
        View of `data`.

    Raises
    ------
    IndexError
        The volume has no such slice.
    """
    _require_slice(data.shape[mapping.axis], index)
    return as_seen(data[slice_key(mapping, index)], mapping)


def _require_slice(count: int, index: int) -> None:
    if not 0 <= index < count:
        raise IndexError(f"slice {index} of {count}")


def as_standing(image: NDArray[ScalarT], quarter_turns: int, mirrored: bool) -> NDArray[ScalarT]:
    """Mirror and turn an image clockwise, as `viewer.core.plane.turned` does its grid; a view."""
    return np.rot90(image[:, ::-1] if mirrored else image, -quarter_turns)


def plane_slice(
    volume: Volume,
    orientation: Orientation,
    index: int,
    slab: Slab = THIN,
    coarse: int = 1,
    loaded: frozenset[int] | None = None,
) -> PlaneSlice:
    """Cut one slice, or a slab around it, together with its invalid pixels and its place.

    `index` is 0-based along the volume's index axis, as in `viewer.core.plane.slice_plane`.
    Colour has no slabs. Of a `coarse` slab only every so many pixels are projected, and shown so
    many times as large: for the eye while a slab moves. Where only the slices `loaded` are there,
    a thin cut across them reads no others: each page of memory that nobody has written to costs as
    much to read as to write.

    Raises
    ------
    IndexError
        The volume has no such slice.
    """
    mapping = map_axes(volume.geometry, orientation)
    plane = slice_plane(volume.geometry, orientation, index)
    if slab.mode is not SlabMode.NONE and not volume.is_colour:
        projected, mask = _slab(volume, mapping, index, slab, coarse)
        image = as_seen(projected, mapping)
    else:
        # A sagittal slice is strided through the whole volume: it is fetched once.
        _require_slice(volume.data.shape[mapping.axis], index)
        key = slice_key(mapping, index)
        values = _thin(volume, mapping, key, loaded)
        image = as_seen(values, mapping)
        mask = volume.invalid_among(values, key)
    return PlaneSlice(
        image=cast(VoxelArray, image),
        invalid=None if mask is None else as_seen(mask, mapping),
        plane=plane,
    )


def _thin(
    volume: Volume, mapping: AxisMapping, key: tuple[Any, Any, Any], loaded: frozenset[int] | None
) -> VoxelArray:
    """Fetch a slice, shape in index order without its axis; zero where nothing is loaded."""
    if loaded is None or mapping.axis == 0:
        return cast(VoxelArray, np.asarray(volume.data[key], order="C"))
    there = sorted(loaded)
    count, *others = volume.data.shape
    del others[mapping.axis - 1]
    values = np.zeros((count, *others), volume.data.dtype)
    values[there] = volume.data[(there, *key[1:])]
    return cast(VoxelArray, values)


_SLAB_SAMPLES = 1 << 17
"""Voxels of a slab that are projected at a time: they stay in a processor's own cache."""


def enlarged(image: NDArray[ScalarT], shape_vu: tuple[int, int], factor: int) -> NDArray[ScalarT]:
    """Show each pixel so many times as large, down and across, cut off at `shape_vu`."""
    rows, columns = shape_vu
    return image.repeat(factor, axis=0)[:rows].repeat(factor, axis=1)[:, :columns]


def _slab(
    volume: Volume, mapping: AxisMapping, index: int, slab: Slab, coarse: int
) -> tuple[NDArray[np.generic], MaskArray | None]:
    """Project a slab, shape in index order without the slab's axis."""
    axis = mapping.axis
    count, spacing = volume.data.shape[axis], volume.geometry.spacing_zyx_mm[axis]
    _require_slice(count, index)
    first, end = slab_range(index, count, spacing, slab)
    key: list[slice] = [slice(None), slice(None), slice(None)]
    key[axis] = slice(first, end)
    rows, across = (1 if axis == 0 else 0), (1 if axis == 2 else 2)
    whole = volume.data.shape[rows], volume.data.shape[across]
    shape = -(-whole[0] // coarse), -(-whole[1] // coarse)
    key[across] = slice(None, None, coarse)
    image, invalid = np.empty(shape, volume.data.dtype), None
    step = max(_SLAB_SAMPLES // (shape[1] * (end - first)), 1)
    for row in range(0, shape[0], step):
        part = slice(row, row + step)
        key[rows] = slice(row * coarse, (row + step) * coarse, coarse)
        planes = np.moveaxis(volume.data[tuple(key)], axis, 0)
        if axis == 2:
            # Across the rows of memory: fetched once, and laid out anew from the cache.
            near = np.ascontiguousarray(volume.data[tuple(key)])
            planes = np.ascontiguousarray(np.moveaxis(near, axis, 0))
        mask = volume.invalid_mask(tuple(key))
        image[part], absent = project(
            planes, None if mask is None else np.moveaxis(mask, axis, 0), slab.mode
        )
        if absent is not None:
            invalid = np.empty(shape, bool) if invalid is None else invalid
            invalid[part] = absent
    if coarse == 1:
        return image, invalid
    return enlarged(image, whole, coarse), (
        None if invalid is None else enlarged(invalid, whole, coarse)
    )


@lru_cache(maxsize=256)
def normal_orientation(
    geometry: VolumeGeometry, normal_lps: tuple[float, float, float]
) -> Orientation:
    """Return the standard plane whose slices are most nearly across `normal_lps`."""

    def alignment(orientation: Orientation) -> float:
        across = geometry.direction_lps[map_axes(geometry, orientation).axis]
        return abs(float(across @ np.asarray(normal_lps)))

    return max(Orientation, key=alignment)
