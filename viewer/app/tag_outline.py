"""Which lines of the metadata browser are seen: opened and closed, searched, private, differing."""

from viewer.app.tag_compare import Difference
from viewer.app.tag_rows import TagRow, needle


class TagOutline:
    """The state of the tree between the file and the window.

    What is open is kept by path, so that it stays open in the next slice.
    """

    def __init__(self) -> None:
        self.rows: list[TagRow] = []
        self.show_private = True
        self.only_differences = False
        self.hits = 0
        self._text = ""
        self._open: set[str] = set()
        self._leads_to_hit: set[str] = set()
        self._turned: dict[str, bool] = {}

    @property
    def is_searched(self) -> bool:
        """Whether a text is looked for."""
        return bool(self._text)

    @property
    def is_filtered(self) -> bool:
        """Whether lines are left out that did not match."""
        return bool(self._text) or self.only_differences

    def search(self, text: str) -> None:
        """Look for a text in tags, keywords, names and values; an empty one shows everything."""
        self._text = needle(text)
        self._turned.clear()

    def is_open(self, row: TagRow) -> bool:
        """Tell whether the lines under a line are seen; what leads to a hit opens by itself."""
        if self.is_filtered:
            return self._turned.get(row.path, row.path in self._leads_to_hit)
        return row.path in self._open

    def toggle(self, row: TagRow) -> None:
        """Open what is closed, close what is open."""
        if self.is_filtered:
            self._turned[row.path] = not self.is_open(row)
        else:
            self._open.symmetric_difference_update({row.path})

    def open_all(self) -> None:
        """Open every line."""
        self._open = {row.path for row in self.rows if row.is_container}
        self._turned = dict.fromkeys(self._open, True)

    def close_all(self) -> None:
        """Close every line."""
        self._open = set()
        self._turned = {row.path: False for row in self.rows if row.is_container}

    def visible(self) -> list[TagRow]:
        """Return the lines that are seen, from top to bottom; counts `hits`."""
        kept = self._kept() if self.is_filtered else None
        seen: list[TagRow] = []
        rows, line = self.rows, 0
        while line < len(rows):
            row = rows[line]
            if (row.private and not self.show_private) or (kept is not None and not kept[line]):
                line = row.end
                continue
            seen.append(row)
            line = line + 1 if row.is_container and self.is_open(row) else row.end
        return seen

    def _kept(self) -> bytearray:
        """Mark the lines that match, with all that contains them and all that they contain."""
        rows, leads = self.rows, set[str]()
        kept = bytearray(len(rows))
        hits = self._matching()
        for line in hits:
            row = rows[line]
            kept[line] = 1
            if row.is_container and self._text:
                kept[line : row.end] = b"\1" * (row.end - line)
            above = row.parent
            while above >= 0 and rows[above].path not in leads:
                kept[above] = 1
                leads.add(rows[above].path)
                above = rows[above].parent
        self.hits, self._leads_to_hit = len(hits), leads
        return kept

    def _matching(self) -> list[int]:
        """Return the lines that match by themselves."""
        rows, text = self.rows, self._text
        if self.only_differences:
            dull = (Difference.NONE, Difference.INSIDE)
            lines = [n for n, row in enumerate(rows) if row.difference not in dull]
            lines = [n for n in lines if text in rows[n].haystack]
        else:
            lines = [n for n, row in enumerate(rows) if text in row.haystack]
        if self.show_private:
            return lines
        hidden = bytearray(len(rows))
        for n, row in enumerate(rows):
            if row.private:
                hidden[n : row.end] = b"\1" * (row.end - n)
        return [n for n in lines if not hidden[n]]
