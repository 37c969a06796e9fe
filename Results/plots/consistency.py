"""Whether the files of a folder agree: rows that contradict each other, and results of runs that are gone."""

import pandas

from .errors import DataError
from .selected import TUNED
from .tables import line_of_row
from .varying import label

# What tells runs apart beside their settings; in files of version 1 they do not stand.
BESIDE = {"numerics": "1", "fingerprint": "unknown"}
# What may be another number each time that a run is trained.
OF_THE_MACHINE = {"seconds", "samples_per_second", "version"}


def without_doubles(path, runs, notes):
    """The runs, each once; two rows of one name that are not the same numbers are an error."""
    again = runs["run"].duplicated(keep="first")
    if not again.any():
        return runs.reset_index(drop=True)
    compared = [name for name in runs if name not in OF_THE_MACHINE]
    first = runs.drop_duplicates("run").set_index("run")
    for place, row in runs[again].iterrows():
        own = first.loc[row["run"]]
        for name in compared[1:]:
            if row[name] != own[name] and not (pandas.isna(row[name]) and pandas.isna(own[name])):
                begin = int((runs["run"] == row["run"]).to_numpy().argmax())
                raise DataError(
                    path,
                    f"the run {row['run']} in lines {line_of_row(path, begin)} and {line_of_row(path, int(place))} with {name} "
                    f"{shown(own[name])} and {shown(row[name])}",
                    "the same numbers in both; remove the line that is wrong",
                )
    notes.append(f"{path}: {int(again.sum())} rows have a run that stands there before, with the same numbers; they count once.")
    return runs[~again].reset_index(drop=True)


def shown(value):
    """A field as an error shows it."""
    return "nothing" if value == "" or pandas.isna(value) else str(value)[:40]


def removed(records):
    """A sentence for each row of differences.csv that is of more runs than there are."""
    rows = records.differences
    # Where it is not known which trials count, they are not known to be gone.
    if rows.empty or "runs" not in rows or without_choice(records):
        return []
    is_tuned = set(records.settings) - set(rows) - {"seed", *BESIDE}
    # What was trained as it was asked for may have been a trial before.
    results = records.selected("runs").drop_duplicates("run") if is_tuned else records.runs
    names = [name for name in records.settings if name in rows and name in results]
    sentences = []
    for _, row in rows[rows["runs"].notna()].iterrows():
        there = results
        for name in names:
            there = there[there[name].isin({row[name], TUNED})] if row[name] != "" else there
        if len(there) < row["runs"]:
            own = [label(name, row[name]) for name in names if name not in ("norm", "model", "data") and rows[name].nunique() > 1]
            of = ", ".join([row["norm"], *own])
            sentences.append(
                f"differences.csv has {of} of {row['runs']:.0f} runs, and runs.csv has {len(there)} of them: "
                "what differences say is of runs that are gone."
            )
    return sentences


def without_choice(records):
    """A sentence if it is not known which trials of a seed count."""
    if records.trials.empty:
        return []
    trials = records.trials[["study", "replicate"]].drop_duplicates()
    known = records.chosen[["study", "replicate"]].drop_duplicates()
    missing = len(trials) - len(trials.merge(known, on=["study", "replicate"]))
    if not missing:
        return []
    return [
        f"chosen.csv does not say which trial counts for {missing} of {len(trials)} seeds that were tuned, and none of them is "
        "drawn as a result; the same command of compare chooses, and trains only what is missing."
    ]
