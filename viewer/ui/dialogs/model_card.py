"""The model card: what the model is, what it was measured on, and with which figures."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from viewer.core.analysis import ModelInfo
from viewer.i18n import tr
from viewer.ui.widgets.labels import plain_label


class ModelCardDialog(QDialog):
    """Shows a card written in Markdown; nothing in it can be followed, loaded or run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model-card-dialog")
        self.setModal(False)
        self.resize(640, 700)
        self._title = plain_label(role="heading", wrap=True)
        self._summary = plain_label(wrap=True)
        self._card = _ClosedBrowser()
        self._card.setAccessibleName(tr("Model card"))
        buttons = QDialogButtonBox()
        buttons.addButton(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._title)
        layout.addWidget(self._summary)
        layout.addWidget(self._card, 1)
        layout.addWidget(buttons)

    def set_model(self, model: ModelInfo) -> None:
        """Show another model's card."""
        self.setWindowTitle(tr("Model card: {name}", name=model.name))
        self._title.setText(f"{model.name} {model.version}".strip())
        lines = [model.summary, model.cohort]
        lines += [f"{name}: {value}" for name, value in model.figures]
        self._summary.setText("\n".join(line for line in lines if line))
        document = self._card.document()
        feature = QTextDocument.MarkdownFeature
        document.setMarkdown(model.card, feature.MarkdownDialectGitHub | feature.MarkdownNoHTML)
        self._card.moveCursor(self._card.textCursor().MoveOperation.Start)


class _ClosedBrowser(QTextBrowser):
    """A text browser that opens no link and loads no picture."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)

    def loadResource(self, kind: int, name: QUrl | str) -> None:
        return None
