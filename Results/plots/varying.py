"""What varies among runs: so that no line, cell or point ever stands for runs that differ in more than their seed."""

from .columns import OF_NORMALIZER, title
from .errors import UsageError

FIRST = ["numerics", "data", "fingerprint", "model"]


def varying(frame, settings, but=("norm", "seed")):
    """The settings that tell runs apart beside those named, each only if the ones before it do not say it already.

    What follows from the normalizer and the settings before it (a rate that is the model's, the groups of group
    normalization) has one value in each line, and splits nothing.
    """
    names = [name for name in FIRST if name in settings] + [name for name in settings if name not in FIRST]
    key = [name for name in but if name != "seed" and name in frame]
    found = []
    for name in names:
        if name in but or name not in frame or frame[name].nunique() < 2:
            continue
        # Panels are never of two data sets or models, even if each normalizer or value on the axis has but one.
        by = found if name in FIRST else key + found
        if frame.groupby(by, sort=False)[name].nunique().max() > 1 if by else True:
            found.append(name)
    return found


def tied(frame, settings, split, but=("norm", "seed")):
    """The settings that vary, and only with those that are split by: to be named beside a figure."""
    names = [name for name in settings if name in frame and name not in split and name not in but]
    return [name for name in names if frame[name].nunique() > 1 and name not in ("fingerprint", "numerics")]


def unequal(frame, settings, split):
    """The settings in which the normalizers of one panel differ, other than those that are a normalizer's own."""
    found = []
    for name in tied(frame, settings, split):
        groups = frame.groupby(split, sort=False) if split else [((), frame)]
        if name not in OF_NORMALIZER and any(part[name].nunique() > 1 for _, part in groups):
            found.append(name)
    return found


def tied_sentences(frame, settings, split):
    """What to say of settings that are not the same in all lines of a panel."""
    sentences = []
    for name in unequal(frame, settings, split):
        values = frame.groupby("norm", sort=False)[name].unique()
        listed = "; ".join(f"{norm} {', '.join(ordered(found)[:3])}" for norm, found in values.items())
        sentences.append(f"Not the same for every normalizer: {title(name)} ({listed}).")
    return sentences


def ordered(values):
    """Numbers by size, words in the order given."""
    values = list(dict.fromkeys(values))
    try:
        return sorted(values, key=float)
    except ValueError:
        return values


def check_once(frame, key, settings, what):
    """Stops if two rows have one key: they would be mixed."""
    double = frame.duplicated(key, keep=False)
    if not double.any():
        return
    rows = frame[double]
    rows = rows[rows[key].eq(rows[key].iloc[0]).all(axis=1)].head(2)
    others = [name for name in settings if name in frame and rows[name].nunique() > 1]
    hint = (
        f"that differ in {', '.join(others)}: choose with --where {others[0]}={rows[others[0]].iloc[0]}"
        if others
        else ("of the same settings; the columns do not say what tells them apart")
    )
    raise UsageError(f"{what} would mix runs {hint}.")


def refuse(what, names, frame):
    """An error that says what to choose."""
    example = " ".join(f"{name}={ordered(frame[name])[0]}" for name in names)
    listed = "; ".join(f"{title(name)} is {', '.join(ordered(frame[name])[:6])}" for name in names)
    return UsageError(f"{what} cannot show everything that varies ({listed}); choose with --where {example}.")


def panel_labels(frame, split):
    """A label for each row's panel, and the labels in their order."""
    if not split:
        return None, []
    labels = frame[split[0]].map(lambda value: label(split[0], value))
    for name in split[1:]:
        labels = labels + ", " + frame[name].map(lambda value, name=name: label(name, value))
    keys = frame[split].copy()
    ranks = {name: {value: rank for rank, value in enumerate(ordered(keys[name]))} for name in split}
    order = sorted(set(zip(*[keys[name].map(ranks[name]) for name in split], labels)))
    return labels, [entry[-1] for entry in order]


def label(name, value):
    """A value as the head of a panel says it."""
    if name in ("data", "model", "norm"):
        return value.rstrip("/").split("/")[-1] or value
    if name == "fingerprint":
        return f"data {value[:7]}"
    return f"{title(name)} {plain(value)}"


def plain(value):
    """A number as short as it can be; what is no number stays."""
    try:
        short = f"{float(value):g}"
        return short if float(short) == float(value) else value
    except ValueError:
        return value


def moving(frame, settings, split, axes):
    """The settings that go along with those on the axes of a panel: to be named there."""
    lines = frame.groupby(["norm", *split], sort=False) if "norm" not in split else frame.groupby(split, sort=False)
    names = [
        name for name in settings if name in frame and name not in FIRST and name not in ("norm", "seed", *split, *axes)
    ]
    return [name for name in names if lines[name].nunique().max() > 1]


def numeric(frame, name):
    """The values of a setting as numbers, or None if they are words."""
    try:
        return frame[name].astype(float)
    except ValueError:
        return None


def split_of(what, frame, settings, but=("norm", "seed"), most=12):
    """The settings that make panels, or an error if there would be too many."""
    split = varying(frame, settings, but)
    if split and frame.groupby(split).ngroups > most:
        raise refuse(what, split, frame)
    return split
