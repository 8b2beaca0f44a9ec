"""Aligning two series: what is refused, and that the process gets both volumes."""

import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.app.align import FUNCTION, align, why_not_aligned
from viewer.core.errors import ViewerError
from viewer.core.links import Rigid
from viewer.core.progress import SilentContext
from viewer.core.study import Patient, StackKey
from viewer.imaging.registration import Registration, RegistrationRequest

FIXED = make_volume()
MOVING = make_volume(make_geometry((9, 10, 12)), key=StackKey("5.5", 1))


class Worker:
    def __init__(self, answer):
        self.answer, self.calls = answer, []

    def call(self, ctx, function, *args, arrays=None):
        self.calls.append((function, args, arrays))
        return self.answer


def test_both_volumes_go_to_the_process():
    found = Registration(Rigid((1.0, 2.0, 3.0)), 0.1, 0.9)
    worker = Worker(found)
    assert align(worker, SilentContext(), FIXED, MOVING, refine=False) is found
    ((function, (request,), arrays),) = worker.calls
    assert function == FUNCTION
    assert request == RegistrationRequest(FIXED.geometry, MOVING.geometry, refine=False)
    assert arrays == {"fixed": FIXED.data, "moving": MOVING.data}


@pytest.mark.parametrize(
    ("moving", "reason"),
    [
        (None, "two different series"),
        (FIXED, "two different series"),
        (
            make_volume(key=StackKey("5.5", 1), patient=Patient("Doe^Jane", "P-8")),
            "different patients",
        ),
        (make_volume(unit="SUVbw", key=StackKey("5.5", 1)), "Only for CT"),
        (make_volume(make_geometry(z_known=False), key=StackKey("5.5", 1)), "distance"),
    ],
)
def test_what_cannot_be_aligned_says_why(moving, reason):
    assert reason in why_not_aligned(FIXED, moving)
    if moving is not None:
        with pytest.raises(ViewerError, match=reason):
            align(Worker(None), SilentContext(), FIXED, moving)


def test_any_other_answer_is_a_bug():
    with pytest.raises(TypeError):
        align(Worker("no"), SilentContext(), FIXED, MOVING)
