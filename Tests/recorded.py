"""What `compare` has recorded in a folder, as the scripts beside this file look at it."""

import csv
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[1] / ".build" / "debug" / "compare"
TIMES = {"seconds", "samples_per_second", "elapsed_seconds"}
# What is asked for is not what is found.
NOT_OURS = {"commands.csv"}
FILES = ("runs.csv", "curves.csv", "outcomes.csv", "layers.csv")


def table(path):
    """The names of a file's columns and its rows, without the times; an error for a row that is not whole."""
    if not path.exists() or path.stat().st_size == 0:
        return (), []
    with open(path, newline="") as file:
        header, *lines = csv.reader(file, strict=True)
    kept = [place for place, name in enumerate(header) if name not in TIMES]
    for row in lines:
        if len(row) != len(header):
            raise SystemExit(f"{path}: {len(row)} values in a row of {len(header)}: {row}")
    columns, *found = (tuple(row[place] for place in kept) for row in [header, *lines])
    return columns, found


def rows(path):
    """The rows of a file by run, without the times."""
    found = {}
    for row in table(path)[1]:
        found.setdefault(row[0], []).append(row)
    return found


def contents(folder):
    """Every table of a folder, without the times, its rows in an order of their own."""
    found = {path.name: table(path) for path in folder.glob("*.csv") if path.name not in NOT_OURS}
    return {name: (columns, sorted(lines)) for name, (columns, lines) in found.items()}


def looked_at(folder, before, names=FILES):
    """What is recorded, `runs.csv` first; stops unless what was recorded before is there, and every run once."""
    files = {name: rows(folder / name) for name in names}
    runs = files["runs.csv"]
    for run, own in runs.items():
        if len(own) != 1:
            raise SystemExit(f"{run} is recorded {len(own)} times.")
        for name in names[1:]:
            if run not in files[name]:
                raise SystemExit(f"{run} is recorded, and has nothing in {name}.")
    for name in names:
        for run in before.get("runs.csv", {}):
            if name in before and files[name].get(run) != before[name].get(run):
                raise SystemExit(f"{run} has other rows in {name} than before.")
    return {name: {run: own for run, own in files[name].items() if run in runs} for name in names}
