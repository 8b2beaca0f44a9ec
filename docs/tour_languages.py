"""Takes the picture of the window in two languages for the user guide; see `make_pictures`.

A process speaks one language, so each half is taken by a run of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

from PIL import Image
from PySide6.QtGui import QGuiApplication
from tour_camera import save

from viewer.paths import HOME_VARIABLE
from viewer.ui.application import make_application, make_workbench
from viewer.ui.language import VARIABLE, speak
from viewer.ui.walk_hand import Hand

LANGUAGES = ("de", "fr")
_WIDTH, _HEIGHT = 1280, 800


def take_half(study: Path, target: Path) -> None:
    """Open the sample in the language of this run and save what the window shows."""
    speak(make_application())
    bench, hand = make_workbench(), Hand()
    bench.window.resize(_WIDTH, _HEIGHT)
    bench.window.show()
    bench.deeds.open_paths([str(study)])
    while not bench.session.loaded_slices or bench.runner.jobs:
        hand.rest(0.2)
    bench.window.tabs.setCurrentIndex(1)
    hand.rest(0.5)
    if not bench.window.grab().save(str(target)):
        raise OSError(f"{target.name} cannot be saved")
    bench.close()
    QGuiApplication.quit()


def take_languages(study: Path, scratch: Path) -> None:
    """Take both halves and put them below each other."""
    whole = Image.new("RGB", (_WIDTH, _HEIGHT * len(LANGUAGES)))
    for number, language in enumerate(LANGUAGES):
        half = scratch / f"half-{language}.png"
        home = {VARIABLE: language, HOME_VARIABLE: f"{scratch}/{language}"}
        subprocess.run(
            [sys.executable, __file__, str(study), str(half)], env=os.environ | home, check=True
        )
        whole.paste(Image.open(half).convert("RGB"), (0, _HEIGHT * number))
    save("languages", whole)


if __name__ == "__main__":
    take_half(Path(sys.argv[1]), Path(sys.argv[2]))
