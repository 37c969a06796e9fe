"""Which runs were evaluated so many times in the course of training, whatever interval that comes to on their data."""

import math

import pandas

# The interval of runs that are evaluated at their end alone, as claims write it.
ONCE = 1_000_000
# Runs that agree in these have as many batches in an epoch.
SAME_BATCHES = ["data", "fingerprint", "batch_size", "train_limit", "validation", "last_batch"]


def evaluated(frame, runs, times):
    """Which rows are of runs that were evaluated so many times, as claims ask for it.

    The interval is that of the number of training images, or where the runs do not tell it, any in the course of training.
    """
    known = [name for name in SAME_BATCHES if name in runs]
    lengths = batches(runs, known)
    rows = frame[[*known, "epochs", "evaluate_every"]].drop_duplicates()
    answers = {tuple(row): is_interval(row, lengths.get(tuple(row[known])), times) for _, row in rows.iterrows()}
    keys = zip(*[frame[name] for name in rows])
    return pandas.Series([answers[key] for key in keys], index=frame.index, dtype=bool)


def batches(runs, known):
    """How many batches an epoch has, by the settings that it depends on: of runs that came to their end."""
    whole = runs[(runs["status"] != "diverged") & runs["steps"].gt(0)]
    epochs = pandas.to_numeric(whole["epochs"], errors="coerce")
    return (whole["steps"] / epochs).dropna().groupby([whole[name] for name in known]).max().to_dict()


def is_interval(row, length, times):
    """Whether runs have the interval that comes to so many evaluations."""
    interval = int(float(row["evaluate_every"] or 0))
    if interval in (0, ONCE):
        return False
    images = training_images(row, length)
    if images is None:
        return True
    low, high = (int(row["epochs"]) * math.ceil(count / int(row["batch_size"])) // times for count in images)
    return max(low, 1) <= interval <= max(high, 1)


def training_images(row, length):
    """The least and the most images that the run can have been trained on, those held out among them; None if unknown."""
    limit = int(float(row.get("train_limit", "0") or 0))
    if limit:
        return limit, limit
    if length is None:
        return None
    kept = 1 - float(row.get("validation", "0") or 0)
    return tuple(max(batch, 1) * int(row["batch_size"]) / kept for batch in (length - 1, length + 1))
