"""Which language the window speaks: chosen once, before the first widget is made."""

import os

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from viewer.i18n import SYSTEM, use_language

VARIABLE = "HOUNSFIELD_LANGUAGE"
"""Chooses for one run, before the preference: `--language` sets it, tests may."""


_LETTERS = {"zh": QFontDatabase.WritingSystem.SimplifiedChinese}
"""What a language is written with, where not every machine has a font for it."""


def wanted(preferred: str = SYSTEM) -> str:
    """Return the language that is asked for; see `speak`."""
    choice = os.environ.get(VARIABLE) or preferred
    return QLocale.system().name().partition("_")[0] if choice == SYSTEM else choice


def can_draw(language: str) -> bool:
    """Tell whether the fonts of this machine have the letters of a language."""
    letters = _LETTERS.get(language)
    return letters is None or bool(QFontDatabase.families(letters))


def speak(app: QApplication, preferred: str = SYSTEM) -> str:
    """Speak the language of this run and return it, a key of `viewer.i18n.LANGUAGES`.

    It is English where the letters of the other one would all be empty boxes.

    Parameters
    ----------
    preferred : str
        The reader's preference, a key of `LANGUAGES` or `SYSTEM`.
    """
    choice = wanted(preferred)
    language = use_language(choice if can_draw(choice) else "en")
    # Numbers keep the point in every language: 1.5 mm reads the same in a field, on the image and
    # in a copied line, and a comma between numbers always parts two of them.
    QLocale.setDefault(QLocale.c())
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.deleteLater()
    if language != "en":
        translator = QTranslator(app)  # OK, Cancel and the menus of text fields are Qt's own
        name = "zh_CN" if language == "zh" else language
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(f"qtbase_{name}", folder):
            app.installTranslator(translator)
    return language
