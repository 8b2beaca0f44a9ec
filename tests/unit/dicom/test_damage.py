"""Whatever a file holds, a scan and a load end with a volume or with one clear line."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.dicom_writer import UNCOMPRESSED, analytic_hu, enhanced_set, save, slice_set
from viewer.core.errors import ViewerError
from viewer.core.progress import SilentContext
from viewer.dicom.loader import load
from viewer.dicom.scan import scan

KINDS = {
    "explicit": UNCOMPRESSED[0],
    "implicit": UNCOMPRESSED[1],
    "big": UNCOMPRESSED[2],
    "deflated": UNCOMPRESSED[3],
    "rle": "1.2.840.10008.1.2.5",
    "jpeg-ls": "1.2.840.10008.1.2.4.80",
    "jpeg-2000": "1.2.840.10008.1.2.4.90",
}
QUIET = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def open_all(path: Path) -> None:
    """Scan and load; only the errors that a user may see come out, each on one line."""
    index = scan(SilentContext(), [path])
    assert index.files + len(index.skipped) <= 1
    for problem in (*index.problems, *index.skipped):
        assert "\n" not in problem.reason
        assert "Error" not in problem.reason
    for stack in index.stacks():
        try:
            volume = load(SilentContext(), stack)
        except ViewerError as error:
            assert "Error" not in error.one_line()  # noqa: PT017 - both endings are right
        else:
            assert volume.data.shape[:3] == volume.geometry.shape_zyx


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    folder = tmp_path_factory.mktemp("originals")
    hu = analytic_hu((3, 36, 40))
    files = {name: save(slice_set(hu[0], 0), folder / name, uid) for name, uid in KINDS.items()}
    files["enhanced"] = save(enhanced_set(hu), folder / "enhanced")
    return {name: path.read_bytes() for name, path in files.items()}


@pytest.mark.parametrize("name", [*KINDS, "enhanced"])
def test_truncated_at_many_places(originals, tmp_path, name):
    data = originals[name]
    path = tmp_path / "cut"
    for end in sorted({*range(0, len(data), max(len(data) // 60, 1)), len(data) - 1}):
        path.write_bytes(data[:end])
        open_all(path)


@QUIET
@given(st.data())
def test_bytes_changed_anywhere(originals, tmp_path, data):
    name = data.draw(st.sampled_from(sorted(originals)))
    original = bytearray(originals[name])
    for _ in range(data.draw(st.integers(1, 8))):
        header = min(len(original), 1600)
        limit = data.draw(st.sampled_from([header, len(original)]))
        at = data.draw(st.integers(128, limit - 1))
        original[at] = data.draw(st.integers(0, 255))
    path = tmp_path / "changed"
    path.write_bytes(bytes(original))
    open_all(path)


@QUIET
@given(st.binary(max_size=400))
def test_garbage_behind_a_preamble(tmp_path, data):
    path = tmp_path / "garbage"
    path.write_bytes(bytes(128) + b"DICM" + data)
    open_all(path)
