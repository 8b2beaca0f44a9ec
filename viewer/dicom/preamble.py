"""The first 128 bytes of a DICOM file: free for other formats, and a place to hide a program.

Source: PS3.10 7.1; a file that is an image to one program may be an executable to the system.
"""

from viewer.core.caveats import Caveat, CaveatCode

PREAMBLE_BYTES = 128
_EMPTY = bytes(8)
_PROGRAMS = (
    (b"MZ", "Windows program"),
    (b"\x7fELF", "Linux program"),
    (b"\xfe\xed\xfa\xce", "macOS program"),
    (b"\xfe\xed\xfa\xcf", "macOS program"),
    (b"\xce\xfa\xed\xfe", "macOS program"),
    (b"\xcf\xfa\xed\xfe", "macOS program"),
    (b"\xca\xfe\xba\xbe", "macOS or Java program"),
    (b"\0asm", "WebAssembly program"),
    (b"dex\n", "Android program"),
    (b"#!", "script"),
)


def preamble_caveats(head: bytes) -> tuple[Caveat, ...]:
    """Tell of a preamble that makes the file a program; nothing of it is ever run or passed on.

    Parameters
    ----------
    head : bytes
        The first bytes of the file. Files without the mark "DICM" have no preamble; TIFF, which
        shares its first bytes with whole-slide images, is harmless.
    """
    if head.startswith(_EMPTY) or head[PREAMBLE_BYTES : PREAMBLE_BYTES + 4] != b"DICM":
        return ()
    kind = next((name for start, name in _PROGRAMS if head.startswith(start)), "")
    if not kind:
        return ()
    text = f"the file also begins like a {kind}: only its image is read, never run such a file"
    return (Caveat(CaveatCode.PREAMBLE, text),)
