"""Hounsfield: `python main.py [PATH]` opens the window, `python main.py --help` tells the rest.

Worker processes import this file again, so nothing heavy may be imported at the top.
"""

import sys


def main() -> int:
    """Run the program (also installed as `hounsfield`) and return its exit code."""
    from multiprocessing import freeze_support

    freeze_support()
    from viewer.cli.program import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
