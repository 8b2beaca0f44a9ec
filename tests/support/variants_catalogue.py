"""All variants of the phantom, row by row of dicom-rules."""

from tests.support.variants_colour import CALIBRATION, COLOUR
from tests.support.variants_frames import FRAMES
from tests.support.variants_order import DUPLICATES, ORDER, ORIENTATIONS
from tests.support.variants_padding import PADDING
from tests.support.variants_places import PLACES
from tests.support.variants_spacing import MISSING, SPACING, TILT
from tests.support.variants_stacks import STACKS
from tests.support.variants_syntaxes import SYNTAXES
from tests.support.variants_text import LIMITS, TEXT
from tests.support.variants_values import RESCALE, STORED

VARIANTS = (
    *PLACES,
    *STACKS,
    *ORDER,
    *DUPLICATES,
    *ORIENTATIONS,
    *SPACING,
    *MISSING,
    *TILT,
    *FRAMES,
    *STORED,
    *RESCALE,
    *PADDING,
    *COLOUR,
    *SYNTAXES,
    *CALIBRATION,
    *TEXT,
    *LIMITS,
)
