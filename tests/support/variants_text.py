"""Rows "text" and "limits": names in the character sets of the standard, headers that lie."""

from collections.abc import Callable
from pathlib import Path

from pydicom.dataset import Dataset

from tests.support.variants import Expected, Variant
from tests.support.variants_phantom import THIN, Change, Floats, write_ct

# ruff: noqa: RUF001 - names in other scripts are what this is about

NAMES = (
    ("Japanese, kana", ["ISO_IR 13"], "ﾔﾏﾀﾞ^ﾀﾛｳ", "shift_jis"),
    ("Greek", ["ISO_IR 126"], "Διονυσιος", "iso8859_7"),
    ("Cyrillic", ["ISO_IR 144"], "Люкceмбypг", "iso8859_5"),
    ("Arabic", ["ISO_IR 127"], "قباني^لنزار", "iso8859_6"),
    ("Hebrew", ["ISO_IR 138"], "שרון^דבורה", "iso8859_8"),
    ("Thai", ["ISO_IR 166"], "นามสกุล^ชื่อ", "iso8859_11"),
    ("Latin-1", ["ISO_IR 100"], "Äneas^Rüdiger", "latin_1"),
    ("Latin-2", ["ISO_IR 101"], "Wałęsa^Ł", "iso8859_2"),
    ("Turkish", ["ISO_IR 148"], "Çavuşoğlu^Ş", "iso8859_9"),
    ("UTF-8", ["ISO_IR 192"], "Wang^XiaoDong=王^小东", "utf_8"),
    ("Chinese, GB18030", ["GB18030"], "Wang^XiaoDong=王^小东", "gb18030"),
    ("Chinese, GBK", ["GBK"], "Wang^XiaoDong=王^小东", "gbk"),
)
"""Name, Specific Character Set, patient's name and Python's own codec for it."""

ESCAPED = (
    (
        "Japanese, kanji by escapes",
        ["", "ISO 2022 IR 87"],
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
    ),
    (
        "Japanese, kana and kanji",
        ["ISO 2022 IR 13", "ISO 2022 IR 87"],
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
        b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J"
        b"=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J",
    ),
    (
        "Korean",
        ["", "ISO 2022 IR 149"],
        "Hong^Gildong=洪^吉洞=홍^길동",
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
    ),
    (
        "Chinese, GB 2312 by escapes",
        ["", "ISO 2022 IR 58"],
        "Zhang^XiaoDong=张^小东=",
        b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=",
    ),
)
"""The examples of PS3.5 annexes H, I and K, byte by byte."""


def _raw_name(
    name: bytes, charset: list[str] | None, instead: bytes = b""
) -> Callable[[Path], None]:
    """Put bytes in the place of the name, whatever character set is stated.

    `instead` takes the place of a set that pydicom would refuse to write.
    """
    placeholder = b"N" * (len(name) + len(name) % 2)

    def write(folder: Path) -> None:
        def change(one: Dataset, z: int) -> None:
            one.PatientName = placeholder.decode()
            if charset is not None:
                one.SpecificCharacterSet = charset

        for path in write_ct(folder, THIN, change=change):
            data = path.read_bytes()
            assert data.count(placeholder) == 1
            data = data.replace(placeholder, name.ljust(len(placeholder)))
            path.write_bytes(data.replace(b"ISO_IR 100", instead) if instead else data)

    return write


def _named(title: str, write: Callable[[Path], object], name: str, *codes: str) -> Variant:
    return Variant(
        f"text: {title}",
        write,
        (Expected(grid=THIN, caveats=frozenset(codes)),),
        patient_name=name,
    )


TEXT = (
    *(
        _named(title, _raw_name(name.encode(codec), sets), name)
        for title, sets, name, codec in NAMES
    ),
    *(_named(title, _raw_name(raw, sets), name.rstrip("=")) for title, sets, name, raw in ESCAPED),
    _named("no set, ASCII", _raw_name(b"Doe^Jane", None), "Doe^Jane"),
    _named("no set, UTF-8", _raw_name("王^小东".encode(), None), "王^小东", "text-encoding"),
    _named(
        "no set, Latin-1",
        _raw_name("Müller^Jörg".encode("latin_1"), None),
        "Müller^Jörg",
        "text-encoding",
    ),
    _named(
        "unknown set",
        _raw_name("Müller^Jörg".encode(), ["ISO_IR 100"], b"ISO_IR 999"),
        "Müller^Jörg",
        "text-encoding",
    ),
)


def _claiming(**values: object) -> Callable[[Path], object]:
    """The third slice claims something that its bytes cannot hold."""

    def change(one: Dataset, z: int) -> None:
        if z == 2:
            for keyword, value in values.items():
                setattr(one, keyword, value)

    return lambda folder: write_ct(folder, THIN, change=change)


def _cut(folder: Path) -> None:
    path = write_ct(folder, THIN)[2]
    path.write_bytes(path.read_bytes()[:-500])


def _no_pixels(one: Dataset, z: int) -> None:
    if z == 2:
        del one.PixelData


def _changed(change: Change) -> Callable[[Path], object]:
    return lambda folder: write_ct(folder, THIN, change=change)


def _others_unharmed(name: str, write: Callable[[Path], object], reason: str) -> Variant:
    def with_gap() -> Floats:
        values = THIN.hu()
        values[2] = -1024
        return values

    expected = Expected(
        grid=THIN, array=with_gap, placeholders=(2,), caveats=frozenset({"partial"})
    )
    return Variant(f"limits: {name}", write, (expected,), problems=(reason,))


LIMITS = (
    _others_unharmed("rows that are not there", _claiming(Rows=60000), "bytes"),
    _others_unharmed("frames that are not there", _claiming(NumberOfFrames=100_000), "bytes"),
    _others_unharmed("pixels cut off", _cut, "only"),
    _others_unharmed("no pixel data", _changed(_no_pixels), "pixel data"),
    _others_unharmed("no rows", _claiming(Rows=0), "rows"),
)
