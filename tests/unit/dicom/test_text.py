"""Names in the character sets of the world (PS3.5 annexes H, I, J, K) and what stays harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.dicom.text import decode_text, is_guess, person_name

# The examples of PS3.5 H.3.1, H.3.2, I.2, J.3 and K.2, as bytes.
YAMADA = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B"
YAMADA_13 = (
    b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J"
    b"=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J"
)
HONG = (
    b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf"
)
LUXEMBURG = "\u041b\u044e\u043a\u0441\u0435\u043c\u0431\u0443\u0440\u0433"
WANG = b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab"


@pytest.mark.parametrize(
    ("raw", "charset", "expected"),
    [
        (b"Buc^J\xe9r\xf4me", ("ISO_IR 100",), "Buc^Jérôme"),
        (LUXEMBURG.encode("iso8859_5"), ("ISO_IR 144",), LUXEMBURG),
        ("Διονυσιος".encode("iso8859_7"), ("ISO_IR 126",), "Διονυσιος"),
        (YAMADA, ("", "ISO 2022 IR 87"), "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        (
            YAMADA_13,
            ("ISO 2022 IR 13", "ISO 2022 IR 87"),
            "\uff94\uff8f\uff80\uff9e^\uff80\uff9b\uff73=山田^太郎=やまだ^たろう",
        ),
        (HONG, ("", "ISO 2022 IR 149"), "Hong^Gildong=洪^吉洞=홍^길동"),
        (WANG, ("GB18030",), "Wang^XiaoDong=王^小东"),
        ("Wang^小东".encode(), ("ISO_IR 192",), "Wang^小东"),
    ],
)
def test_names_of_the_standard(raw, charset, expected):
    assert person_name(raw, charset) == expected


@pytest.mark.parametrize(("raw", "expected"), [("é".encode(), "é"), (b"\xe9", "é")])
def test_a_missing_set_is_read_as_utf8_then_latin1_and_marked(raw, expected):
    assert decode_text(raw) == expected
    assert is_guess((), raw)
    assert not is_guess(("ISO_IR 100",), raw)


def test_an_escape_names_the_set_of_what_follows():
    raw = b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7"
    assert not is_guess(("", "ISO 2022 IR 149"), raw)
    assert is_guess((), raw)


@pytest.mark.parametrize(
    ("raw", "charset"),
    [
        (b"M\xfcller", ("ISO_IR 192",)),
        (b"M\xfcller", ("ISO_IR 999",)),
        (b"M\xfcller", ("", "ISO 2022 IR 149")),
        (b"A^\x1b$?\xd1\xce", ("", "ISO 2022 IR 149")),
    ],
)
def test_bytes_against_the_stated_set_are_marked(raw, charset):
    assert is_guess(charset, raw)


def test_no_control_or_direction_characters_remain():
    assert decode_text("a\u202eb\x07c\nd".encode(), ("ISO_IR 192",)) == "abc d"


@given(st.binary(max_size=100), st.sampled_from(["", "ISO_IR 100", "ISO 2022 IR 87", "nonsense"]))
def test_any_bytes_give_one_plain_line(raw, term):
    text = decode_text(raw, (term,))
    assert all(c.isprintable() or c == " " or ord(c) > 127 for c in text)
