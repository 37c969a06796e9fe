"""What the layers take and pass back: percentiles in the course of training, and the gradient from layer to layer."""

import altair
import pandas

from . import charts, style
from .columns import LAYER_NUMBERS, title
from .errors import UsageError
from .figure import Figure
from .varying import check_once, refuse, varying

MOST_PLACES = 4


def figures(records, choice):
    """The percentiles, and the gradients at the first and the last evaluation."""
    if records.layers.empty or choice.metric not in (None, *LAYER_NUMBERS):
        return []
    frame = records.selected("layers")
    frame = frame.assign(place=places(frame), order=ranks(frame))
    split = varying(frame, records.settings)
    if split:
        raise refuse("The figures of layers", split, frame)
    check_once(frame, ["norm", "seed", "step", "place"], [*records.settings, "study"], "The figures of layers")
    if choice.metric:
        return [course(frame, choice.metric)]
    return [percentiles(frame), gradients(frame)]


def places(frame):
    """A layer, or a time step of one."""
    if "time_step" not in frame:
        return frame["layer"]
    steps = frame["time_step"].map(lambda step: "" if pandas.isna(step) else f", time step {step:g}")
    return frame["layer"] + steps


def ranks(frame):
    """The order of the places: as they are passed."""
    return frame.groupby(["run", "step"], sort=False).cumcount()


def shown_places(frame, column):
    """The places that have such numbers, at most so many, the first and the last among them."""
    there = frame[frame[column].notna()].drop_duplicates("place").sort_values("order")["place"].tolist()
    if len(there) <= MOST_PLACES:
        return there
    return [there[round(part * (len(there) - 1) / (MOST_PLACES - 1))] for part in range(MOST_PLACES)]


def mean_over_seeds(frame, values):
    """Means over the seeds of some columns, for each normalizer, step and place."""
    table = frame.groupby(["norm", "place", "step"], sort=False)[values].mean().reset_index()
    seeds = frame.groupby(["norm", "place", "step"], sort=False)["seed"].nunique().rename("seeds").reset_index()
    return (
        table.merge(seeds, on=["norm", "place", "step"]).sort_values(["norm", "place", "step"]).reset_index(drop=True)
    )


def percentiles(frame):
    """Median and the 15th and 85th percentile of what the nonlinearity takes, over the steps."""
    here = shown_places(frame, "p50")
    if not here:
        raise UsageError("layers.csv has no percentiles of these runs: they were no finite numbers.")
    values = ["p15", "p50", "p85"]
    table = mean_over_seeds(frame[frame["place"].isin(here)], values)
    norms = style.ordered(set(table["norm"]))
    looks = charts.encodings(norms, legend=False)
    x = altair.X("step:Q", title="steps", axis=altair.Axis(tickCount=3, format="~s"))
    base = altair.Chart(table)
    tooltip = ["norm:N", "step:Q", *[altair.Tooltip(f"{name}:Q", format=".3f") for name in values], "seeds:Q"]

    def line(name, **kind):
        y = altair.Y(f"{name}:Q", title=None, axis=altair.Axis(tickCount=5), scale=altair.Scale(zero=False))
        return base.mark_line(**kind).encode(x=x, y=y, color=looks["color"], tooltip=tooltip)

    band = base.mark_area(opacity=0.12).encode(x=x, y=altair.Y("p15:Q", title=None), y2="p85:Q", color=looks["color"])
    layers = [band, line("p15", strokeWidth=0.8), line("p85", strokeWidth=0.8), line("p50", strokeWidth=1.8)]
    left = len(frame[frame["p50"].notna()]["place"].unique()) - len(here)
    caption = (
        "What the nonlinearity takes, over units and images: the median (thick) between the 15th and the 85th percentile; "
        "means "
        f"over up to {int(table['seeds'].max())} seeds."
        + (f" {left} places between those shown are left out." if left else "")
    )
    return Figure(
        "layers-percentiles",
        "Percentiles of the pre-activations in the course of training",
        caption,
        grid(layers, table, norms, here),
        table,
    )


def grid(layers, table, norms, here):
    """A row for each normalizer, a column for each place."""
    width = int((style.PAGE_WIDTH - 100 - 12 * (len(here) - 1)) / max(len(here), 2))
    chart = altair.layer(*layers, data=table).properties(width=width, height=80)
    return chart.facet(
        row=altair.Row(
            "norm:N", sort=norms, header=altair.Header(title="pre-activation", labelOrient="left", labelAngle=-90)
        ),
        column=altair.Column("place:N", sort=here, header=altair.Header(title=None)),
    )


def gradients(frame):
    """The norm of the gradient from the first layer to the last, at the first and the last evaluation."""
    rows = frame[frame["gradient_norm"].gt(0)]
    if rows.empty:
        raise UsageError("layers.csv has no gradient of these runs.")
    steps = rows.groupby("run")["step"]
    ends = rows[rows["step"].eq(steps.transform("min")) | rows["step"].eq(steps.transform("max"))]
    moment = (
        ends["step"]
        .eq(ends.groupby("run")["step"].transform("min"))
        .map({True: "first evaluation", False: "last evaluation"})
    )
    table = (
        ends.assign(panel=moment)
        .groupby(["panel", "norm", "order", "place"], sort=False)["gradient_norm"]
        .agg(mean="mean", low="min", high="max", seeds="count")
        .reset_index()
        .sort_values(["panel", "norm", "order"])
    )
    is_in_time = table["place"].str.contains("time step").any()
    table["number"] = table["order"] + 1
    looks = charts.encodings(table["norm"].unique())
    last = int(table["number"].max())
    ticks = {"values": list(range(1, last + 1))} if last <= 10 else {"tickCount": 6}
    x = altair.X(
        "number:Q",
        title="time step" if is_in_time else "layer",
        axis=altair.Axis(format="d", **ticks),
        scale=altair.Scale(zero=False, nice=False, padding=8),
    )
    y = charts.y_axis(
        "mean:Q", "gradient_norm", log=(table["low"].min(), table["high"].max()), title="norm of the gradient"
    )
    tooltip = [
        "norm:N",
        "place:N",
        altair.Tooltip("mean:Q", format=".3g"),
        altair.Tooltip("low:Q", format=".3g"),
        altair.Tooltip("high:Q", format=".3g"),
        "seeds:Q",
    ]
    base = altair.Chart(table)
    layers = [
        base.mark_area(opacity=0.14).encode(
            x=x, y=altair.Y("low:Q", title="norm of the gradient"), y2="high:Q", color=looks["color"]
        ),
        base.mark_line().encode(x=x, y=y, color=looks["color"], strokeDash=looks["strokeDash"]),
        base.mark_point(filled=True, size=38, opacity=1).encode(
            x=x, y=y, color=looks["color"], shape=looks["shape"], tooltip=tooltip
        ),
    ]
    order = [label for label in ("first evaluation", "last evaluation") if label in set(table["panel"])]
    return Figure(
        "layers-gradient",
        "The gradient that each layer is passed back",
        f"Norm of the gradient of the loss by what each {'time step' if is_in_time else 'layer'} gives: means over the seeds, "
        "bands from the least to the most. A straight line is a constant factor from one to the next.",
        charts.panelled(layers, table, order),
        table,
    )


def course(frame, metric):
    """A number of the layers over the steps, a panel for each layer."""
    here = shown_places(frame, metric)
    if not here:
        raise UsageError(f"layers.csv has no {title(metric)} of these runs.")
    table = mean_over_seeds(frame[frame["place"].isin(here)], [metric])
    table["panel"] = table["place"]
    looks = charts.encodings(table["norm"].unique())
    x = altair.X("step:Q", title="steps", axis=altair.Axis(tickCount=4, format="~s"))
    layers = [
        altair.Chart(table)
        .mark_line()
        .encode(
            x=x,
            y=charts.y_axis(f"{metric}:Q", metric),
            color=looks["color"],
            strokeDash=looks["strokeDash"],
            tooltip=["norm:N", "step:Q", f"{metric}:Q", "seeds:Q"],
        )
    ]
    return Figure(
        f"layers-{metric}".replace("_", "-"),
        f"{title(metric).capitalize()} of the layers in the course of training",
        f"Means over up to {int(table['seeds'].max())} seeds.",
        charts.panelled(layers, table, here),
        table,
    )
