"""An id that this version does not know, in any file of the reader's, ends no start."""

import json

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt

from tests.gui.conftest import refuse_to_analyze, shown_window
from tests.support.dicom_writer import write_series
from viewer.app.settings import Settings
from viewer.paths import config_dir, data_dir
from viewer.ui.side_panels import Analysis

pytestmark = [pytest.mark.gui, pytest.mark.expects_log_warnings]
STRANGE = "no-such-thing"

TEXT_SETTINGS = [
    field.name
    for field in msgspec.structs.fields(Settings)
    if isinstance(getattr(Settings(), field.name), str)
]

VIEW_IDS = ["orientation", "slab_mode", "preset", "colour_map", "series_uid"]


def window(qtbot):
    return shown_window(qtbot, Analysis(refuse_to_analyze, lambda: "", lambda: None))


def loaded(bench):
    return bench.session.volume is not None and len(bench.session.loaded_slices) == 6


@pytest.fixture
def folder(tmp_path):
    write_series(tmp_path / "in")
    return tmp_path / "in"


def use(bench, qtbot, folder):
    """What a reader does first: open, point, scroll, press, choose a layout and come back."""
    bench.deeds.open_paths([str(folder)])
    qtbot.waitUntil(lambda: loaded(bench), timeout=20_000)
    qtbot.wait(60)
    frame = bench.viewports.frame(bench.session.interaction.active)
    canvas = frame.canvas.viewport()
    qtbot.mouseMove(canvas, QPoint(60, 60))
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    bench.window.actions_["go.next"].trigger()
    bench.window.actions_["layout.1x2"].trigger()
    qtbot.wait(30)
    assert not bench.viewports.frame(bench.session.interaction.active).canvas.isHidden()


@pytest.mark.parametrize("name", TEXT_SETTINGS)
def test_in_the_settings(qtbot, folder, name):
    path = config_dir() / "settings.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({name: STRANGE}))
    with window(qtbot) as bench:
        use(bench, qtbot, folder)


def plant(study, name):
    """Put the strange id into one field of a kept study."""
    view = next(iter(study["views"].values()))
    if name in VIEW_IDS:
        view[name] = STRANGE
    elif name == "function":
        view["window"], view["preset"] = {"width": 5, "center": 1, "function": STRANGE}, ""
    elif name == "viewport":
        study["views"][STRANGE] = view
    elif name == "crosshair":
        study["crosshair"] = [STRANGE, 1, [0, 0, 0]]
    elif name == "other window":
        study["maximised"] = study["active"] = "2/axial"
    else:
        study[name] = STRANGE


@pytest.mark.parametrize(
    "name",
    [
        *VIEW_IDS,
        "layout",
        "active",
        "maximised",
        "function",
        "viewport",
        "crosshair",
        "other window",
    ],
)
def test_in_the_last_views(qtbot, folder, name):
    with window(qtbot) as bench:
        bench.deeds.open_paths([str(folder)])
        qtbot.waitUntil(lambda: loaded(bench), timeout=20_000)
        bench.window.close()
    path = data_dir() / "views.json"
    content = json.loads(path.read_bytes())
    plant(content["studies"][0], name)
    path.write_text(json.dumps(content))
    with window(qtbot) as bench:
        use(bench, qtbot, folder)
        assert bench.session.interaction.maximised in ("", *bench.session.viewports.by_id)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (
            "layouts.json",
            {
                "version": 1,
                "layouts": [
                    {"name": "A", "windows": [{"layout": STRANGE, "places": []}]},
                    {"name": "B", "windows": [{"layout": "1x1", "places": [{
                        "orientation": STRANGE, "slab": {"mode": STRANGE, "thickness_mm": 3}}]}]},
                ],
            },
        ),
        (
            "presets.json",
            {
                "hounsfield_presets": 1,
                "presets": [
                    {"name": "A", "width": 9, "level": 1, "modality": STRANGE},
                    {"name": "B", "width": 9, "level": 1, "key": STRANGE},
                ],
            },
        ),
        (
            "profiles/own-a.json",
            {
                "hounsfield_profile": 1,
                "name": "Mine",
                "tool": STRANGE,
                "keys": {STRANGE: ["K"], "go.next": [STRANGE]},
                "mouse": {STRANGE: "pan", "left": STRANGE},
            },
        ),
        ("profiles/own-b.json", {"hounsfield_profile": STRANGE, "name": "Mine"}),
    ],
)  # fmt: skip
def test_in_what_the_reader_made(qtbot, folder, file, content):
    path = config_dir() / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    (config_dir() / "settings.json").write_text(json.dumps({"profile": path.stem}))
    with window(qtbot) as bench:
        use(bench, qtbot, folder)
        bench.window.actions_["own.edit"].trigger()
        bench.window.actions_["help.profile"].trigger()
        bench.window.actions_["window.user_presets"].trigger()
        qtbot.wait(30)
