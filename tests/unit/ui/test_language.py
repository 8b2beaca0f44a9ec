"""Tests of viewer.ui.language: a language whose letters no font has is not spoken."""

import pytest
from PySide6.QtGui import QFontDatabase

from viewer.i18n import spoken, use_language
from viewer.ui.language import VARIABLE, can_draw, speak


@pytest.mark.parametrize(("families", "language"), [([], "en"), (["Some CJK"], "zh")])
def test_chinese_is_spoken_only_where_it_can_be_drawn(qapp, monkeypatch, families, language):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(QFontDatabase, "families", lambda *_: families)
    try:
        assert speak(qapp, "zh") == spoken() == language
        assert can_draw("de")
    finally:
        use_language("en")
        speak(qapp, "en")
