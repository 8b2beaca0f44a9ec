"""Colour maps against NEMA's own palette files (as pydicom ships them) and scikit-image's L*."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels.processing import _expand_segmented_lut
from skimage.color import rgb2lab

from viewer.core.layer import GREY_MAP
from viewer.imaging.colour_maps import COLOUR_MAPS, colour_map, colour_table

PALETTES = Path(pydicom.__file__).parent / "data" / "palettes"


def nema_table(name):
    """RGB of a palette file, shape (256, 3)."""
    palette = pydicom.dcmread(PALETTES / f"{name}.dcm")
    channels = []
    for colour in ("Red", "Green", "Blue"):
        plain = palette.get(f"{colour}PaletteColorLookupTableData")
        segmented = palette.get(f"Segmented{colour}PaletteColorLookupTableData")
        if plain is not None:
            channels.append(np.frombuffer(plain, np.uint8))
        else:
            # An odd number of bytes is padded with a zero.
            values = _expand_segmented_lut(tuple(segmented[: len(segmented) // 3 * 3]), "B")
            channels.append(np.asarray(values, np.uint8))
    return np.stack(channels, axis=1)


@pytest.mark.parametrize(
    ("map_id", "file"),
    [
        ("hot-iron", "hotiron"),
        ("pet", "pet"),
        ("hot-metal-blue", "hotmetalblue"),
        ("pet-20-step", "pet20step"),
        ("spring", "spring"),
        ("summer", "summer"),
        ("fall", "fall"),
        ("winter", "winter"),
    ],
)
def test_the_well_known_palettes_are_those_of_dicom(map_id, file):
    np.testing.assert_array_equal(colour_table(map_id), nema_table(file))


def test_hot_iron_by_the_words_of_the_standard():
    """PS3.6 B.1.1: red rises to entry 128, green behind it, blue in the last quarter."""
    table = colour_table("hot-iron")
    assert table[0].tolist() == [0, 0, 0]
    assert table[64].tolist() == [128, 0, 0]
    assert table[128].tolist() == [255, 0, 0]
    assert table[192].tolist() == [255, 128, 4]
    assert table[255].tolist() == [255, 255, 255]


def test_grey_maps_are_ramps():
    ramp = np.arange(256)
    for channel in range(3):
        np.testing.assert_array_equal(colour_table(GREY_MAP)[:, channel], ramp)
        np.testing.assert_array_equal(colour_table("inverted-grey")[:, channel], ramp[::-1])


def test_the_even_map_grows_evenly_in_lightness():
    light = rgb2lab(colour_table("even")[None])[0, :, 0]
    np.testing.assert_allclose(light, np.linspace(0, 100, 256), atol=0.3)


def test_tables_are_kept_and_read_only():
    assert colour_table("pet") is colour_table("pet")
    for known in COLOUR_MAPS:
        assert colour_table(known.id).shape == (256, 3)
        assert not colour_table(known.id).flags.writeable
        assert colour_map(known.id) is known
    with pytest.raises(KeyError):
        colour_table("red-is-bad")
