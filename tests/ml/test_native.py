"""Start-up lines of native libraries are held back, everything else is shown."""

import os
import subprocess
import sys

import pytest

from ml.native import without_chatter

CHATTER = (
    b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    b"I0000 00:00:1795242032.394232   23635 port.cc:153] oneDNN custom operations are on.\n"
)
TROUBLE = b"E0000 00:00:1795242032.394232   23635 cuda.cc:15] no memory\nIllegal instruction\n"


def test_lines_of_level_info_are_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    with without_chatter():
        os.write(2, CHATTER + TROUBLE)
        assert capfd.readouterr().err == ""
    os.write(2, b"after\n")
    assert capfd.readouterr().err == TROUBLE.decode() + "after\n"


def test_trouble_is_shown_where_the_import_fails(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with without_chatter():
            os.write(2, CHATTER + TROUBLE)
            raise ImportError

    with pytest.raises(ImportError):
        fail()
    assert capfd.readouterr().err == TROUBLE.decode()


def test_importing_tensorflow_prints_nothing() -> None:
    code = (
        "import sys, ml.native; ml.native.import_tensorflow(); print('tensorflow' in sys.modules)"
    )
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "True"
    assert done.stderr == ""
