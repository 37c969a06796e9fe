"""Which runs a figure of results is of: those that were trained as they were asked for, and those that tuning chose."""

import pandas

TUNED = "tuned"
# The settings that change nothing in training.
OF_EVALUATION = {"inference_statistics", "evaluation_batch", "test_images", "test_limit"}


def selected(records, frame):
    """The rows of runs that are no trials of tuning, and of those that tuning chose.

    What was tuned stands as `tuned` in the chosen ones: each seed has its own value.
    """
    if records.trials.empty:
        return frame.assign(study="")
    winners = with_variants(records, chosen(records))
    taken = set(records.trials["run"]) | set(winners["run"])
    plain = frame[~frame["run"].isin(taken)].assign(study="")
    best = frame.merge(winners[winners["is_best"]], on="run", how="inner").drop(columns=["is_best"])
    for name in set(winners["tuned"].str.split(",").explode()) - {""}:
        best.loc[best["tuned"].str.split(",").map(lambda names, name=name: name in names), name] = TUNED
    return pandas.concat([plain, best.drop(columns=["tuned"])], ignore_index=True)


def with_variants(records, winners):
    """The winners, and the trials that are the same networks as those of a study but examined otherwise.

    `compare` examines a trained network in several ways where only the evaluation is another; those stand in no study.
    """
    same = [name for name in records.settings if name not in OF_EVALUATION]
    runs, trials = records.runs[["run", *same]], records.trials[["run", "study"]].drop_duplicates()
    best = set(winners["study"] + " " + winners["run"])
    tuned_in = winners.drop_duplicates("study").set_index("study")["tuned"]
    networks = trials.merge(runs, on="run").assign(
        is_best=lambda rows: (rows["study"] + " " + rows["run"]).isin(best),
        tuned=lambda rows: rows["study"].map(tuned_in).fillna(""),
    )
    others = runs[~runs["run"].isin(set(trials["run"]))]
    networks = networks.sort_values("is_best", ascending=False, kind="stable").drop_duplicates([*same, "study"])
    found = others.merge(networks.drop(columns="run"), on=same, how="inner").drop_duplicates("run")
    columns = ["run", "study", "tuned", "is_best"]
    return pandas.concat([winners.assign(is_best=True)[columns], found[columns]], ignore_index=True)


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


def chosen(records):
    """For each study and seed the run that `compare` chose: run, study, and which settings were tuned.

    It is that of the highest validation accuracy, and of those alike of the lowest validation loss; one that diverged
    counts as guessing. A seed that lacks trials of its study has none.
    """
    trials = joined(records)
    rows = []
    for study, part in trials.groupby("study", sort=False):
        budget = part.groupby("replicate").size().max()
        whole = [seed for _, seed in part.groupby("replicate", sort=False) if len(seed) == budget]
        names = ",".join(tuned(whole, records.settings))
        for seed in whole:
            best = seed.sort_values(["counted", "loss", "trial"], ascending=[False, True, True], kind="stable").iloc[0]
            rows.append({"run": best["run"], "study": study, "tuned": names})
    return pandas.DataFrame(rows, columns=["run", "study", "tuned"])


def joined(records):
    """The trials with what their runs came to on validation images; `counted` is what tuning goes by."""
    measured = ["validation_accuracy", "validation_loss", "guess_accuracy", "test_accuracy"]
    runs = records.runs.reindex(columns=["run", *measured])
    trials = records.trials.merge(runs, on="run", how="inner").sort_values(["study", "replicate", "trial"])
    is_diverged = trials["status"] == "diverged"
    counted = trials["validation_accuracy"].where(~is_diverged, trials["guess_accuracy"])
    loss = trials["validation_loss"].where(~is_diverged, float("inf"))
    return trials.assign(counted=counted, loss=loss)


def tuned(replicates, settings):
    """The settings that differ between the trials of a seed."""
    return [name for name in settings if any(seed[name].nunique() > 1 for seed in replicates if name != "seed")]
