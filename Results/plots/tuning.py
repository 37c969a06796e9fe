"""What each trial of tuning came to on the images held out, and which ones were chosen."""

import altair
import pandas

from . import charts, style
from .columns import axis_title, title
from .figure import Figure
from .selected import joined
from .varying import numeric, panel_labels, split_of

METRIC = "validation_accuracy"


def figures(records, choice):
    """A figure for each setting that was tuned."""
    if records.trials.empty or choice.metric not in (None, METRIC):
        return []
    winners = records.chosen
    names = list(dict.fromkeys(name for names in winners["tuned"] for name in names.split()))
    return [figure(records, name, winners) for name in names]


def figure(records, name, winners):
    """The figure of one setting: a mark for each trial, a line through those of a seed."""
    studies = winners[winners["tuned"].str.split().map(lambda names: name in names)]["study"].unique()
    trials = joined(records)
    trials = trials[trials["study"].isin(studies)]
    trials = trials.assign(x=numeric(trials, name))
    settled = [other for other in records.settings if other not in set(" ".join(winners["tuned"]).split())]
    split = split_of("The tuning curve", trials, settled, ("norm", "seed"))
    labels, order = panel_labels(trials, split)
    key = trials["study"] + " " + trials["run"]
    taken = set(winners["study"] + " " + winners["run"])
    table = (
        pandas.DataFrame(
            {
                "panel": labels if split else "",
                "norm": trials["norm"],
                "study": trials["study"],
                "seed": trials["replicate"],
                "trial": trials["trial"],
                name: trials["x"],
                METRIC: trials["counted"],
                "test_accuracy": trials["test_accuracy"],
                "diverged": trials["status"].eq("diverged"),
                "chosen": key.isin(taken),
            }
        )
        .sort_values(["panel", "norm", "seed", name])
        .reset_index(drop=True)
    )
    return Figure(
        f"tuning-{name}".replace("_", "-"),
        f"Tuning the {title(name)}: {title(METRIC)} of each trial",
        caption(table, name),
        chart(table, order, name),
        table,
    )


def chart(table, order, name):
    """Thin lines for seeds, a mark for each trial, the chosen ones large; normalizers have panels if nothing else has."""
    norms = style.ordered(set(table["norm"]))
    if len(norms) > 1 and len(order) < 2:
        table = table.assign(panel=table["norm"])
        order = norms
    looks = charts.encodings(norms, legend=len(order) != len(norms) or order != norms)
    x, y = charts.x_setting(name, table[name], axis_title(name)), charts.y_axis(f"{METRIC}:Q", METRIC)
    tooltip = [
        "norm:N",
        "seed:N",
        altair.Tooltip(f"{name}:Q", format=".3g"),
        altair.Tooltip(f"{METRIC}:Q", format=".4f"),
        altair.Tooltip("test_accuracy:Q", format=".4f"),
        "chosen:N",
    ]
    base = altair.Chart(table)
    marks = {"x": x, "y": y, "color": looks["color"], "shape": looks["shape"], "tooltip": tooltip}
    layers = [
        base.mark_line(strokeWidth=0.7, opacity=0.45).encode(
            x=x, y=y, color=looks["color"], detail=["study:N", "seed:N"]
        ),
        base.transform_filter("!datum.chosen").mark_point(filled=True, size=12, opacity=0.75).encode(**marks),
        base.transform_filter("datum.chosen")
        .mark_point(filled=True, size=55, opacity=1, stroke="black", strokeWidth=1)
        .encode(**marks),
    ]
    return charts.panelled(layers, table, order)


def caption(table, name):
    """What was tried."""
    budget = int(table.groupby(["study", "seed"]).size().max())
    sentences = [
        f"Up to {budget} trials a seed, the same points for every normalizer; a line joins those of a seed, and the large "
        f"mark is the one that was chosen, on training images held out."
    ]
    if table["diverged"].any():
        sentences.append(f"{int(table['diverged'].sum())} trials diverged and count as guessing.")
    return " ".join(sentences)
