"""What `compare` recorded in a folder, checked: the one thing that figures and reports are made from."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas

from . import columns, consistency, selected as selection, tables
from .consistency import BESIDE
from .errors import InputError


@dataclass(frozen=True)
class Records:
    """The files of a folder as pandas frames, empty where there is no file.

    Settings are text in the one spelling that `compare` gives them. `curves`, `layers`, `landscape` and `trials` have
    the settings of their run beside them; rows of a run that `runs.csv` does not have were never finished, and are left
    out.
    """

    folder: Path
    runs: pandas.DataFrame
    curves: pandas.DataFrame
    trials: pandas.DataFrame
    # Of each seed of what was tuned, the trial that `compare` chose.
    chosen: pandas.DataFrame
    outcomes: pandas.DataFrame
    layers: pandas.DataFrame
    landscape: pandas.DataFrame
    differences: pandas.DataFrame
    verdicts: pandas.DataFrame
    # The columns of `runs` that tell runs apart, the seed among them.
    settings: list
    # Columns by file that this version does not know; they are kept.
    unknown: dict = field(default_factory=dict)
    # What a reader has to know of the files, a sentence each.
    notes: list = field(default_factory=list)
    # What was selected before.
    kept: dict = field(default_factory=dict, repr=False)

    def selected(self, name):
        """The rows of a file that are of results: without the trials of tuning that were not chosen; see `selected`."""
        if name not in self.kept:
            self.kept[name] = selection.selected(self, getattr(self, name))
        return self.kept[name]

    def only(self, runs):
        """The records of some of the runs; what is no row of a run stays."""
        names = set(runs["run"])
        parts = {
            name: getattr(self, name)[getattr(self, name)["run"].isin(names)]
            for name in ("curves", "trials", "chosen", "outcomes", "layers", "landscape")
            if len(getattr(self, name))
        }
        return replace(self, runs=runs, kept={}, **parts)


def read(folder):
    """The records of a folder, or an error that says what is missing or malformed."""
    folder = Path(folder)
    check_folder(folder)
    unknown, notes = {}, []
    runs = tables.read(
        tables.found(folder / "runs.csv"),
        ["run", "model", "norm", "data", "seed", "status"],
        columns.RUN_NUMBERS,
        words={"status": columns.STATUSES},
    )
    if runs.empty:
        raise InputError(f"{folder / 'runs.csv'} has no run; let swift run compare make one.")
    settings = settings_of(runs, unknown)
    tables.check_settings(
        tables.found(folder / "runs.csv"), runs, [name for name in columns.SETTINGS if name in runs and name not in columns.OF_WORDS]
    )
    for column, absent in BESIDE.items():
        runs[column] = runs[column].replace("", absent) if column in runs else absent
    # Rows from before there was such a setting.
    if "test_limit" in runs:
        runs["test_limit"] = runs["test_limit"].replace("", "0")
    runs = consistency.without_doubles(tables.found(folder / "runs.csv"), runs, notes)
    told_apart = settings + list(BESIDE)

    def beside(name, needed, numbers):
        return of_runs(folder, name, needed, numbers, runs, told_apart, unknown, notes)

    records = Records(
        folder=folder,
        runs=runs,
        curves=beside("curves.csv", ["step"], columns.CURVE_NUMBERS),
        trials=beside("trials.csv", ["study", "replicate", "trial"], ["trial"]),
        chosen=chosen(folder, runs),
        outcomes=beside("outcomes.csv", ["images", "outcomes"], ["images"]),
        layers=beside("layers.csv", ["step", "layer"], columns.LAYER_NUMBERS),
        landscape=beside("landscape.csv", ["step", "along"], columns.LANDSCAPE_NUMBERS),
        differences=alone(
            folder, "differences.csv", ["norm", "model", "difference", "low", "high"], columns.DIFFERENCE_NUMBERS
        ),
        verdicts=alone(
            folder, "verdicts.csv", ["claim", "question", "effect", "low", "high", "verdict"], columns.VERDICT_NUMBERS
        ),
        settings=told_apart,
        unknown=unknown,
        notes=notes + unknown_notes(unknown),
    )
    records.notes.extend(consistency.removed(records))
    records.notes.extend(consistency.without_choice(records))
    return records


def check_folder(folder):
    """Stops unless there are runs to read."""
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}. Name the one that compare wrote to.")
    if not tables.found(folder / "runs.csv"):
        claims = folder / "claims"
        hint = (
            f"its claims are in {claims}: name that folder"
            if tables.found(claims / "runs.csv")
            else ("make one with swift run compare, or name the folder that it wrote to")
        )
        raise InputError(f"{folder} has no runs.csv; {hint}.")


def settings_of(runs, unknown):
    """The columns that are settings: those we know, and what a newer version has before the status."""
    names = list(runs.columns)
    known = {"run", "status", "version", *BESIDE, *columns.SETTINGS, *columns.RUN_NUMBERS}
    strangers = [name for name in names if name not in known]
    if strangers:
        unknown["runs.csv"] = strangers
    before = set(names[: names.index("status")])
    return [name for name in names if name in columns.SETTINGS or name in before and name in strangers]


def of_runs(folder, name, needed, numbers, runs, settings, unknown, notes):
    """A file that has rows of runs, with the settings of each."""
    path = tables.found(folder / name)
    if not path:
        return pandas.DataFrame()
    repeated = [column for column in settings if column not in needed]
    frame = tables.read(path, ["run", *needed], numbers, left_out=repeated)
    strangers = [column for column in frame if column not in {"run", "along", "layer", *needed, *numbers}]
    # A setting that runs.csv lacks is one all the same.
    if strangers:
        unknown[name] = strangers
    joined = frame.merge(runs[["run", "status", *settings]], on="run", how="inner")
    if len(joined) < len(frame):
        lost = len(set(frame["run"]) - set(runs["run"]))
        notes.append(f"{path}: rows of {lost} runs that are not in runs.csv are left out: they were never finished.")
    return joined


def chosen(folder, runs):
    """The trials that count, of the runs that are there."""
    path = tables.found(folder / "chosen.csv")
    needed = ["run", "study", "replicate", "tuned", "chosen_by"]
    if not path:
        return pandas.DataFrame(columns=needed, dtype=str)
    frame = tables.read(path, needed, ["budget"])
    # A study that chose for itself and had another one choose for it counts once.
    frame = frame.assign(other=frame["chosen_by"] != frame["study"]).sort_values("other", kind="stable")
    frame = frame.drop_duplicates(["study", "replicate"]).drop(columns="other").sort_index()
    return frame[frame["run"].isin(set(runs["run"]))].reset_index(drop=True)


def alone(folder, name, needed, numbers):
    """A file that stands by itself."""
    path = tables.found(folder / name)
    return tables.read(path, needed, numbers) if path else pandas.DataFrame()


def unknown_notes(unknown):
    """What to say of columns that are not known."""
    return [
        f"{name} has columns that this version does not know and keeps: {', '.join(found)}."
        for name, found in unknown.items()
    ]
