"""Pictures of the documents: each link has one, each is linked, and none weighs too much."""

import re
from pathlib import Path

from tests.support.source_tree import PROJECT_ROOT

PICTURES = Path("docs/pictures")
LIMIT_BYTES = 400 * 1024
LINK = re.compile(r"!\[[^\]]*\]\(([^)\s]+\.(?:png|jpg|svg))\)")


def wrong_pictures(root: Path) -> list[str]:
    """Links without a picture, pictures without a link, pictures that weigh too much."""
    pages = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    linked = {
        (page.parent / link).resolve(): page.relative_to(root)
        for page in pages
        for link in LINK.findall(page.read_text(encoding="utf-8"))
    }
    missing = [f"{page} links {file.name}" for file, page in linked.items() if not file.is_file()]
    present = sorted((root / PICTURES).resolve().glob("*.png"))
    unused = [f"{file.name} is not linked" for file in present if file not in linked]
    heavy = [f"{file.name} is too large" for file in present if file.stat().st_size > LIMIT_BYTES]
    return missing + unused + heavy


def unreachable_pages(root: Path) -> list[str]:
    """Pages of the user guide to which its index does not lead."""
    guide = root / "docs" / "user-guide"
    index = (guide / "README.md").read_text(encoding="utf-8")
    pages = sorted(page.name for page in guide.glob("*.md") if page.name != "README.md")
    return [page for page in pages if f"]({page}" not in index]


def test_documents_and_pictures_fit():
    assert wrong_pictures(PROJECT_ROOT) == []


def test_the_index_leads_to_every_page():
    assert unreachable_pages(PROJECT_ROOT) == []


def test_violations_are_found(tmp_path):
    guide = tmp_path / "docs" / "user-guide"
    guide.mkdir(parents=True)
    (tmp_path / PICTURES).mkdir()
    (tmp_path / "README.md").write_text("![one](docs/pictures/one.png)")
    (guide / "README.md").write_text("[a](a.md)")
    (guide / "a.md").write_text("![two](../pictures/two.png)")
    (guide / "b.md").write_text("")
    (tmp_path / PICTURES / "one.png").write_bytes(bytes(LIMIT_BYTES + 1))
    (tmp_path / PICTURES / "three.png").write_bytes(b"")
    assert wrong_pictures(tmp_path) == [
        "docs/user-guide/a.md links two.png",
        "three.png is not linked",
        "one.png is too large",
    ]
    assert unreachable_pages(tmp_path) == ["b.md"]
