"""The sample study: made once, complete or not at all."""

import numpy as np
import pytest

from viewer.app import sample
from viewer.app.sample import SAMPLE_VERSION, ensure_sample, sample_in_process
from viewer.core.errors import CancelledError
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan
from viewer.files import SaveError
from viewer.imaging.phantom import chest_phantom


@pytest.fixture
def made(monkeypatch):
    """Count the makings; the phantom is a small one."""
    calls = []

    def small(ctx):
        calls.append(1)
        return chest_phantom((4, 24, 32), (8.0, 12.0, 10.0), ctx=ctx)

    monkeypatch.setattr(sample, "chest_phantom", small)
    return calls


class Recorder(SilentContext):
    def __init__(self, cancel_at=2.0):
        self.fractions = []
        self.cancel_at = cancel_at

    def progress(self, fraction, text=""):
        self.fractions.append(fraction)

    def check(self):
        if self.fractions and self.fractions[-1] >= self.cancel_at:
            raise CancelledError


def test_made_once_and_readable(tmp_path, made):
    ctx = Recorder()
    folder = ensure_sample(ctx, tmp_path / "data")
    assert ctx.fractions == sorted(ctx.fractions)
    assert ctx.fractions[-1] == pytest.approx(1.0)
    (stack,) = scan(SilentContext(), [folder]).stacks()
    assert stack.geometry.shape_zyx == (4, 24, 32)
    np.testing.assert_allclose(stack.geometry.spacing_zyx_mm, (8, 12, 10))
    assert ensure_sample(SilentContext(), tmp_path / "data") == folder
    assert len(made) == 1
    assert [p.name for p in (tmp_path / "data").iterdir()] == [folder.name]


@pytest.mark.parametrize("cancel_at", [0.0, 0.8])
def test_a_cancel_leaves_nothing(tmp_path, made, cancel_at):
    with pytest.raises(CancelledError):
        ensure_sample(Recorder(cancel_at), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_former_version_goes_when_the_new_one_is_there(tmp_path, made):
    former = tmp_path / f"sample-study-{SAMPLE_VERSION - 1}"
    former.mkdir()
    (former / "x.dcm").touch()
    ensure_sample(SilentContext(), tmp_path)
    assert not former.exists()


def test_a_folder_that_cannot_be_made(tmp_path, made):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SaveError):
        ensure_sample(SilentContext(), tmp_path / "file")


def test_in_the_process_it_is_called_by_name(tmp_path):
    class Worker:
        def call(self, ctx, function, *args):
            assert function == "viewer.app.sample:ensure_sample"
            return args[0] / "made"

    assert sample_in_process(Worker(), SilentContext(), tmp_path) == tmp_path / "made"
