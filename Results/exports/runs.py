"""Recorded runs in the words that other programs have for them."""

from plots import records as recorded, tables
from plots.columns import CURVE_NUMBERS, RUN_NUMBERS

NOT_MEASURED = ("step", "epoch")


class Run:
    """A recorded run in the words that both have: parameters, metrics by step, tags."""

    def __init__(self, row, curve, trials, settings, began):
        self.identifier = row["run"]
        self.name = f"{row['model']} {row['norm']} seed {row['seed']} {row['run']}"
        self.parameters = {name: row[name] for name in settings if name not in recorded.BESIDE and row[name] != ""}
        self.curve = list(points(curve))
        last = int(row["steps"]) if row["steps"] == row["steps"] else 0
        self.outcome = [(name, row[name], last) for name in RUN_NUMBERS if name in row.index and row[name] == row[name]]
        self.tags = {"run": row["run"], "status": row["status"]}
        self.tags |= {name: row[name] for name in ("version", *recorded.BESIDE) if row.get(name, "") != ""}
        self.tags |= trials
        self.began = began

    @property
    def folder(self):
        """Its name as a folder can have it."""
        return "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in self.name)


def points(curve):
    """The curve of a run: name, number, step, and the seconds since the run began."""
    names = [name for name in CURVE_NUMBERS if name in curve and name not in NOT_MEASURED]
    for row in curve.sort_values("step").to_dict("records") if len(curve) else []:
        seconds = row.get("elapsed_seconds", 0)
        for name in names:
            if row[name] == row[name]:
                yield name, row[name], int(row["step"]), seconds if seconds == seconds else 0


def runs_of(records):
    """Every run of the records."""
    began = tables.found(records.folder / "runs.csv").stat().st_mtime
    curves = dict(list(records.curves.groupby("run", sort=False))) if len(records.curves) else {}
    trials = trials_of(records)
    for _, row in records.runs.iterrows():
        name = row["run"]
        yield Run(row, curves.get(name, records.curves.iloc[:0]), trials.get(name, {}), records.settings, began)


def trials_of(records):
    """For a trial of tuning, of which study it was; of several, the first."""
    found = {}
    for row in records.trials.to_dict("records"):
        found.setdefault(row["run"], {"study": row["study"], "replicate": row["replicate"], "trial": f"{row['trial']:.0f}"})
    return found
