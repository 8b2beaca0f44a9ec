"""Exit codes and one-line errors, in this process, with a made-up command."""

import argparse
import signal
import sys
import types

import pytest

from viewer.cli import program
from viewer.cli.program import COMMANDS, CommandSpec
from viewer.cli.terminal import TerminalContext, print_json
from viewer.core.errors import CancelledError, RefusedError, ViewerError


@pytest.fixture(autouse=True)
def _own_interrupts():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def command(monkeypatch):
    """Return a function that makes `try` a command that does something."""

    def make(run) -> None:
        module = types.ModuleType("made_up_command")
        vars(module)["add_arguments"] = lambda p: p.add_argument("--number", type=int)
        vars(module)["run"] = run
        monkeypatch.setitem(sys.modules, "made_up_command", module)
        spec = CommandSpec("try", "made_up_command", "try something")
        monkeypatch.setattr(program, "COMMANDS", (*COMMANDS, spec))

    return make


def raising(error):
    def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
        raise error

    return run


def test_done(command, capsys):
    def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
        print_json({"number": arguments.number})
        return 0

    command(run)
    assert program.run(["try", "--number", "7"]) == 0
    captured = capsys.readouterr()
    assert captured.out == '{\n  "number": 7\n}\n'
    assert captured.err == ""


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ViewerError("It cannot", "so\nit is", "Do that"), 2, "It cannot: so it is. Do that"),
        (RefusedError("No"), 3, "No"),
        (CancelledError(), 130, "cancelled"),
        (KeyboardInterrupt(), 130, "cancelled"),
    ],
)
def test_what_went_wrong_is_one_line_and_a_code(command, capsys, error, code, words):
    command(raising(error))
    assert program.run(["try"]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"hounsfield: {words}\n"


def test_a_bug_is_70_and_quotes_nothing(command, capsys, caplog):
    command(raising(ValueError("Doe^Jane")))
    assert program.run(["try"]) == 70
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "ValueError" in error
    assert "Doe" not in error + caplog.text


@pytest.mark.parametrize(
    "arguments",
    [["info"], ["export", "x"], ["export", "x", "--format", "gif", "--out", "y"], ["--preset", "x"],
     ["info", "x", "--jso"], ["info", ""],
     ["export", "", "--format", "png", "--out", "y"], [""],
     ["surface", "x", "--hu", "bone", "--out", "y.stl"], ["-x"]],
)  # fmt: skip
def test_wrong_usage_is_2_in_one_line(arguments, capsys):
    assert program.run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "--help" in captured.err


def test_help_of_everything(capsys):
    assert program.run(["--help"]) == 0
    overview = capsys.readouterr().out
    for spec in COMMANDS:
        assert spec.name in overview
        assert program.run([spec.name, "--help"]) == 0
        assert spec.name in capsys.readouterr().out
    assert "--preset" in overview
    assert "Not a medical device" in overview


def test_version(capsys):
    assert program.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("hounsfield ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_termination_cancel_softly_first(command, number):
    def run(arguments, ctx):
        signal.raise_signal(number)
        ctx.check()
        return 0

    command(run)
    assert program.run(["try"]) == 130


def test_json_never_holds_nan():
    with pytest.raises(ValueError, match="Out of range"):
        print_json({"x": float("nan")})


def test_progress_only_on_a_terminal(capsys, monkeypatch):
    TerminalContext().progress(0.5, "half")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    ctx = TerminalContext()
    ctx.progress(0.5, "half")
    ctx.end_line()
    assert "50% half" in capsys.readouterr().err
