"""Which language the window speaks: chosen once, before the first widget is made."""

import os

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from viewer.i18n import SYSTEM, use_language

VARIABLE = "HOUNSFIELD_LANGUAGE"
"""Chooses for one run, before the preference: `--language` sets it, tests may."""


def speak(app: QApplication, preferred: str = SYSTEM) -> str:
    """Speak the language of this run and return it, a key of `viewer.i18n.LANGUAGES`.

    Parameters
    ----------
    preferred : str
        The reader's preference, a key of `LANGUAGES` or `SYSTEM`.
    """
    choice = os.environ.get(VARIABLE) or preferred
    if choice == SYSTEM:
        choice = QLocale.system().name().partition("_")[0]
    language = use_language(choice)
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
