"""`python -m ml`: training, evaluation and scoring of the nodule malignancy model."""

import os
import sys


def _main() -> int:
    # TensorFlow reads these when it is first imported; its start-up lines are not for the reader
    # of a command's output. A user's own setting wins.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from ml.cli import main

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(_main())
