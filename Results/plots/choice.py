"""What a user chose to see."""

from dataclasses import dataclass, field, replace

import pandas

from .columns import LAYER_NUMBERS, RUN_NUMBERS
from .errors import UsageError, unknown


@dataclass(frozen=True)
class Choice:
    """The options of `plot.py` that say what is drawn."""

    # Setting → values, as texts; only runs that have one of them in each are drawn.
    where: dict = field(default_factory=dict)
    # What is drawn of a run, a column of runs.csv or curves.csv; None is the usual one of a figure.
    metric: str | None = None
    # The setting on the horizontal axis of the sweep; None is every one that was swept.
    against: str | None = None
    # The two settings of the heat map; None is the normalizer and what was swept most.
    cells: tuple | None = None
    # The figures to draw, by their kind; None is every one that there is something for.
    only: tuple | None = None


def parsed(texts):
    """`batch_size=2 model=cnn,rnn` as setting → values."""
    where = {}
    for text in texts:
        name, equals, values = text.partition("=")
        if not equals or not values:
            raise UsageError(f"--where {text} is not NAME=VALUE, as in --where model=cnn batch_size=2.")
        where.setdefault(column(name), []).extend(values.split(","))
    return where


def column(name):
    """The column of a setting, however it is written."""
    return name.strip().lstrip("-").replace("-", "_")


def same(a, b):
    """Whether two texts are one value: 3e-2 is 0.03."""
    try:
        return a == b or float(a) == float(b)
    except ValueError:
        return False


def setting(records, name, option):
    """A setting that these runs have, or an error with the nearest."""
    if column(name) not in records.settings:
        raise UsageError(f"{option}: " + unknown("setting", name, records.settings))
    return column(name)


def applied(records, choice):
    """The records of the runs that were chosen, of differences and verdicts too."""
    runs, differences, verdicts, notes = records.runs, records.differences, records.verdicts, list(records.notes)
    for name, values in choice.where.items():
        setting(records, name, "--where")
        known = list(dict.fromkeys(records.runs[name]))
        for value in values:
            if not any(same(value, text) for text in known):
                raise UsageError("--where: " + unknown(f"value of {name}", value, sorted(known)))
        runs = runs[having(runs, name, values)]
        differences = having_or_none("differences.csv", differences, name, values, notes)
        verdicts = having_or_none("verdicts.csv", verdicts, name, values, notes)
    if runs.empty:
        asked = " ".join(f"{name}={','.join(values)}" for name, values in choice.where.items())
        raise UsageError(f"--where {asked}: no run is all of that.")
    differences = without_lost_best(records.differences, differences)
    return replace(records.only(runs), differences=differences, verdicts=verdicts, notes=notes)


def having_or_none(file, frame, name, values, notes):
    """The rows that have one of these values, or say none; no row, and a note, if the file cannot tell them apart."""
    if frame.empty or name in frame:
        return frame if frame.empty else frame[having(frame, name, values) | frame[name].eq("")]
    notes.append(f"{file} does not tell the values of {name} apart: it is left out.")
    return frame.iloc[:0]


def without_lost_best(before, after):
    """Rows of a model and data set whose best row was not chosen are compared with nothing that is shown."""
    if after.empty or before["test_accuracy"].isna().all():
        return after
    known = before[before["test_accuracy"].notna()]
    best = known.loc[known.groupby(["model", "data"], sort=False)["test_accuracy"].idxmax()]
    there = best[best.index.isin(after.index)]
    shown = pandas.MultiIndex.from_frame(after[["model", "data"]]).isin(pandas.MultiIndex.from_frame(there[["model", "data"]]))
    return after.assign(told_from_best=after["told_from_best"].where(shown))


def having(frame, name, values):
    """Which rows have one of these values."""
    return frame[name].isin([text for text in frame[name].unique() if any(same(str(text), value) for value in values)])


def metrics(records):
    """What can be drawn of a run, of its course, or of its layers."""
    found = [name for name in records.runs if name in RUN_NUMBERS]
    found += [name for name in ("gradient_norm",) if name in records.curves]
    return found + [name for name in records.layers if name in LAYER_NUMBERS and name not in ("step", "time_step", *found)]
