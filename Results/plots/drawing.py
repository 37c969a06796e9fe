"""Draws what was asked for: figures to files, and the report."""

from pathlib import Path

from . import choice as choices, kinds, records as recorded
from .program import check, say_all


def chosen(arguments, records):
    """The choice that the options stand for, each word checked."""
    metric = arguments.metric and choices.column(arguments.metric)
    if metric:
        check("metric", metric, choices.metrics(records))
    against = arguments.against and choices.setting(records, arguments.against, "--against")
    cells = arguments.cells and tuple(choices.setting(records, name, "--cells") for name in arguments.cells.split(","))
    if cells and (len(cells) != 2 or cells[0] == cells[1]):
        raise choices.UsageError("--cells takes two settings, as in --cells norm,learning_rate.")
    return choices.Choice(
        where=choices.parsed(arguments.where),
        metric=metric,
        against=against,
        cells=cells or None,
        only=tuple(arguments.only) if arguments.only else None,
    )


def draw(arguments, command):
    """Draws, and prints each file that was written with what it shows."""
    records = recorded.read(arguments.folder)
    choice = chosen(arguments, records)
    records = choices.applied(records, choice)
    notes = list(records.notes)
    figures = kinds.figures(records, choice, notes)
    say_all("plot.py", notes)
    folder = Path(arguments.out) if arguments.out else records.folder / "figures"
    for figure in figures:
        for path in figure.save(folder, arguments.format, not arguments.no_fonts):
            print(f"{path}: {figure.title}.")
    if arguments.report:
        from . import report

        print(f"{report.write(records, choice, figures, notes, folder, command)}: everything on one page.")
