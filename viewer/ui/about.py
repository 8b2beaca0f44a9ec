"""About: what this program is, what it is not, and on whose shoulders it stands."""

from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from viewer.i18n import mark, tr

_STATEMENT = mark(
    "Research and education. Not a medical device.\n\n"
    "Hounsfield is not cleared or certified for diagnosis, treatment or any other clinical "
    "decision. Its scores are statements about images by a model trained on a small public "
    "cohort; they are not a diagnosis. Read the caveats beside every number."
)
_PACKAGES = ("PySide6-Essentials", "pyqtgraph", "pydicom", "numpy", "scikit-image")


class AboutDialog(QDialog):
    """Non-modal window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle(tr("About Hounsfield"))
        self.setModal(False)
        self.setMinimumWidth(460)
        name = QLabel(f"Hounsfield {package_version('hounsfield')}")
        name.setProperty("role", "heading")
        statement = QLabel(tr(_STATEMENT))
        statement.setWordWrap(True)
        parts = QLabel("\n".join(f"{package} {package_version(package)}" for package in _PACKAGES))
        parts.setProperty("role", "dim")
        parts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox()
        buttons.addButton(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(12)
        for widget in (name, statement, parts, buttons):
            column.addWidget(widget)


def package_version(package: str) -> str:
    """Return the installed version of a package, or "" in a bare checkout."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
