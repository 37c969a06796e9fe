"""The courses of runs that did not come to their end: what they count as, where lines end, and what is said of it."""

import pandas

from .wording import listed

ACCURACIES = ("train_accuracy", "test_accuracy", "validation_accuracy")
MOST_NAMES = 6


def counted(frame, metric, runs, line, at):
    """The rows that the lines of a metric are means of: at each place all runs of a line, or none; and what to say of it.

    `line` are the columns that runs of one line agree in, `at` is what they are told apart along: step or epoch. A run that
    diverged counts as guessing from there on, where the metric is an accuracy; of other metrics it has no more.
    """
    ends = runs.drop_duplicates("run").set_index("run")
    has = frame.groupby("run")[metric].transform(lambda values: values.notna().any()) | frame["status"].eq("diverged")
    frame = frame[has]
    parts, short = [], []
    panels = [name for name in line if name != "norm"]
    for _, panel in frame.groupby(panels, sort=False) if panels else [((), frame)]:
        for _, rows in panel.groupby(line, sort=False):
            places = grid(rows, ends, at) or grid(panel, ends, at)
            rows = with_guesses(rows, metric, ends, places, at)
            short += cut_short(rows, ends, places, at)
            parts.append(of_all(rows, metric, at))
    found = pandas.concat(parts) if parts else frame
    return found, [*divergence(frame, metric), *shortness(frame, short)]


def grid(rows, ends, at):
    """Place → step and epoch of the evaluations of runs that came to their end."""
    last = rows["run"].map(rows.groupby("run")["step"].max())
    whole = rows[rows["status"].ne("diverged") & last.ge(rows["run"].map(ends["steps"]))]
    return {row[at]: (row["step"], row["epoch"]) for row in whole[["step", "epoch"]].drop_duplicates().to_dict("records")}


def with_guesses(rows, metric, ends, places, at):
    """The rows with those of runs that diverged as they count."""
    parts = [rows[rows["status"] != "diverged"]]
    for run, own in rows[rows["status"] == "diverged"].groupby("run", sort=False):
        end = ends["steps"].get(run)
        end = own["step"].max() if end is None or pandas.isna(end) else end
        before = own[own["step"] < end]
        parts.append(before)
        if metric not in ACCURACIES:
            continue
        steps = {place: moment for place, moment in places.items() if moment[0] >= end and place not in set(before[at])}
        steps = steps or {row[at]: (row["step"], row["epoch"]) for row in own.to_dict("records") if row["step"] >= end}
        guesses = pandas.concat([own.iloc[:1]] * len(steps), ignore_index=True) if steps else own.iloc[:0]
        moments = list(steps.values())
        parts.append(
            guesses.assign(
                step=[step for step, _ in moments],
                epoch=[epoch for _, epoch in moments],
                **{metric: float(ends["guess_accuracy"].get(run, float("nan")))},
            )
        )
    return pandas.concat(parts, ignore_index=True).assign(runs=rows["run"].nunique())


def cut_short(rows, ends, places, at):
    """The runs that came to their end, as runs.csv says, and whose curves did not."""
    found = []
    for run, own in rows[rows["status"] != "diverged"].groupby("run", sort=False):
        end = ends["steps"].get(run)
        lacks = [place for place, (step, _) in places.items() if pandas.isna(end) or step <= end]
        if own["step"].max() < (end or 0) or not set(lacks) <= set(own[at]):
            found.append(run)
    return found


def of_all(rows, metric, at):
    """The rows of the places where every run of a line has a number."""
    there = rows[rows[metric].notna()]
    return there[there.groupby(at)["run"].transform("nunique").eq(there["runs"])].drop(columns="runs")


def divergence(frame, metric):
    """What to say of the runs that diverged."""
    lost = frame[frame["status"] == "diverged"].drop_duplicates("run")
    if lost.empty:
        return []
    count, all_of_them = len(lost), frame["run"].nunique()
    runs = f"{count} of {all_of_them} {'run' if all_of_them == 1 else 'runs'} diverged ({names(lost)})"
    if metric in ACCURACIES:
        return [f"{runs} and {'counts' if count == 1 else 'count'} as guessing from there on."]
    return [f"{runs}: a line ends where a run of it has no number."]


def shortness(frame, short):
    """What to say of curves that were cut short."""
    if not short:
        return []
    lost = frame[frame["run"].isin(short)].drop_duplicates("run")
    runs = "1 curve lacks" if len(lost) == 1 else f"{len(lost)} curves lack"
    return [f"{runs} points that runs.csv says were passed ({names(lost)}): a line has none where a run of it has none."]


def without_curve(runs, curves):
    """What to say of runs that have no point at all."""
    lost = runs[~runs["run"].isin(set(curves["run"]))].drop_duplicates("run")
    return [] if lost.empty else [f"curves.csv has nothing of {len(lost)} of {runs['run'].nunique()} runs ({names(lost)})."]


def names(runs):
    """Runs by normalizer and seed."""
    seeds = {norm: listed(dict.fromkeys(part["seed"])) for norm, part in runs.groupby("norm", sort=False)}
    told = [f"{norm} seed {text}" if " " not in text else f"{norm} seeds {text}" for norm, text in seeds.items()]
    return "; ".join(told[:MOST_NAMES]) + (f"; and {len(told) - MOST_NAMES} more normalizers" if len(told) > MOST_NAMES else "")
