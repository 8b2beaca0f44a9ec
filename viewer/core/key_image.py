"""A key image: an acquired image that a reader wants to find again, with what there is to say."""

from dataclasses import dataclass, field

from viewer.core.mark import new_uid
from viewer.core.study import Stack, StackKey


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyImage:
    """A frozen value; the image is named as in a Key Object Selection (PS3.3 C.17.6).

    Attributes
    ----------
    stack : StackKey
        The stack in which it was chosen.
    sop_uid : str
        SOP Instance UID; empty where the file has none.
    frame : int
        0-based frame of a multi-frame object.
    slice_z : int
        Its 0-based place in the stack at that time; see `slice_in`.
    comment : str
        The reader's own words; empty by default.
    uid : str
        Identity across edits, saves and undo.
    """

    stack: StackKey
    sop_uid: str
    frame: int
    slice_z: int
    comment: str = ""
    uid: str = field(default_factory=new_uid)

    def slice_in(self, stack: Stack) -> int | None:
        """Return the 0-based slice z that shows this image, None where the stack lacks it.

        Files may have come or gone since: the image counts, not the number it once had.
        """
        if stack.key.series_uid != self.stack.series_uid:
            return None
        if not self.sop_uid:
            in_range = self.slice_z < len(stack.frame_of_slice)
            return self.slice_z if stack.key == self.stack and in_range else None
        return next(
            (
                z
                for z, place in enumerate(stack.frame_of_slice)
                if place is not None
                and (stack.frames[place].sop_uid, stack.frames[place].frame)
                == (self.sop_uid, self.frame)
            ),
            None,
        )


def key_image_at(stack: Stack, z: int) -> KeyImage | None:
    """Return a new key image of slice z; None where no image was acquired there."""
    place = stack.frame_of_slice[z]
    if place is None:
        return None
    frame = stack.frames[place]
    return KeyImage(stack=stack.key, sop_uid=frame.sop_uid, frame=frame.frame, slice_z=z)
