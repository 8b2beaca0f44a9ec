"""How long it takes from the start of the process to a window that can be used."""

import subprocess
import sys
import time

import pytest

START = """
from viewer.ui.application import make_application, make_workbench
app = make_application()
bench = make_workbench()
bench.window.show()
bench.surface_view.prepare()
app.processEvents()
print("shown", flush=True)
bench.close()
"""

pytestmark = pytest.mark.bench


def test_start(xvfb):
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-c", START], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "shown\n"
            seconds.append(time.perf_counter() - begin)
            process.communicate()
    print(f"\nstart to a shown window: best {min(seconds):.2f} s, worst {max(seconds):.2f} s")
