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

import sys

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))

from plots import program  # noqa: E402
from plots.names import FORMATS, KINDS  # noqa: E402


def parser():
    """The options."""
    options = program.Parser("plot.py", __doc__)
    options.add_argument("--out", metavar="DIR", help="where the figures go (default: FOLDER/figures)")
    options.add_argument(
        "--format", nargs="+", default=list(FORMATS), metavar="FORMAT", help="svg, png (default: both)"
    )
    options.add_argument(
        "--no-fonts",
        action="store_true",
        help="SVG without its font: smaller, for pages whose readers have Arial or the like",
    )
    options.add_argument("--report", action="store_true", help="one HTML file with everything, beside the figures")
    options.add_where()
    options.add_argument(
        "--metric", metavar="NAME", help="what is drawn: a column of runs.csv or curves.csv (default: test_accuracy)"
    )
    options.add_argument("--against", metavar="SETTING", help="the horizontal axis of the sweep")
    options.add_argument("--cells", metavar="SETTING,SETTING", help="the two settings of the heat map")
    options.add_argument("--only", nargs="+", metavar="KIND", help=f"the figures to draw: {', '.join(KINDS)}")
    return options


def run(texts):
    """Draws what the options ask for."""
    arguments = parser().parse_args(texts)
    for word in arguments.format:
        program.check("format", word, FORMATS)
    for word in arguments.only or []:
        program.check("kind of figure", word, KINDS)
    # The packages that draw are not needed before.
    from plots import drawing

    drawing.draw(arguments, [sys.argv[0], *texts])


if __name__ == "__main__":
    sys.exit(program.main("plot.py", run, f"pip install -r {FOLDER / 'requirements.txt'}"))
