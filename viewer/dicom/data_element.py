"""One data element of a file as a value: what it is called, what it holds, what lies inside."""

from dataclasses import dataclass

from viewer.dicom.element_values import ElementValue


@dataclass(frozen=True, slots=True)
class DataElement:
    """One element.

    Attributes
    ----------
    tag : int
        32-bit tag.
    keyword, name : str
        From the dictionary; the keyword is empty for private and unknown elements.
    creator : str
        Private creator of its block, or "".
    vr : str
        What its value was read by.
    stated_vr : str
        As in the file; empty where the encoding states none.
    length : int or None
        As in the file; None where undefined.
    values : tuple of str, int or float
        Empty for sequences, binary and very long values.
    first_bytes, digest : bytes
        Of a value that is not in `values`; the digest only of what was read whole.
    items : tuple or None
        Of a sequence: for each item, its elements.
    fragments : int or None
        Of encapsulated data: how many, without the offset table.
    byte_count : int
        Bytes of the value; of encapsulated data, of its fragments.
    """

    tag: int
    keyword: str
    name: str
    creator: str
    vr: str
    stated_vr: str
    length: int | None
    values: tuple[ElementValue, ...] = ()
    first_bytes: bytes = b""
    digest: bytes = b""
    items: "tuple[tuple[DataElement, ...], ...] | None" = None
    fragments: int | None = None
    byte_count: int = 0

    @property
    def vm(self) -> int:
        """Value multiplicity: how many values there are; 1 for a sequence and for bytes."""
        return len(self.values) or int(bool(self.items or self.byte_count))
