"""The real window for tests: everything behind it, but Analyze, is real."""

from contextlib import contextmanager

import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow


def refuse_to_analyze(ctx, volume):
    raise ViewerError("Analyze is not part of this test")


@contextmanager
def shown_window(qtbot, analysis):
    """A shown window with nothing open."""
    from viewer.ui.application import make_application
    from viewer.ui.workbench import Workbench

    make_application()
    made = Workbench(analysis)
    made.window.resize(1500, 950)
    qtbot.addWidget(made.window)
    made.window.show()
    qtbot.waitExposed(made.window)
    made.window.activateWindow()
    yield made
    made.close()


def window(qtbot):
    """A shown window without Analyze, as a context: for tests that close it and start again."""
    from viewer.ui.side_panels import Analysis

    return shown_window(qtbot, Analysis(refuse_to_analyze, lambda: "", lambda: None))


def loaded(bench):
    """Tell whether every voxel of every open stack is there."""
    stacks = bench.session.stacks.values()
    return bool(stacks) and all(
        len(stack.loaded) == stack.volume.geometry.shape_zyx[0] for stack in stacks
    )


@pytest.fixture
def bench(qtbot):
    """A shown window with nothing open, without Analyze."""
    with window(qtbot) as made:
        yield made


@pytest.fixture
def learning_bench(qtbot):
    """The same with the real Analyze in its worker process."""
    from viewer.ui.application import make_analysis

    with shown_window(qtbot, make_analysis()) as made:
        yield made


@pytest.fixture
def opened(bench, qtbot):
    """The window with a volume of 20 x 60 x 80 voxels (values: 100 z + 10 y + x - 500 HU)."""
    volume = make_volume(make_geometry((20, 60, 80)))
    bench.session.set_volume(
        volume, AnnotationDocument("9.8.7"), DisplayState(HuWindow(400, 40), "default")
    )
    bench.session.add_loaded(frozenset(range(20)))
    qtbot.wait(30)
    return bench
