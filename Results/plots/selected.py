"""Which runs a figure of results is of: those that were trained as they were asked for, and those that tuning chose."""

import pandas

TUNED = "tuned"


def selected(records, frame):
    """The rows of runs that are no trials of tuning, and of those that tuning chose.

    What was tuned stands as `tuned` in the chosen ones: each seed has its own value. Which ones were chosen is in
    `chosen.csv`.
    """
    if records.trials.empty:
        return frame.assign(study="")
    plain = frame[~frame["run"].isin(set(records.trials["run"]))].assign(study="")
    winners = records.chosen[["run", "study", "tuned"]].drop_duplicates()
    best = frame.merge(winners, on="run", how="inner")
    for name in set(winners["tuned"].str.split().explode().dropna()):
        best.loc[best["tuned"].str.split().map(lambda names, name=name: name in names), name] = TUNED
    return pandas.concat([plain, best.drop(columns=["tuned"])], ignore_index=True)


def counted(frame, metric):
    """A metric of runs as it counts: the test accuracy of a run that diverged is that of guessing."""
    if metric != "test_accuracy":
        return frame[metric].where(frame["status"] != "diverged")
    return frame[metric].where(frame["status"] != "diverged", frame["guess_accuracy"])


def divergence(frame, metric):
    """What to say of the runs that diverged."""
    count = int((frame["status"] == "diverged").sum())
    if count == 0:
        return []
    how = "count as guessing" if metric == "test_accuracy" else "are left out of the means"
    return [
        (
            f"{count} of {len(frame)} runs diverged and {how}."
            if count > 1
            else (f"1 of {len(frame)} runs diverged and {how.replace('count', 'counts').replace('are', 'is')}.")
        )
    ]


def joined(records):
    """The trials with what their runs came to on validation images; `counted` is what tuning goes by."""
    measured = ["validation_accuracy", "validation_loss", "guess_accuracy", "test_accuracy"]
    runs = records.runs.reindex(columns=["run", *measured])
    trials = records.trials.merge(runs, on="run", how="inner").sort_values(["study", "replicate", "trial"])
    is_diverged = trials["status"] == "diverged"
    counted = trials["validation_accuracy"].where(~is_diverged, trials["guess_accuracy"])
    loss = trials["validation_loss"].where(~is_diverged, float("inf"))
    return trials.assign(counted=counted, loss=loss)

