"""Tests of the Analyze panel and the model card: calm, neutral, complete."""

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QLabel, QPushButton, QTextBrowser

from tests.support.reports import CHECKS, FINDINGS, REPORT
from viewer.app.presenters.analysis import finding_rows, provenance_rows
from viewer.core.analysis import GateLevel
from viewer.ui.dialogs.model_card import ModelCardDialog
from viewer.ui.panels.analysis import NOTICE, AnalysisPanel
from viewer.ui.widgets.findings_list import FindingButton
from viewer.ui.widgets.gate_list import GateRow, LevelSign
from viewer.ui.widgets.score_axis import ScoreAxis

pytestmark = pytest.mark.gui
DIAGNOSIS = re.compile(
    r"\b(cancer|tumou?r|malignant|benign|healthy|normal|suspicious|risk)\b", re.I
)


@pytest.fixture
def panel(qtbot):
    panel = AnalysisPanel()
    qtbot.addWidget(panel)
    panel.resize(330, 900)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def show_report(panel, report=REPORT):
    panel.set_gate(report.gate, refused=report.refused)
    panel.set_score(report.score, "Not suitable.")
    panel.set_findings(finding_rows(report.findings), "Click one.", "They look less so.")
    panel.set_doubts(report.caveats, report.notes)
    panel.set_origin("lung 1.0 on CPU, 3.2 s", provenance_rows(report.model, report.provenance))


def texts(panel) -> list[str]:
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def button(panel, text) -> QPushButton:
    return next(b for b in panel.findChildren(QPushButton) if b.text() == text)


def test_the_button_starts_and_gives_its_place_to_progress(panel, qtbot):
    with qtbot.waitSignal(panel.analyze_requested):
        qtbot.mouseClick(button(panel, "Analyze"), Qt.MouseButton.LeftButton)
    panel.set_progress(0.3, "Finding candidates")
    assert not button(panel, "Analyze").isVisible()
    assert "Finding candidates" in texts(panel)
    with qtbot.waitSignal(panel.cancel_requested):
        qtbot.mouseClick(button(panel, "Cancel"), Qt.MouseButton.LeftButton)
    panel.set_idle()
    assert button(panel, "Analyze").isVisible()


def test_no_model_is_calm_and_says_how_to_add_one(panel):
    panel.set_ready("No model is installed")
    panel.set_no_model("Put the bundle's folder into models.")
    assert not button(panel, "Analyze").isEnabled()
    assert "No model installed" in texts(panel)
    assert "Put the bundle's folder into models." in texts(panel)
    assert not any(
        label.property("role") == "failure" and label.isVisible()
        for label in panel.findChildren(QLabel)
    )


def test_the_score_stands_with_its_interval_meaning_and_rule(panel):
    show_report(panel)
    words = "\n".join(texts(panel))
    for part in ("0.61", "0.42 to 0.78", "what it is", "what it is not", "highest finding"):
        assert part in words
    axis = next(a for a in panel.findChildren(ScoreAxis) if a.isVisible())
    assert axis.accessibleDescription() == "Score 0.61, interval 0.42 to 0.78"


def test_its_own_words_claim_no_diagnosis(panel):
    panel.set_ready("")
    own = [label.text() for label in panel.findChildren(QLabel)]
    own += [b.text() + b.toolTip() for b in panel.findChildren(QPushButton)]
    assert not [text for text in own if DIAGNOSIS.search(text)]
    assert NOTICE in own


@pytest.mark.parametrize("value", [0.02, 0.98])
def test_the_axis_has_the_same_colours_for_every_score(qtbot, value):
    axis = ScoreAxis()
    qtbot.addWidget(axis)
    axis.resize(200, 40)
    axis.set_score(value, value - 0.02, min(value + 0.1, 1.0))
    image = axis.grab().toImage()
    colours = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    palette = axis.palette()
    roles = (palette.ColorRole.Window, palette.ColorRole.Text, palette.ColorRole.PlaceholderText)
    neutral = [palette.color(role) for role in roles]
    assert max(map(chroma, colours)) <= max(map(chroma, neutral)) + 2


def chroma(colour):
    """How far a colour is from grey, 0 to 255."""
    return max(colour.getRgb()[:3]) - min(colour.getRgb()[:3])


def test_a_refusal_shows_reasons_and_no_number(panel):
    refuse = replace(CHECKS[0], level=GateLevel.REFUSE, text="Only CT can be analyzed", value="MR")
    show_report(panel, replace(REPORT, gate=(refuse,), refused=True, score=None, findings=()))
    words = "\n".join(texts(panel))
    assert "Not suitable for Analyze" in words
    assert "Only CT can be analyzed" in words
    assert "measured MR; allowed CT" in words
    assert "No score" in words
    assert "Score of this scan" not in words
    assert not [a for a in panel.findChildren(ScoreAxis) if a.isVisible()]


def test_what_does_not_count_is_folded_away_and_named(panel, qtbot):
    vessel = replace(FINDINGS[1], counts=False, note="a note of its own")
    show_report(panel, replace(REPORT, findings=(FINDINGS[0], vessel)))
    assert "Findings (1)" in texts(panel)
    first, second = panel.findChildren(FindingButton)
    assert (first.isVisible(), second.isVisible()) == (True, False)
    head = button(panel, "▸ Not counted: probably vessels or walls (1)")
    qtbot.mouseClick(head, Qt.MouseButton.LeftButton)
    assert second.isVisible()
    assert "They look less so." in texts(panel)
    assert "a note of its own" in texts(second)
    with qtbot.waitSignal(panel.finding_requested) as asked:
        qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    assert asked.args == [vessel.id]
    show_report(panel)
    assert not head.isVisible()


def test_the_notice_stands_beside_a_result_only(panel):
    assert NOTICE not in texts(panel)
    show_report(panel)
    assert NOTICE in texts(panel)
    panel.clear_report()
    assert NOTICE not in texts(panel)


def test_checks_that_passed_are_folded_behind_one_line(panel, qtbot):
    show_report(panel)
    signs = [s.accessibleName() for s in panel.findChildren(LevelSign) if s.isVisible()]
    assert signs == ["Caveat"]
    qtbot.mouseClick(button(panel, "1 of 2 checks passed"), Qt.MouseButton.LeftButton)
    signs = [s.accessibleName() for s in panel.findChildren(LevelSign) if s.isVisible()]
    assert sorted(signs) == ["Caveat", "Passed"]


def test_a_finding_is_pressed_by_mouse_and_keyboard(panel, qtbot):
    show_report(panel)
    first, second = panel.findChildren(FindingButton)
    assert "Finding 2: 5.4 mm, ground-glass, -480 HU, Slice 2" in second.accessibleName()
    with qtbot.waitSignal(panel.finding_requested) as asked:
        qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    assert asked.args == [FINDINGS[1].id]
    first.setFocus()
    with qtbot.waitSignal(panel.finding_requested) as asked:
        qtbot.keyClick(first, Qt.Key.Key_Space)
    assert asked.args == [FINDINGS[0].id]
    panel.set_selected("f2")
    assert (first.isChecked(), second.isChecked()) == (False, True)


def test_nothing_is_wider_than_the_panel(panel, qtbot):
    show_report(panel, replace(REPORT, findings=(replace(FINDINGS[0], counts=False),) * 12))
    button(panel, "Details").click()
    button(panel, "▸ Not counted: probably vessels or walls (12)").click()
    qtbot.wait(10)
    kinds = (QLabel, GateRow, QPushButton, FindingButton)
    for widget in (widget for kind in kinds for widget in panel.findChildren(kind)):
        if widget.isVisible():
            right = widget.mapTo(panel, widget.rect().topRight()).x()
            assert right <= panel.width(), getattr(widget, "text", lambda: "")()


def test_provenance_is_complete_behind_details(panel, qtbot):
    show_report(panel)
    hashes = REPORT.provenance.pixels_sha256
    assert not any(hashes in text.replace("\u200b", "") for text in texts(panel))
    qtbot.mouseClick(button(panel, "Details"), Qt.MouseButton.LeftButton)
    assert any(hashes in text.replace("\u200b", "") for text in texts(panel))


def test_an_old_result_is_gone_after_clear(panel):
    show_report(panel)
    panel.clear_report()
    assert not [a for a in panel.findChildren(ScoreAxis) if a.isVisible()]
    assert "Findings (2)" not in texts(panel)


def test_all_labels_are_plain_text(panel):
    show_report(panel)
    formats = {label.textFormat() for label in panel.findChildren(QLabel)}
    assert formats == {Qt.TextFormat.PlainText}


def test_the_model_card_renders_markdown_but_no_html_and_follows_nothing(qtbot):
    dialog = ModelCardDialog()
    qtbot.addWidget(dialog)
    card = "# Card\n\n<script>alert(1)</script>\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n[l](http://x.y)"
    dialog.set_model(replace(REPORT.model, card=card))
    browser = dialog.findChildren(QTextBrowser)[0]
    text = browser.toPlainText()
    assert text.startswith("Card")
    assert "alert(1)" in text
    assert "|" not in text
    assert not browser.openLinks()
    assert not browser.openExternalLinks()
    assert browser.loadResource(2, QUrl("http://x.y/picture.png")) is None
    assert not dialog.isModal()


def test_a_finding_without_a_score_says_why_instead_of_an_axis(panel):
    unscored = replace(FINDINGS[0], score=None, interval=None, note="Larger than 30 mm: too few")
    report = replace(REPORT, score=None, findings=(unscored, FINDINGS[1]))
    show_report(panel, report)
    first, second = panel.findChildren(FindingButton)
    assert "No score. Larger than 30 mm: too few" in texts(first)
    assert not first.findChildren(ScoreAxis)
    assert "No score" in first.accessibleName()
    assert "0.20 (0.10 to 0.40)" in texts(second)
    assert not DIAGNOSIS.search(" ".join(texts(first)))
