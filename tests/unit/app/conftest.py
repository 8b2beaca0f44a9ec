"""The self-check run in parts, on volumes that a test has spoilt."""

import pytest

from viewer.app import selfcheck, selfcheck_lab
from viewer.app.selfcheck import SECTIONS
from viewer.app.selfcheck_lab import Lab, cut_here
from viewer.core.progress import SilentContext
from viewer.dicom.loader import load


@pytest.fixture
def failed_checks(tmp_path):
    """Return a function that runs the sections of some prefixes and names what failed."""

    def run(*prefixes: str, cut=cut_here) -> set[str]:
        lab = Lab(SilentContext(), tmp_path, cut)
        sections = [section for section in SECTIONS if section.prefix in prefixes]
        assert len(sections) == len(prefixes)
        checks = [check for section in sections for check in selfcheck._checked(lab, section)]
        return {check.id for check in checks if not check.passed}

    return run


@pytest.fixture
def spoil_volumes(monkeypatch):
    """Return a function that changes every volume before the self-check sees it."""

    def change(how) -> None:
        monkeypatch.setattr(selfcheck_lab, "load", lambda ctx, stack: how(load(ctx, stack)))

    return change
