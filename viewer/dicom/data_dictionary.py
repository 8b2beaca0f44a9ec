"""Names and value representations of data elements, public and private, and names of UIDs.

The tables are pydicom's (PS3.6, and the private dictionaries that vendors published); they are
loaded when the first name is asked for.
"""

from dataclasses import dataclass
from functools import lru_cache

GROUP_LENGTH = "Group Length"
PRIVATE_CREATOR = "Private Creator"


@dataclass(frozen=True, slots=True)
class DictionaryEntry:
    """What a dictionary says of a tag.

    Attributes
    ----------
    keyword : str
        "PatientName"; empty for private and unknown elements.
    name : str
        "Patient's Name"; "Unknown" where no dictionary has the tag.
    vr : str
        Value representation, also "US or SS" and the like; empty where unknown.
    """

    keyword: str
    name: str
    vr: str


def is_private(tag: int) -> bool:
    """Tell whether a tag belongs to a private group (PS3.5 section 7.8)."""
    return bool(tag >> 16 & 1)


def is_private_creator(tag: int) -> bool:
    """Tell whether a tag reserves a private block: (gggg,0010) to (gggg,00FF), gggg odd."""
    return is_private(tag) and 0x10 <= tag & 0xFFFF <= 0xFF


@lru_cache(maxsize=32_768)
def find_entry(tag: int, creator: str = "") -> DictionaryEntry:
    """Look a tag up.

    Parameters
    ----------
    tag : int
        32-bit tag; repeating groups (60xx and the like) are known by their pattern.
    creator : str
        Private creator of the block that a private tag lies in.
    """
    if tag & 0xFFFF == 0:
        return DictionaryEntry("", GROUP_LENGTH, "UL")
    if is_private_creator(tag):
        return DictionaryEntry("", PRIVATE_CREATOR, "LO")
    return _private_entry(tag, creator) if is_private(tag) else _public_entry(tag)


def _public_entry(tag: int) -> DictionaryEntry:
    from pydicom.datadict import get_entry

    try:
        vr, _, name, _, keyword = get_entry(tag)
    except KeyError:
        return DictionaryEntry("", "Unknown", "")
    return DictionaryEntry(keyword, name or "Retired", "" if vr == "NONE" else vr)


def _private_entry(tag: int, creator: str) -> DictionaryEntry:
    from pydicom.datadict import get_private_entry

    try:
        vr, _, name, _ = get_private_entry(tag, creator)
    except KeyError:
        return DictionaryEntry("", "Private element", "")
    return DictionaryEntry("", name or "Private element", vr)


@lru_cache(maxsize=4096)
def uid_name(uid: str) -> str:
    """Return the name of a UID of the standard ("CT Image Storage"), or ""."""
    from pydicom._uid_dict import UID_dictionary

    entry = UID_dictionary.get(uid)
    return entry[0] if entry else ""
