"""The preferences on the command line: told, changed, reset; mistakes are one line."""

import json
import signal

import pytest

from viewer.app.settings import Settings, SettingsStore
from viewer.cli import program
from viewer.paths import config_dir


@pytest.fixture(autouse=True)
def _own_interrupts():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def call(capsys, *arguments):
    code = program.run(["settings", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def kept() -> Settings:
    return SettingsStore(config_dir()).settings


def test_a_value_is_set_told_and_reset(capsys):
    assert call(capsys, "set", "font_percent", "150") == (0, "font_percent = 150\n", "")
    assert kept().font_percent == 150
    assert call(capsys, "get", "font_percent") == (0, "150\n", "")
    assert call(capsys, "reset", "font_percent") == (0, "font_percent = 100\n", "")
    assert kept() == Settings()


def test_truth_has_several_words(capsys):
    call(capsys, "set", "link_zoom", "off")
    assert kept().link_zoom is False
    assert call(capsys, "get", "link_zoom")[1] == "false\n"


def test_all_are_reset_and_nothing_that_is_no_preference(capsys):
    store = SettingsStore(config_dir())
    store.save(Settings(theme="light", link_scroll=False, layout="2x2", last_folder="x"))
    assert call(capsys, "reset", "--all")[0] == 0
    assert kept() == Settings(layout="2x2", last_folder="x")


def test_the_list_is_for_people_and_for_programs(capsys):
    code, told, _ = call(capsys)
    assert code == 0
    assert "font_percent" in told
    assert "80..200" in told
    described = json.loads(call(capsys, "list", "--json")[1])
    assert described["theme"]["value"] == described["theme"]["default"] == "dark"


@pytest.mark.parametrize(
    "arguments",
    [
        ("set", "font_percent", "900"),
        ("set", "theme", "pink"),
        ("set", "recent_paths", "x"),
        ("get", "nothing"),
        ("reset",),
        ("reset", "--all", "theme"),
        ("shout",),
    ],
)
def test_mistakes_are_one_line(capsys, arguments):
    code, told, error = call(capsys, *arguments)
    assert (code, told) == (2, "")
    assert error.count("\n") == 1
    assert kept() == Settings()
