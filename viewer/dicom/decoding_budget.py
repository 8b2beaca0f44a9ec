"""How much time the compressed frames of one load may take: what their size asks for, and some.

Each frame has a limit of its own (`viewer.dicom.decoder_process`); a file whose thousand frames
all stay just below it would still take hours.
"""

import threading

LOAD_LIMIT_S = 10.0
"""Beyond what the size of the frames asks for."""
FRAME_S = 1e-3
SAMPLE_S = 1e-7
BYTE_S = 5e-7
"""What a frame, one of its samples and one of its compressed bytes may honestly take: five times
what the slowest decoder, JPEG 2000, takes for noise."""


class DecodingBudget:
    """Processor time of the frames of one load; told of each frame by any thread.

    Parameters
    ----------
    limit_s : float
        Time that all frames together may take, beside what their size asks for.
    """

    def __init__(self, limit_s: float = LOAD_LIMIT_S) -> None:
        self._left_s = limit_s
        self._lock = threading.Lock()

    def spend(self, cost_s: float, data_bytes: int, samples: int) -> None:
        """Count a frame.

        Parameters
        ----------
        cost_s : float
            Processor time that it took, or the time after which it was given up.
        data_bytes, samples : int
            Its compressed bytes, and its pixels times samples per pixel.
        """
        honest_s = FRAME_S + data_bytes * BYTE_S + samples * SAMPLE_S
        with self._lock:
            self._left_s += honest_s - cost_s

    @property
    def is_spent(self) -> bool:
        """Whether the load has taken so long that the rest of it is given up."""
        return self._left_s < 0
