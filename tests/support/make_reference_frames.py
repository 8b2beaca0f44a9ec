"""Makes resources/selfcheck: the phantom's tile in every compressed transfer syntax.

    uv run python -m tests.support.make_reference_frames

Nothing in the frames comes from anybody else. They need making anew only when the tile changes:
what keeps them honest is that other decoders read the same values, see the README beside them.
"""

import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np

from viewer.imaging.phantom_quality import reference_tile

FOLDER = Path(__file__).parents[2] / "resources" / "selfcheck"


def frames() -> dict[str, bytes | bytearray]:
    """Return the encoded tile by file name."""
    tile = reference_tile()
    tile8 = (tile >> 4).astype(np.uint8)
    return {
        "rle.rle": rle(tile),
        "jpeg-baseline.jpg": imagecodecs.jpeg8_encode(tile8, 100),
        "jpeg-extended.jpg": imagecodecs.jpeg8_encode(tile, 100, bitspersample=12),
        "jpeg-lossless.jpg": imagecodecs.jpeg8_encode(
            tile, lossless=True, predictor=4, bitspersample=12
        ),
        "jpeg-lossless-first-order.jpg": imagecodecs.jpeg8_encode(
            tile, lossless=True, predictor=1, bitspersample=12
        ),
        "jpeg-ls.jls": imagecodecs.jpegls_encode(tile, 0),
        "jpeg-ls-near.jls": imagecodecs.jpegls_encode(tile, 2),
        "jpeg-2000-lossless.j2k": j2k(tile, reversible=True),
        "jpeg-2000.j2k": j2k(tile, reversible=False, level=75),
        "htj2k-lossless.j2c": imagecodecs.htj2k_encode(tile, reversible=True),
        "htj2k-lossless-rpcl.j2c": imagecodecs.htj2k_encode(tile, reversible=True, tlm=True),
        "htj2k.j2c": imagecodecs.htj2k_encode(tile, 0.00004, reversible=False),
    }


def j2k(tile: np.ndarray, **options: Any) -> bytes | bytearray:
    return imagecodecs.jpeg2k_encode(
        tile, codecformat="J2K", bitspersample=12, resolutions=3, **options
    )


def rle(tile: np.ndarray) -> bytes:
    """Encode as PS3.5 annex G says: high bytes, then low bytes, each line by itself."""
    segments = [_packed(plane) for plane in (tile >> 8, tile & 255)]
    offsets = [64, 64 + len(segments[0])]
    header = [len(segments), *offsets, *[0] * 13]
    return np.array(header, "<u4").tobytes() + b"".join(segments)


def _packed(plane: np.ndarray) -> bytes:
    out = bytearray()
    for line in plane.astype(np.uint8):
        literal = bytearray()
        runs = [list(run) for _, run in groupby(line.tolist())]
        for run in [*runs, []]:
            if len(run) != 1 and literal:
                out += bytes([len(literal) - 1]) + literal
                literal.clear()
            if len(run) > 1:
                out += bytes([257 - len(run), run[0]])
            literal += bytes(run if len(run) == 1 else [])
    return bytes(out) + b"\0" * (len(out) % 2)


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    for name, data in frames().items():
        (FOLDER / name).write_bytes(bytes(data))
        print(f"{name}: {len(data)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
