"""Texts of a data set in any of DICOM's character sets, on one plain line.

Source: PS3.5 section 6.1 and PS3.3 C.12.1.1.2 (Specific Character Set). A missing or wrong set is
read as UTF-8, then as Latin-1; what still cannot be read becomes replacement characters.
"""

import unicodedata
from functools import lru_cache

MAX_TEXT_BYTES = 16_384
"""Longer values are cut: labels are for reading, not for storage."""

_SINGLE_BYTE = {
    "ISO_IR 13": "shift_jis",
    "ISO_IR 100": "latin_1",
    "ISO_IR 101": "iso8859_2",
    "ISO_IR 109": "iso8859_3",
    "ISO_IR 110": "iso8859_4",
    "ISO_IR 126": "iso8859_7",
    "ISO_IR 127": "iso8859_6",
    "ISO_IR 138": "iso8859_8",
    "ISO_IR 144": "iso8859_5",
    "ISO_IR 148": "iso8859_9",
    "ISO_IR 166": "iso8859_11",
    "ISO_IR 192": "utf_8",
    "ISO_IR 203": "iso8859_15",
    "GB18030": "gb18030",
    "GBK": "gbk",
}
"""Sets without code extensions; "ISO 2022 IR n" alone means the same as "ISO_IR n"."""

_ESCAPES: dict[bytes, str] = {
    b"\x1b(B": "ascii",
    b"\x1b(J": "shift_jis",
    b"\x1b)I": "shift_jis",
    b"\x1b-A": "latin_1",
    b"\x1b-B": "iso8859_2",
    b"\x1b-C": "iso8859_3",
    b"\x1b-D": "iso8859_4",
    b"\x1b-F": "iso8859_7",
    b"\x1b-G": "iso8859_6",
    b"\x1b-H": "iso8859_8",
    b"\x1b-L": "iso8859_5",
    b"\x1b-M": "iso8859_9",
    b"\x1b-T": "iso8859_11",
    b"\x1b-b": "iso8859_15",
    b"\x1b$B": "iso2022_jp",
    b"\x1b$(D": "iso2022_jp_2",
    b"\x1b$)C": "euc_kr",
    b"\x1b$)A": "gb2312",
}
"""ISO 2022 escape sequences (PS3.3 table C.12-3 and C.12-4) and how what follows is read."""
_ASCII_TERMS = frozenset({"", "ISO_IR 6", "ISO 2022 IR 6"})
_STILL_ESCAPED = frozenset({"iso2022_jp", "iso2022_jp_2"})


@lru_cache(maxsize=8192)
def decode_text(raw: bytes, charset: tuple[str, ...] = ()) -> str:
    """Decode a text value.

    Parameters
    ----------
    raw : bytes
        The element's value.
    charset : tuple of str
        Values of Specific Character Set (0008,0005).

    Returns
    -------
    str
        One line without control or direction-changing characters.
    """
    return _plain(decode_bytes(raw[:MAX_TEXT_BYTES].strip(b" \0\r\n\t"), charset))


def decode_bytes(raw: bytes, charset: tuple[str, ...] = ()) -> str:
    """Decode bytes as `decode_text` does, whole and with every character that they hold."""
    if b"\x1b" in raw:
        return _decode_escaped(raw, charset)
    return raw.decode("ascii") if raw.isascii() else _decode_single(raw, (*charset, "")[0])


def is_guess(charset: tuple[str, ...], raw: bytes) -> bool:
    """Tell whether a text had to be read without a valid character set, or against the stated one.

    Bytes behind an ISO 2022 escape sequence are stated by it; the others by the first set.
    """
    if not any(charset):
        return not raw.isascii()
    before, *escaped = raw.split(b"\x1b")
    unescaped = [before, *(p for p in escaped if not (b"\x1b" + p).startswith(tuple(_ESCAPES)))]
    return not all(_is_stated(piece, charset[0]) for piece in unescaped)


def _is_stated(raw: bytes, term: str) -> bool:
    codec = _codec(term)
    if raw.isascii() or codec is None:
        return raw.isascii()
    try:
        raw.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _codec(term: str) -> str | None:
    """Return Python's name of a character set; None where the term is unknown or ASCII."""
    if term in _ASCII_TERMS:
        return None
    known = _SINGLE_BYTE.get(term.replace("ISO 2022 IR", "ISO_IR").replace("ISO-IR", "ISO_IR"))
    if known is None and term.endswith(("IR 87", "IR 159")):
        return "iso2022_jp_2"
    if known is None and term.endswith("IR 149"):
        return "euc_kr"
    if known is None and term.endswith("IR 58"):
        return "gb2312"
    return known


def _decode_single(raw: bytes, term: str) -> str:
    codec = _codec(term)
    for name in (codec, "utf_8") if codec else ("utf_8",):
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin_1")


def _decode_escaped(raw: bytes, charset: tuple[str, ...]) -> str:
    """Decode a value with ISO 2022 escapes; each delimiter falls back to the first set."""
    first = (charset[0] if charset else "") or ""
    parts: list[str] = []
    for index, piece in enumerate(raw.split(b"\x1b")):
        if index == 0:
            parts.append(_decode_single(piece, first))
            continue
        sequence = b"\x1b" + piece
        escape = next((e for e in _ESCAPES if sequence.startswith(e)), None)
        if escape is None:
            parts.append(_decode_single(sequence, first))
            continue
        codec = _ESCAPES[escape]
        body = sequence if codec in _STILL_ESCAPED else sequence[len(escape) :]
        parts.append(body.decode(codec, "replace"))
    return "".join(parts)


def _plain(text: str) -> str:
    """Take out control characters and those that turn the direction of the text."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = (
        " " if c in "\r\n\t\f" else c
        for c in text
        if c in "\r\n\t\f" or unicodedata.category(c) not in ("Cc", "Cf")
    )
    return "".join(kept).strip()


def person_name(raw: bytes, charset: tuple[str, ...] = ()) -> str:
    """Decode a PN value as DICOM writes it, without the empty parts at its end.

    The whole value is decoded at once: in GB18030 and ISO 2022 IR 87, bytes that look like the
    delimiters ^ and = are halves of characters.
    """
    return decode_text(raw, charset).rstrip("^=")
