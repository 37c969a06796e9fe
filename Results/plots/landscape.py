"""How loss and gradient change along a step (Santurkar et al., 2018, figure 4)."""

import altair

from . import charts
from .figure import Figure
from .varying import check_once, refuse, varying

WAYS = {"rate": "steps of ½ to 4 times the rate", "relative": "steps of 0.001 to 0.1 of the weights"}
DRAWN = {
    "loss": (
        "Range of the loss along a step",
        "loss (nats)",
        "The least and the most of the loss at the end of a step",
    ),
    "gradient_change": (
        "Change of the gradient along a step",
        "change of the gradient",
        "The largest norm of the difference between the gradient at both ends of a step",
    ),
}


def figures(records, choice):
    """The range of the loss and the change of the gradient."""
    if records.landscape.empty or choice.metric is not None:
        return []
    frame = records.selected("landscape")
    split = varying(frame, records.settings)
    if split:
        raise refuse("The landscape", split, frame)
    check_once(frame, ["norm", "seed", "step", "along"], [*records.settings, "study"], "The landscape")
    return [figure(frame, what) for what in DRAWN]


def figure(frame, what):
    """One of them, a panel for each way of measuring steps."""
    columns = {"low": "loss_low", "high": "loss_high"} if what == "loss" else {"low": what, "high": what}
    low_of, high_of = ("mean", "mean") if what == "loss" else ("min", "max")
    groups = frame.assign(panel=frame["along"].map(lambda way: WAYS.get(way, way))).groupby(
        ["panel", "norm", "step"], sort=False
    )
    table = (
        groups.agg(
            low=(columns["low"], low_of),
            high=(columns["high"], high_of),
            mean=(what, "mean"),
            seeds=("seed", "nunique"),
        )
        .reset_index()
        .dropna(subset=["low", "high"])
        .sort_values(["panel", "norm", "step"])
    )
    looks = charts.encodings(table["norm"].unique())
    name, axis, words = DRAWN[what]
    x = altair.X(
        "step:Q", title="steps", axis=altair.Axis(tickCount=5, format="~s"), scale=altair.Scale(nice=False, padding=4)
    )
    log = (table["low"].min(), table["high"].max()) if (table["low"] > 0).all() else None
    y = charts.y_axis("mean:Q", what, log=log, title=axis)
    base = altair.Chart(table)
    tooltip = [
        "norm:N",
        "step:Q",
        altair.Tooltip("low:Q", format=".4g"),
        altair.Tooltip("high:Q", format=".4g"),
        "seeds:Q",
    ]
    layers = [
        base.mark_area(opacity=0.25).encode(
            x=x, y=altair.Y("low:Q", title=axis), y2="high:Q", color=looks["color"], tooltip=tooltip
        ),
        base.mark_line().encode(x=x, y=y, color=looks["color"], strokeDash=looks["strokeDash"]),
    ]
    order = [label for label in dict.fromkeys(WAYS.get(way, way) for way in WAYS) if label in set(table["panel"])]
    order += [label for label in table["panel"].unique() if label not in order]
    over = (
        "bands are means over the seeds of both, lines the loss where steps begin"
        if what == "loss"
        else ("lines are means over the seeds, bands their range")
    )
    return Figure(
        f"landscape-{what}".replace("_", "-"),
        name,
        f"{words}; {over} ({int(table['seeds'].max())} seeds).",
        charts.panelled(layers, table, order, free=("y",)),
        table,
    )
