"""For each claim its effects with their intervals, and the figure that its paper would show."""

from . import layers
from .choice import having
from .effects import effects
from .errors import UsageError
from .figure import Figure, on
from .landscape import figure as landscape_figure
from .papers import as_in_paper
from .varying import check_once


def figures(records, choice):
    """Two figures for each claim and data set, if there is something for both."""
    if records.verdicts.empty or choice.metric is not None:
        return []
    found = []
    limits = records.verdicts["train_limit"] if "train_limit" in records.verdicts else ""
    cases = records.verdicts.assign(limit=limits).groupby(["data", "limit"], sort=False)
    for (data, limit), verdicts in cases:
        suffix = "" if cases.ngroups == 1 else f"-{short(data)}" + (f"-{limit}" if limit not in ("", "0") else "")
        for claim in verdicts["claim"].unique():
            found += of_claim(records, verdicts[verdicts["claim"] == claim], claim, data, limit, suffix)
    return found


def short(data):
    """A data set's name in a file's."""
    return data.rstrip("/").split("/")[-1].replace("_", "-")


def of_claim(records, verdicts, claim, data, limit, suffix):
    """The figures of a claim on a data set."""
    found, refused = [], []
    for name in (claim, f"{claim}-groups"):
        try:
            shown = as_in_paper(records, name, data, limit, suffix)
            found += [shown] if shown else []
        except UsageError as error:
            refused.append(f"Not drawn: {error}")
    try:
        found += recordings(records, claim, data, suffix)
    except UsageError as error:
        refused.append(f"Not drawn: {error}")
    return [*effects(verdicts, claim, suffix, refused), *found]


def recordings(records, claim, data, suffix):
    """The recordings that two claims are about: percentiles of layers, and the landscape."""
    if claim == "internal-shift" and len(records.layers):
        frame = inside(
            records.selected("layers"),
            data,
            {"model": "mlp", "batch_size": "60", "norm_noise": "0", "evaluate_every": "20", "epochs": "15"},
        )
        frame = frame[frame["step"] > 0] if len(frame) else frame
        if len(frame):
            frame = frame.assign(place=layers.places(frame), order=layers.ranks(frame))
            check_once(frame, ["norm", "seed", "step", "place"], [*records.settings, "study"], "The percentiles")
            yield renamed(layers.percentiles(frame), f"claim-{claim}{suffix}", on(suffix))
    if claim == "smoothness" and len(records.landscape):
        frame = inside(
            records.selected("landscape"), data, {"model": "cnn", "evaluate_every": "6", "epochs": "3", "study": ""}
        )
        if len(frame):
            check_once(frame, ["norm", "seed", "step", "along"], [*records.settings, "study"], "The landscape")
            for what in ("loss", "gradient_change"):
                yield renamed(
                    landscape_figure(frame, what), f"claim-{claim}-{what.replace('_', '-')}{suffix}", on(suffix)
                )


def inside(frame, data, where):
    """The rows of a data set with these settings."""
    frame = frame[frame["data"] == data]
    for name, value in where.items():
        if name in frame:
            frame = frame[having(frame, name, [value])]
    return frame


def renamed(figure, name, words):
    """A figure under the name of its claim."""
    return Figure(name, figure.title + words, figure.caption, figure.chart, figure.table)
