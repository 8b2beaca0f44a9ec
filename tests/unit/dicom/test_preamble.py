"""A DICOM file that is also a program opens as an image, and says so."""

import pytest

from tests.support.dicom_writer import save
from tests.support.graphics_writer import image_set, stack_of
from viewer.core.caveats import CaveatCode

PROGRAMS = {
    b"MZ\x90\x00": "Windows",
    b"\x7fELF\x02": "Linux",
    b"\xcf\xfa\xed\xfe": "macOS",
    b"\xfe\xed\xfa\xce": "macOS",
    b"\xca\xfe\xba\xbe": "macOS or Java",
    b"#!/bin/sh\n": "script",
}


def told(path, start: bytes) -> str:
    data = bytearray(path.read_bytes())
    data[: len(start)] = start
    path.write_bytes(data)
    caveats = {caveat.code: caveat.text for caveat in stack_of(path).caveats}
    return caveats.get(CaveatCode.PREAMBLE, "")


@pytest.mark.parametrize("start", PROGRAMS)
@pytest.mark.parametrize("uid", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"])
def test_a_program_in_the_preamble_is_told(tmp_path, start, uid):
    text = told(save(image_set(), tmp_path / "a", uid), start)
    assert f"like a {PROGRAMS[start]}" in text


@pytest.mark.parametrize("start", [b"", b"II*\x00", b"MM\x00*", b"M", b"TEXT", b"\0\0MZ"])
def test_other_preambles_are_nothing_to_tell(tmp_path, start):
    assert told(save(image_set(), tmp_path / "a"), start) == ""
