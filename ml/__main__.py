"""`python -m ml`: training, evaluation and scoring of the nodule malignancy model."""

import os
import sys


def _main() -> int:
    # For what TensorFlow says once it runs; a user's own setting wins. What its libraries print
    # before they read it is kept back by ml.native.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from ml.cli import main

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(_main())
