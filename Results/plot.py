#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["pandas>=2.2", "altair>=6", "vl-convert-python>=1.8", "fonttools>=4.50", "pypdf>=4"]
# ///
"""Draws what `compare` recorded in a folder: the figures that a paper would show.

uv run Results/plot.py                                   # of Results, into Results/figures
uv run Results/plot.py Results/claims                    # the claims
uv run Results/plot.py --where model=cnn batch_size=2    # some of the runs
"""

import argparse
import os
import sys

from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from plots import choice as choices  # noqa: E402
from plots import kinds, records as recorded  # noqa: E402
from plots.errors import ResultsError, UsageError, unknown  # noqa: E402
from plots.figure import FORMATS  # noqa: E402


class Parser(argparse.ArgumentParser):
    """Wrong usage is one line and the exit code of usage."""

    def error(self, message):
        raise UsageError(f"{message}. See plot.py --help.")


def parser():
    """The options."""
    options = Parser(
        prog="plot.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    options.add_argument("folder", nargs="?", default="Results", help="what compare wrote to (default: Results)")
    options.add_argument("--out", metavar="DIR", help="where the figures go (default: FOLDER/figures)")
    options.add_argument(
        "--format", nargs="+", default=list(FORMATS), metavar="FORMAT", help="svg, png (default: both)"
    )
    options.add_argument("--no-fonts", action="store_true", help="SVG without its font: smaller, for pages whose readers have Arial or the like")
    options.add_argument("--report", action="store_true", help="one HTML file with everything, beside the figures")
    options.add_argument(
        "--where",
        nargs="+",
        default=[],
        action="extend",
        metavar="NAME=VALUE",
        help="only these runs; several values by commas",
    )
    options.add_argument(
        "--metric", metavar="NAME", help="what is drawn: a column of runs.csv or curves.csv (default: test_accuracy)"
    )
    options.add_argument("--against", metavar="SETTING", help="the horizontal axis of the sweep")
    options.add_argument("--cells", metavar="SETTING,SETTING", help="the two settings of the heat map")
    options.add_argument("--only", nargs="+", metavar="KIND", help=f"the figures to draw: {', '.join(kinds.ALL)}")
    return options


def chosen(arguments, records):
    """The choice that the options stand for, each word checked."""
    for word in arguments.format:
        check("format", word, FORMATS)
    for word in arguments.only or []:
        check("kind of figure", word, kinds.ALL)
    metric = arguments.metric and choices.column(arguments.metric)
    if metric:
        check("metric", metric, choices.metrics(records))
    against = arguments.against and choices.setting(records, arguments.against, "--against")
    cells = arguments.cells and tuple(choices.setting(records, name, "--cells") for name in arguments.cells.split(","))
    if cells and (len(cells) != 2 or cells[0] == cells[1]):
        raise UsageError("--cells takes two settings, as in --cells norm,learning_rate.")
    return choices.Choice(
        where=choices.parsed(arguments.where),
        metric=metric,
        against=against,
        cells=cells or None,
        only=tuple(arguments.only) if arguments.only else None,
    )


def check(what, word, words):
    """Stops at a word that is not known."""
    if word not in words:
        raise UsageError(unknown(what, word, words))


def run(texts):
    """Draws, and prints each file that was written with what it shows."""
    arguments = parser().parse_args(texts)
    records = recorded.read(arguments.folder)
    choice = chosen(arguments, records)
    records = choices.applied(records, choice)
    notes = list(records.notes)
    figures = kinds.figures(records, choice, notes)
    for note in notes:
        print(f"plot.py: {note}", file=sys.stderr)
    folder = Path(arguments.out) if arguments.out else records.folder / "figures"
    for figure in figures:
        for path in figure.save(folder, arguments.format, not arguments.no_fonts):
            print(f"{path}: {figure.title}.")
    if arguments.report:
        from plots import report

        print(f"{report.write(records, choice, figures, notes, folder, sys.argv)}: everything on one page.")


def main():
    """Runs, and says in one line what is wrong."""
    try:
        run(sys.argv[1:])
        sys.stdout.flush()
    except ResultsError as error:
        print(f"plot.py: {error}", file=sys.stderr)
        return error.code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
