"""Every subcommand in a process of its own, on a small series with known voxels."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import SimpleITK
from PIL import Image
from pydicom import dcmread
from skimage import data

from tests.support.cli import hounsfield, small_series
from tests.support.pet_files import write_pet
from viewer.core.key_image import key_image_at
from viewer.core.progress import SilentContext
from viewer.core.shapes import LengthShape
from viewer.core.study import StackKey
from viewer.dicom.scan import scan
from viewer.paths import data_dir
from viewer.store.annotations import AnnotationStore


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    folder = tmp_path_factory.mktemp("a study ☃")
    hu, geometry = small_series(folder)
    (folder / "notes.txt").write_text("not DICOM")
    return folder, hu, geometry


@pytest.fixture(scope="module")
def info(series):
    return hounsfield("info", series[0], "--json", "--stats")


def test_info_json(info, series):
    _, hu, geometry = series
    assert (info.code, info.err) == (0, "")
    value = info.json
    assert value["files"] == 9
    assert [Path(s["path"]).name for s in value["skipped"]] == ["notes.txt"]
    assert value["problems"] == []
    (study,) = value["studies"]
    (found,) = study["series"]
    assert found["modality"] == "CT"
    assert found["description"] == "Bäll"
    (stack,) = found["stacks"]
    assert stack["stack"] == 1
    assert stack["shape_zyx"] == [9, 40, 56]
    np.testing.assert_allclose(stack["spacing_zyx_mm"], [2.5, 0.8, 0.7])
    np.testing.assert_allclose(stack["origin_lps_mm"], geometry.origin_lps_mm)
    np.testing.assert_allclose(stack["direction_lps"], geometry.direction_lps)
    assert stack["unit"] == "HU"
    assert stack["dtype"] == "int16"
    assert len(set(stack["sop_uids"])) == 9
    assert isinstance(stack["caveats"], list)
    assert stack["stats"]["min"] == hu.min()
    assert stack["stats"]["max"] == hu.max()
    assert stack["stats"]["mean"] == pytest.approx(hu.mean())


def test_info_names_no_patient(info, series):
    plain = hounsfield("info", series[0])
    assert plain.code == 0
    assert "9 x 40 x 56" in plain.out
    assert "1 of 10 files skipped" in plain.out
    assert "notes.txt: " in plain.out
    assert "Secret" not in plain.out + info.out


def test_info_of_a_zip_and_of_one_file(series, tmp_path):
    folder, _, _ = series
    archive = tmp_path / "study.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sorted(folder.glob("*.dcm")):
            packed.write(file, file.name)
    zipped = hounsfield("info", archive, "--json").json
    assert zipped["studies"][0]["series"][0]["stacks"][0]["shape_zyx"] == [9, 40, 56]
    single = hounsfield("info", folder / "0003.dcm", "--json").json
    assert single["studies"][0]["series"][0]["stacks"][0]["shape_zyx"] == [1, 40, 56]


def test_nothing_to_open_is_2_and_still_json(tmp_path):
    (tmp_path / "text.dcm").write_text("hello")
    outcome = hounsfield("info", tmp_path, "--json")
    assert outcome.code == 2
    assert outcome.json["studies"] == []
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [("info", "{missing}"), ("export", "{missing}", "--out", "{out}", "--format", "png"),
     ("surface", "{missing}", "--hu", "1", "--out", "{out}/x.stl"), ("analyze", "{missing}"),
     ("faces", "{missing}"), ("{missing}",), ("demo", "--out", "{out}", "--path", "{missing}")],
    ids=lambda a: a[0],
)  # fmt: skip
def test_a_missing_path_is_one_line(arguments, tmp_path):
    places = {"missing": str(tmp_path / "no such"), "out": str(tmp_path)}
    outcome = hounsfield(*(a.format(**places) for a in arguments))
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert "Traceback" not in outcome.err


def test_export_bare_png_by_the_formula(series, tmp_path):
    folder, hu, _ = series
    outcome = hounsfield(
        "export", folder, "--out", tmp_path, "--format", "png", "--slices", "2,5-6",
        "--window", 500, -100, "--bare", "--json",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    names = [Path(file).name for file in outcome.json["files"]]
    assert names == ["axial-0002.png", "axial-0005.png", "axial-0006.png"]
    for name, z in zip(names, (1, 4, 5), strict=True):
        expected = np.rint(255 * np.clip((hu[z] - (-100 - 250)) / 500, 0, 1))
        with Image.open(tmp_path / name) as picture:
            assert picture.mode == "L"
            np.testing.assert_array_equal(np.asarray(picture), expected)


def test_export_npy_and_nifti(series, tmp_path):
    folder, hu, geometry = series
    assert hounsfield("export", folder, "--out", tmp_path, "--format", "npy").code == 0
    np.testing.assert_array_equal(np.load(tmp_path / "volume.npy", allow_pickle=False), hu)
    outcome = hounsfield(
        "export", folder, "--out", tmp_path, "--format", "nifti", "--slices", "3-7"
    )
    assert outcome.code == 0
    read = SimpleITK.ReadImage(str(tmp_path / "volume.nii.gz"))
    np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(read), hu[2:7])
    np.testing.assert_allclose(
        read.TransformIndexToPhysicalPoint((5, 7, 1)), geometry.index_to_lps((3, 7, 5)), atol=1e-4
    )


def test_export_with_overlays_marks_and_without_a_screen(series, tmp_path):
    folder, _, geometry = series
    uid = hounsfield("info", folder, "--json").json["studies"][0]["series"][0]["series_uid"]
    mark = LengthShape(
        frame_of_reference_uid=geometry.frame_of_reference_uid,
        stack=StackKey(uid, 1),
        normal_lps=(0.0, 0.0, 1.0),
        start_lps=tuple(geometry.index_to_lps((4, 10, 10))),
        end_lps=tuple(geometry.index_to_lps((4, 30, 50))),
    )
    AnnotationStore(data_dir() / "annotations").save(uid, [mark])
    base = ("export", folder, "--format", "tiff", "--slices", "5", "--preset", "bone", "--out")
    no_screen = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "offscreen"}
    with_marks = hounsfield(*base, tmp_path / "a", environment=no_screen)
    assert (with_marks.code, with_marks.err) == (0, "")
    assert hounsfield(*base, tmp_path / "b", "--no-marks", environment=no_screen).code == 0
    pictures = []
    for name in ("a", "b"):
        with Image.open(tmp_path / name / "axial-0005.tif") as picture:
            pictures.append(np.asarray(picture).astype(int))
    assert pictures[0].shape[2] == 3
    assert max(pictures[0].shape) == 1024
    coloured = np.abs(pictures[0] - pictures[1]).max(axis=2) > 30
    assert 200 < coloured.sum() < 0.1 * coloured.size


def test_export_of_key_images_only(series, tmp_path):
    folder, hu, _ = series
    base = ("export", folder, "--bare", "--window", "2000", "0", "--format", "png", "--slices")
    none_yet = hounsfield(*base, "key", "--out", tmp_path)
    assert none_yet.code == 2
    assert "no key image" in none_yet.err
    (found,) = scan(SilentContext(), [folder]).stacks()
    AnnotationStore(data_dir() / "annotations").save(
        found.key.series_uid,
        [],
        [image for z in (6, 1) if (image := key_image_at(found, z)) is not None],
    )
    done = hounsfield(*base, "key", "--out", tmp_path, "--json")
    assert [Path(path).name for path in done.json["files"]] == ["axial-0002.png", "axial-0007.png"]
    with Image.open(tmp_path / "axial-0007.png") as picture:
        dark_to_bright = np.argsort(np.asarray(picture).ravel().astype(int), kind="stable")
    assert (np.diff(hu[6].ravel()[dark_to_bright]) >= -16).all()
    coronal = hounsfield(*base, "key", "--out", tmp_path, "--plane", "coronal")
    assert (coronal.code, "--plane coronal" in coronal.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--slices", "99"), "1 to 9"), (("--slices", "x"), "--slices"), (("--series", "7"), "series"),
     (("--stack", "5"), "stack 5"), (("--bare", "--identity"), "--bare"),
     (("--plane", "coronal", "--slices", "41"), "1 to 40")],
)  # fmt: skip
def test_export_mistakes(series, tmp_path, arguments, words):
    outcome = hounsfield("export", series[0], "--out", tmp_path, "--format", "png", *arguments)
    assert outcome.code == 2
    assert words in outcome.err
    assert outcome.err.count("\n") == 1
    assert list(tmp_path.glob("*.png")) == []


def test_surface(series, tmp_path):
    path = tmp_path / "ball.stl"
    outcome = hounsfield("surface", series[0], "--hu", "0", "--out", path, "--json")
    assert outcome.code == 0, outcome.err
    content = path.read_bytes()
    count = int(np.frombuffer(content, "<u4", 1, 80)[0])
    assert outcome.json["triangles"] == count > 100
    assert len(content) == 84 + 50 * count
    corners = np.frombuffer(content[84:], "(3,)<f4,(3,3)<f4,<u2")["f1"].reshape(-1, 3)
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    _, _, geometry = series
    np.testing.assert_allclose(middle, geometry.index_to_lps((3, 15, 35)), atol=1.0)
    wrong = hounsfield("surface", series[0], "--hu", "0", "--out", tmp_path / "ball.obj")
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)


@pytest.fixture(scope="module")
def whole_ball(series, tmp_path_factory):
    return surface_figures(series, tmp_path_factory.mktemp("whole"))


def surface_figures(series, folder, *options):
    outcome = hounsfield(
        "surface", series[0], "--hu", "0", "--out", folder / "x.stl", "--json", *options
    )
    assert outcome.code == 0, outcome.err
    return outcome.json


def test_surface_reduce(series, whole_ball, tmp_path):
    reduced = surface_figures(series, tmp_path, "--reduce", "0.5")
    assert reduced["triangles"] == pytest.approx(whole_ball["triangles"] / 2, rel=0.1)


def test_surface_smooth(series, whole_ball, tmp_path):
    """Blurring a small ball beside air shrinks it."""
    smoothed = surface_figures(series, tmp_path, "--smooth", "3")
    assert smoothed["volume_mm3"] < 0.95 * whole_ball["volume_mm3"]


@pytest.mark.parametrize("smooth", ["20", "99"])
def test_too_much_smoothing_is_what_is_blamed(series, tmp_path, smooth):
    outcome = hounsfield(
        "surface", series[0], "--hu", "0", "--out", tmp_path / "x.stl", "--smooth", smooth
    )
    assert outcome.code == 2
    assert "smooth" in outcome.err
    assert "threshold" not in outcome.err


def test_surface_kind(series, tmp_path):
    """Air around a ball is no lung: nothing is enclosed."""
    outcome = hounsfield(
        "surface", series[0], "--hu", "0", "--out", tmp_path / "x.stl", "--kind", "lungs"
    )
    assert outcome.code == 2
    assert "air spaces" in outcome.err


def test_no_surface_of_one_slice(series, tmp_path):
    out = tmp_path / "x.stl"
    outcome = hounsfield("surface", series[0] / "0003.dcm", "--hu", "0", "--out", out)
    assert outcome.code == 2
    assert "only one image" in outcome.err
    assert not out.exists()


def test_export_tells_missing_slices(tmp_path):
    small_series(tmp_path / "in")
    (tmp_path / "in" / "0004.dcm").unlink()
    base = ("export", tmp_path / "in", "--format", "png", "--bare", "--json", "--out")
    outcome = hounsfield(*base, tmp_path / "all")
    assert outcome.code == 0
    (missing,) = outcome.json["missing_slices"]
    assert outcome.err.count("\n") == 1
    assert f"slice {missing} " in outcome.err
    spared = hounsfield(*base, tmp_path / "some", "--slices", "1-2")
    assert (spared.err, spared.json["missing_slices"]) == ("", [])


def test_export_identity(series, tmp_path):
    base = ("export", series[0], "--format", "tiff", "--slices", "5", "--no-marks", "--out")
    pictures = []
    for name, options in (("without", ()), ("with", ("--identity",))):
        assert hounsfield(*base, tmp_path / name, *options).code == 0
        with Image.open(tmp_path / name / "axial-0005.tif") as picture:
            pictures.append(np.asarray(picture).astype(int))
    changed = np.abs(pictures[0] - pictures[1]).max(axis=2) > 30
    assert changed.sum() > 200


def test_faces(tmp_path):
    photo = tmp_path / "photo.png"
    Image.fromarray(np.full((90, 120, 3), 128, np.uint8)).save(photo)
    outcome = hounsfield("faces", photo, "--json", "--out", tmp_path / "seen.png")
    assert outcome.code == 0, outcome.err
    seen = tmp_path / "seen.png"
    assert outcome.json == {"faces": [], "width": 120, "height": 90, "out": str(seen)}
    again = hounsfield("faces", photo, "--out", seen)
    assert str(tmp_path / "seen (2).png") in again.out
    assert (tmp_path / "seen (2).png").exists()
    with Image.open(tmp_path / "seen.png") as picture:
        assert picture.size == (120, 90)
    (tmp_path / "bad.png").write_text("no")
    assert hounsfield("faces", tmp_path / "bad.png").code == 2


def test_faces_blur(tmp_path):
    """After it the cascade finds no face any more; boxes would leave it to be found."""
    photo, blurred = tmp_path / "photo.png", tmp_path / "blurred.png"
    Image.fromarray(data.astronaut()).save(photo)
    found = hounsfield("faces", photo, "--blur", "--out", blurred, "--json").json
    assert len(found["faces"]) == 1
    assert hounsfield("faces", blurred, "--json").json["faces"] == []


def test_analyze_refuses_what_is_no_lung(series):
    outcome = hounsfield("analyze", series[0], "--json")
    assert outcome.code == 3, outcome.err
    assert outcome.err.count("\n") == 1
    value = outcome.json
    assert value["refused"] is True
    assert value["score"] is None
    assert value["findings"] == []
    assert {"id", "level", "value", "limit", "text"} == set(value["gate"][0])
    assert {"model", "provenance"} <= set(value)


def test_json_is_the_only_thing_on_stdout(info):
    assert json.loads(info.out)


def test_export_with_a_layer_and_colours(tmp_path):
    """Written PET files over a CT of their frame of reference; no real PET is at hand."""
    folder, out = tmp_path / "study", tmp_path / "out"
    hu, _ = small_series(folder / "ct")
    ct = dcmread(next((folder / "ct").iterdir()))

    def same_patient(one, z):
        del z
        one.FrameOfReferenceUID = ct.FrameOfReferenceUID
        one.PatientName, one.PatientID = ct.PatientName, ct.PatientID

    (folder / "pet").mkdir()
    pet = write_pet(folder / "pet", same_patient)
    common = ("export", folder, "--out", out, "--format", "png", "--series", ct.SeriesInstanceUID)
    plain = hounsfield(*common, "--slices", "2", "--json")
    layer = ("--layer", pet.key.series_uid)
    fused = hounsfield(*common, "--slices", "2", "--json", *layer, "--layer-opacity", "0.7")
    coloured = hounsfield(*common, "--slices", "2", "--json", "--colour-map", "pet")
    pictures = [
        np.asarray(Image.open(o.json["files"][0]).convert("RGB")).astype(int)
        for o in (plain, fused, coloured)
    ]
    assert (pictures[0] != pictures[1]).any()
    assert (pictures[0] != pictures[2]).any()
    del hu
    for wrong, words in (
        (("--bare", "--colour-map", "pet"), "are for pictures"),
        ((*layer, "--layer-opacity", "3"), "between 0 and 1"),
        (("--layer", "1.2.3.4.5"), "There is no series"),
        (("--layer", ct.SeriesInstanceUID), "choose another one"),
    ):
        outcome = hounsfield(*common, *wrong)
        assert outcome.code == 2
        assert words in outcome.err
