"""The commands of `python -m ml`: train, evaluate, sizes, score."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from viewer.core.errors import ViewerError

EXIT_USER_ERROR = 2


def main(arguments: Sequence[str]) -> int:
    """Run a command.

    Returns
    -------
    int
        0, or 2 after one line on stderr about what the user can mend.
    """
    options = _parser().parse_args(arguments)
    commands = {"train": _train, "evaluate": _evaluate, "sizes": _sizes, "score": _score}
    try:
        commands[options.command](options)
    except ViewerError as error:
        print(f"ml: {error.one_line()}", file=sys.stderr)
        return EXIT_USER_ERROR
    except OSError as error:
        print(f"ml: {error.filename or 'a file'}: {error.strerror}", file=sys.stderr)
        return EXIT_USER_ERROR
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train the networks and the head, write a bundle")
    train.add_argument("--nodules", type=Path, required=True, help="folder of nodule tiles")
    train.add_argument("--work", type=Path, required=True, help="finished fits are kept here")
    train.add_argument("--out", type=Path, required=True, help="bundle to write (new folder)")
    train.add_argument("--threads", type=int, default=1, help="of TensorFlow (default 1)")
    train.add_argument(
        "--part",
        type=_part,
        metavar="I/N",
        help="only train the networks number I, I + N, ... (to share the work); write no bundle",
    )
    train.add_argument(
        "--comparison", type=Path, help="text of lidc_compare.py on evaluate's scores, for the card"
    )

    evaluate = commands.add_parser(
        "evaluate", help="write out-of-fold scores (key, rep, score) of a finished training"
    )
    evaluate.add_argument("--nodules", type=Path, required=True, help="folder of nodule tiles")
    evaluate.add_argument("--work", type=Path, required=True, help="work folder of the training")
    evaluate.add_argument("--out", type=Path, required=True, help="CSV file to write")

    sizes = commands.add_parser(
        "sizes", help="tell how large nodules score, as they are and shown reduced (Markdown)"
    )
    sizes.add_argument("--nodules", type=Path, required=True, help="folder of nodule tiles")
    sizes.add_argument("--work", type=Path, required=True, help="work folder of the training")

    score = commands.add_parser("score", help="score the nodules of a folder")
    score.add_argument("--nodules", type=Path, required=True, help="folder of nodule tiles")
    score.add_argument("--model", type=Path, required=True, help="bundle")
    score.add_argument("--out", type=Path, required=True, help="CSV file: key, score, low, high")
    return parser


def _part(text: str) -> tuple[int, int]:
    number, sign, parts = text.partition("/")
    if not sign or not (number.isdigit() and parts.isdigit()) or not 0 <= int(number) < int(parts):
        raise argparse.ArgumentTypeError("expected I/N with 0 <= I < N, for example 0/2")
    return int(number), int(parts)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _train(options: argparse.Namespace) -> None:
    from ml.training.train import train

    train(
        options.nodules,
        options.work,
        options.out,
        threads=options.threads,
        part=options.part,
        comparison=options.comparison,
        tell=_tell,
    )


def _evaluate(options: argparse.Namespace) -> None:
    from ml.training.train import evaluate

    evaluate(options.nodules, options.work, options.out, _tell)


def _sizes(options: argparse.Namespace) -> None:
    from ml.training.train import measure_large

    print(measure_large(options.nodules, options.work, _tell))


def _score(options: argparse.Namespace) -> None:
    from ml.bundle import read_bundle
    from ml.lidc import read_nodules
    from ml.native import import_tensorflow
    from ml.predict import NoduleScorer
    from ml.score import score_folder, write_csv

    nodules = read_nodules(options.nodules)
    # What the user can mend is found before TensorFlow takes its seconds to start.
    bundle = read_bundle(options.model)
    import_tensorflow()
    scorer = NoduleScorer(bundle)
    scored = score_folder(options.nodules, nodules, scorer, _tell)
    write_csv(
        options.out,
        ("key", "score", "low", "high"),
        (
            (nodule.key, f"{score.score:.6f}", f"{score.low:.6f}", f"{score.high:.6f}")
            for nodule, score in scored
        ),
    )
