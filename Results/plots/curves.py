"""Learning curves: a metric over the epochs, one line for each normalizer, the range of the seeds around it."""

import altair

from . import charts, courses
from .columns import CURVE_NUMBERS, axis_title, title
from .errors import UsageError
from .figure import Figure
from .varying import check_once, panel_labels, split_of, tied_sentences

METRICS = ("test_accuracy", "train_loss")
MARKS = 20
NUMBERS = [name for name in CURVE_NUMBERS if name not in ("step", "epoch")]


def figures(records, choice):
    """The learning curves of what was chosen: of one metric, or of accuracy and loss."""
    if records.curves.empty:
        return []
    if choice.metric and choice.metric not in NUMBERS:
        return []
    return [figure(records, metric) for metric in ([choice.metric] if choice.metric else METRICS)]


def figure(records, metric):
    """The learning curves of a metric."""
    frame = records.selected("curves")
    if metric not in frame or frame[metric].notna().sum() == 0:
        raise UsageError(f"curves.csv has no {metric} of these runs.")
    split = split_of("Learning curves", frame, records.settings)
    check_once(frame, [*split, "norm", "seed", "step"], [*records.settings, "study"], "Learning curves")
    horizontal = "epochs" if is_by_epoch(frame) else "steps"
    at = horizontal.removesuffix("s")
    there, remarks = courses.counted(frame, metric, records.runs, [*split, "norm"], at)
    remarks += courses.without_curve(records.selected("runs"), frame)
    if there.empty:
        raise UsageError(f"There is no place where all seeds of a line have a {metric}: {' '.join(remarks)}".rstrip(": "))
    table, order = summary(there, metric, split, at)
    return Figure(
        f"curves-{metric.replace('_', '-')}",
        f"{title(metric).capitalize()} in the course of training",
        caption(frame, metric, remarks, records, split),
        chart(table, order, metric, horizontal),
        table,
    )


def is_by_epoch(frame):
    """Whether each run was evaluated once in an epoch."""
    return (frame.groupby("run")["step"].nunique() == frame.groupby("run")["epoch"].nunique()).all()


def summary(frame, metric, split, at):
    """Mean, least and most over the seeds at each evaluation."""
    labels, order = panel_labels(frame, split)
    frame = frame.assign(panel=labels if split else "")
    groups = frame.groupby(["panel", "norm", at], sort=False)
    table = groups.agg(
        steps=("step", "max"),
        epochs=("epoch", "max"),
        mean=(metric, "mean"),
        low=(metric, "min"),
        high=(metric, "max"),
        seeds=(metric, "count"),
    )
    table = table.reset_index().drop(columns=at).sort_values(["panel", "norm", "steps"]).reset_index(drop=True)
    return table.assign(is_marked=marked(table)), order


def chart(table, order, metric, horizontal):
    """Bands under lines under marks."""
    looks = charts.encodings(table["norm"].unique())
    x = altair.X(
        f"{horizontal}:Q",
        title=horizontal,
        scale=altair.Scale(zero=False, nice=False, padding=4),
        axis=x_axis(horizontal),
    )
    y = charts.y_axis("mean:Q", metric, log=factors(table))
    tooltip = [
        altair.Tooltip("norm:N"),
        altair.Tooltip(f"{horizontal}:Q"),
        altair.Tooltip("mean:Q", format=".4f", title=title(metric)),
        altair.Tooltip("low:Q", format=".4f"),
        altair.Tooltip("high:Q", format=".4f"),
        altair.Tooltip("seeds:Q"),
    ]
    base = altair.Chart(table)
    layers = [base.mark_line().encode(x=x, y=y, color=looks["color"], strokeDash=looks["strokeDash"])]
    if (table["seeds"] > 1).any():
        band = base.mark_area(opacity=0.16).encode(
            x=x, y=altair.Y("low:Q", title=axis_title(metric)), y2="high:Q", color=looks["color"]
        )
        layers.insert(0, band)
    points = base.transform_filter("datum.is_marked").mark_point(filled=True, size=38, opacity=1)
    layers.append(points.encode(x=x, y=y, color=looks["color"], shape=looks["shape"], tooltip=tooltip))
    ends = table.groupby("panel")[horizontal].max()
    return charts.panelled(layers, table, order, free=("x",) if ends.nunique() > 1 else ())


def marked(table):
    """Which evaluations have a mark: all of few, some of many, so that every line has its own."""
    place = table.groupby(["panel", "norm"]).cumcount()
    most = int(table.groupby(["panel", "norm"]).size().max())
    return place % max(1, -(-most // MARKS)) == 0


def factors(table):
    """The range of numbers that differ by powers of ten, as losses near divergence do; None of others."""
    low, high = table["low"].min(), table["high"].max()
    return (low, high) if low > 0 and high > 1000 * table["mean"].median() else None


def x_axis(horizontal):
    """Ticks at whole epochs."""
    if horizontal == "steps":
        return altair.Axis(tickCount=5, format="~s")
    return altair.Axis(tickMinStep=1, tickCount=6, format="d", labelExpr="datum.value % 1 ? '' : datum.label")


def caption(frame, metric, remarks, records, split):
    """What the lines and the bands are."""
    seeds = frame.groupby(["norm", *split])["seed"].nunique()
    count = f"{seeds.min()}" if seeds.min() == seeds.max() else f"{seeds.min()} to {seeds.max()}"
    sentences = [
        f"{title(metric).capitalize()} ({count} seeds): lines are means, bands the range of the seeds, least to most."
    ]
    if seeds.max() == 1:
        sentences = [f"{title(metric).capitalize()} of one seed: what seeds differ by is not shown."]
    return " ".join(sentences + remarks + tied_sentences(frame, records.settings, split))
