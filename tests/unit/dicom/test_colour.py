"""Colours to RGB, against PS3.3's equations, pydicom and exact shades."""

import numpy as np
import pytest
from pydicom.pixels.processing import convert_color_space

from tests.support.dicom_writer import analytic_hu, save, slice_set
from viewer.core.progress import SilentContext
from viewer.dicom.colour import palette_to_rgb, to_rgb8, unpack_422, ybr_to_rgb
from viewer.dicom.loader import load
from viewer.dicom.pixel_format import LookupTable, Palette
from viewer.dicom.scan import scan

RNG = np.random.default_rng(4)


def test_full_range_as_pydicom_converts_it():
    ybr = RNG.integers(0, 256, (40, 50, 3)).astype(np.uint8)
    expected = convert_color_space(ybr, "YBR_FULL", "RGB").astype(int)
    # pydicom keeps the equations of PS3.3 with four decimals.
    assert np.abs(ybr_to_rgb(ybr, 8).astype(int) - expected).max() <= 1


def test_studio_range_undoes_the_equations_of_the_standard():
    rgb = RNG.integers(0, 256, (40, 50, 3)).astype(np.uint8)
    # PS3.3 C.7.6.3.1.2, YBR_PARTIAL_422.
    to_ybr = np.array(
        [[0.2568, 0.5041, 0.0979], [-0.1482, -0.2910, 0.4392], [0.4392, -0.3678, -0.0714]]
    )
    ybr = np.rint(rgb @ to_ybr.T + [16, 128, 128]).astype(np.uint8)
    back = ybr_to_rgb(ybr, 8, partial=True)
    assert np.abs(back.astype(int) - rgb).max() <= 2
    greys = np.array([[[16, 128, 128], [235, 128, 128]]], np.uint8)
    assert ybr_to_rgb(greys, 8, partial=True).tolist() == [[[0, 0, 0], [255, 255, 255]]]


def test_pairs_share_their_chroma():
    samples = np.array([1, 2, 30, 40, 5, 6, 70, 80], np.uint8)
    expected = [[[1, 30, 40], [2, 30, 40]], [[5, 70, 80], [6, 70, 80]]]
    assert unpack_422(samples, 2, 2).tolist() == expected


def colour_file(path, photometric, data, **facts):
    one = slice_set(analytic_hu()[0, :4, :6], 0)
    for name in ("RescaleSlope", "RescaleIntercept", "RescaleType", "WindowCenter", "WindowWidth"):
        delattr(one, name)
    one.SamplesPerPixel, one.PhotometricInterpretation, one.PlanarConfiguration = 3, photometric, 0
    one.BitsAllocated, one.BitsStored, one.HighBit = 8, 8, 7
    for name, value in facts.items():
        setattr(one, name, value)
    one.PixelData = data
    save(one, path)
    return scan(SilentContext(), [path])


RGB = RNG.integers(0, 65_536, (4, 6, 3)).astype("<u2")


@pytest.mark.parametrize("planar", [0, 1])
def test_deep_colours_keep_their_upper_bits(tmp_path, planar):
    stored = RGB if planar == 0 else RGB.transpose(2, 0, 1)
    facts = {"BitsAllocated": 16, "BitsStored": 16, "HighBit": 15, "PlanarConfiguration": planar}
    index = colour_file(tmp_path / "x", "RGB", stored.tobytes(), **facts)
    volume = load(SilentContext(), index.stacks()[0])
    np.testing.assert_array_equal(volume.data[0], RGB >> 8)


@pytest.mark.parametrize("photometric", ["YBR_FULL_422", "YBR_PARTIAL_422"])
def test_subsampled_colours(tmp_path, photometric):
    samples = RNG.integers(16, 236, 4 * 6 * 2).astype(np.uint8)
    volume = load(
        SilentContext(),
        colour_file(tmp_path / "x", photometric, samples.tobytes()).stacks()[0],
    )
    ybr = unpack_422(samples, 4, 6)
    expected = ybr_to_rgb(ybr, 8, partial=photometric == "YBR_PARTIAL_422")
    np.testing.assert_array_equal(volume.data[0], expected)


def test_colours_that_are_not_subsampled_although_the_header_says_so(tmp_path):
    ybr = RNG.integers(0, 256, (4, 6, 3)).astype(np.uint8)
    index = colour_file(tmp_path / "x", "YBR_FULL_422", ybr.tobytes())
    volume = load(SilentContext(), index.stacks()[0])
    np.testing.assert_array_equal(volume.data[0], ybr_to_rgb(ybr, 8))
    assert any("not subsampled" in caveat.text for caveat in volume.caveats)


@pytest.mark.parametrize(
    ("photometric", "samples", "reason"),
    [
        ("ARGB", 4, "ARGB is retired"),
        ("CMYK", 4, "CMYK is retired"),
        ("HSV", 3, "HSV is retired"),
        ("RGB", 4, "stores 4 samples per pixel"),
        ("YBR_PARTIAL_420", 3, "'YBR_PARTIAL_420' is not known"),
        ("XYZ", 3, "'XYZ' is not known"),
    ],
)
def test_colour_models_that_are_not_shown_are_problems(tmp_path, photometric, samples, reason):
    data = bytes(4 * 6 * samples)
    index = colour_file(tmp_path / "x", photometric, data, SamplesPerPixel=samples)
    assert index.stacks() == ()
    assert reason in index.problems[0].reason


def table(first, *entries):
    return LookupTable(first, np.array(entries, "<u2").tobytes(), 16)


def test_sixteen_bit_palettes_are_judged_as_a_whole():
    dark = table(0, 0, 200, 100)  # nearly black, not 8-bit entries
    bright = table(0, 0, 65_535, 32_768)
    indices = np.array([[0, 1, 2, 9]])
    rgb = palette_to_rgb(indices, Palette(dark, bright, bright))
    assert rgb.tolist() == [[[0, 0, 0], [0, 255, 255], [0, 128, 128], [0, 128, 128]]]
    eight = table(-1, 7, 200, 100)
    rgb = palette_to_rgb(np.array([[-5, 0]]), Palette(eight, eight, eight))
    assert rgb.tolist() == [[[7, 7, 7], [200, 200, 200]]]


def test_a_segmented_palette_in_a_file(tmp_path):
    from pydicom.pixels.processing import apply_color_lut

    one = slice_set(analytic_hu()[0, :4, :6], 0)
    one.PhotometricInterpretation = "PALETTE COLOR"
    one.BitsAllocated, one.BitsStored, one.HighBit = 8, 8, 7
    segments = np.array([0, 2, 500, 40_000, 1, 20, 65_535, 1, 10, 300], "<u2")
    for colour, data in (("Red", segments), ("Green", segments[::-1]), ("Blue", segments)):
        setattr(one, f"{colour}PaletteColorLookupTableDescriptor", [32, 3, 16])
        data = segments if colour != "Green" else np.array([0, 1, 9, 1, 31, 60_000], "<u2")
        setattr(one, f"Segmented{colour}PaletteColorLookupTableData", data.tobytes())
    indices = np.arange(24, dtype=np.uint8).reshape(4, 6) * 2
    one.PixelData = indices.tobytes()
    save(one, tmp_path / "x")
    volume = load(SilentContext(), scan(SilentContext(), [tmp_path]).stacks()[0])
    expected = apply_color_lut(indices, one) >> 8
    np.testing.assert_array_equal(volume.data[0], expected)


def test_a_supplemental_palette_leaves_grey_images_grey(tmp_path):
    one = slice_set(analytic_hu()[0], 0)
    one.PixelPresentation = "COLOR"
    for colour in ("Red", "Green", "Blue"):
        setattr(one, f"{colour}PaletteColorLookupTableDescriptor", [2, 4000, 16])
        table = np.array([1, 2], "<u2").tobytes()
        setattr(one, f"{colour}PaletteColorLookupTableData", table)
    save(one, tmp_path / "x")
    stack = scan(SilentContext(), [tmp_path]).stacks()[0]
    assert (stack.samples, stack.unit) == (1, "HU")


@pytest.mark.parametrize(("bits", "shade"), [(4, 255), (8, 15), (12, 0)])
def test_shades_of_other_depths(bits, shade):
    assert to_rgb8(np.full((1, 1, 3), 15, np.uint16), bits).tolist() == [[[shade] * 3]]
