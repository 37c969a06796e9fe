"""Two settings as rows and columns, and what the runs of each cell came to."""

import altair

from . import charts, style
from .columns import RUN_NUMBERS, axis_title, title
from .errors import UsageError
from .figure import Figure
from .selected import TUNED, counted, divergence
from .sweep import numbers, swept
from .varying import check_once, moving, ordered, panel_labels, split_of, varying

MOST_CELLS = 16


def figures(records, choice):
    """The heat map of the two settings that were asked for, or of the normalizer and each swept one."""
    metric = choice.metric or "test_accuracy"
    if metric not in RUN_NUMBERS:
        return []
    frame = records.selected("runs")
    if choice.cells:
        return [figure(records, frame, *choice.cells, metric)]
    found, refused = [], []
    names = swept(frame, records)
    pairs = [("norm", name) for name in names if numbers(frame, name).nunique() > 2 and frame["norm"].nunique() > 1]
    if len(names) == 2 and is_grid(frame, *names):
        pairs.append((names[0], names[1]))
    for pair in pairs:
        try:
            found.append(figure(records, frame, *pair, metric))
        except UsageError as error:
            refused.append(error)
    if refused and not found:
        raise refused[0]
    return found


def is_grid(frame, vertical, horizontal):
    """Whether two settings were swept together: at least half of their cells have runs."""
    cells = frame[[vertical, horizontal]].drop_duplicates()
    return 2 * len(cells) >= cells[vertical].nunique() * cells[horizontal].nunique() > 4


def figure(records, frame, vertical, horizontal, metric):
    """The heat map of two settings; the other ones make panels."""
    frame = frame[(frame[vertical] != TUNED) & (frame[horizontal] != TUNED)]
    what = f"The heat map of {title(vertical)} and {title(horizontal)}"
    if frame.empty:
        raise UsageError(f"{what} has no runs: these settings were tuned.")
    # Normalizers that differ in a setting of their own are still one row each, and never one cell.
    norm = (
        ["norm"]
        if "norm" in varying(frame, ["norm", *records.settings], ("seed",)) and "norm" not in (vertical, horizontal)
        else []
    )
    split = norm + split_of(what, frame, records.settings, ("norm", vertical, horizontal, "seed"))
    check_once(frame, [*split, vertical, horizontal, "seed"], [*records.settings, "study"], what)
    rows = style.ordered(set(frame["norm"])) if vertical == "norm" else ordered(frame[vertical])
    columns = style.ordered(set(frame["norm"])) if horizontal == "norm" else ordered(frame[horizontal])
    if max(len(rows), len(columns)) > MOST_CELLS:
        raise UsageError(f"{what} would have {len(rows)} × {len(columns)} cells; choose values with --where.")
    along = moving(frame, records.settings, split, [vertical, horizontal])
    table, order = summary(frame, metric, vertical, horizontal, split)
    if norm:
        order = [label for norm in style.ordered(set(frame["norm"])) for label in order if label.split(", ")[0] == norm]
    return Figure(
        f"heatmap-{metric}-{vertical}-{horizontal}".replace("_", "-"),
        f"{title(metric).capitalize()} by {title(vertical)} and {title(horizontal)}",
        caption(frame, metric, along),
        chart(table, order, metric, vertical, horizontal, rows, columns),
        table,
    )


def summary(frame, metric, vertical, horizontal, split):
    """The mean over the seeds in each cell."""
    labels, order = panel_labels(frame, split)
    frame = frame.assign(
        panel=labels if split else "", counted=counted(frame, metric), is_lost=frame["status"] == "diverged"
    )
    table = (
        frame.groupby(["panel", vertical, horizontal], sort=False)
        .agg(mean=("counted", "mean"), seeds=("counted", "count"), diverged=("is_lost", "sum"))
        .reset_index()
    )
    table["text"] = [text(row, metric) for row in table.itertuples()]
    return table, order


def text(row, metric):
    """What stands in a cell; a dagger where runs diverged."""
    mark = "†" if row.diverged else ""
    if row.seeds == 0:
        return mark
    return (f"{row.mean:.3f}".removeprefix("0") if "accuracy" in metric and row.mean < 1 else f"{row.mean:.3g}") + mark


def chart(table, order, metric, vertical, horizontal, rows, columns):
    """Cells and the numbers in them."""
    x = altair.X(
        f"{horizontal}:N",
        sort=columns,
        title=axis_title(horizontal),
        axis=altair.Axis(labelAngle=0, labelExpr=charts.PLAIN),
    )
    y = altair.Y(f"{vertical}:N", sort=rows, title=axis_title(vertical), axis=altair.Axis(labelExpr=charts.PLAIN))
    low, high = float(table["mean"].min()), float(table["mean"].max())
    ends = [low, (low + high) / 2, high] if high > low else [low]
    legend = altair.Legend(
        title=axis_title(metric), orient="top", gradientLength=160, gradientThickness=8, values=ends, format=".3~g"
    )
    colour = altair.Color(
        "mean:Q", scale=altair.Scale(scheme="viridis", domain=[low, high if high > low else low + 1]), legend=legend
    )
    tooltip = [
        vertical,
        horizontal,
        altair.Tooltip("mean:Q", format=".4f", title=title(metric)),
        "seeds:Q",
        "diverged:Q",
    ]
    middle = low + 0.6 * (high - low)
    ink = altair.condition(
        f"datum.mean > {middle} || !isValid(datum.mean)", altair.value("black"), altair.value("white")
    )
    base = altair.Chart(table)
    layers = [
        base.mark_rect(stroke="white", strokeWidth=1).encode(x=x, y=y, color=colour, tooltip=tooltip),
        base.mark_text(fontSize=style.FONT_SIZE - 1).encode(x=x, y=y, text="text:N", color=ink),
    ]
    return charts.panelled(layers, table, order, rows=len(rows))


def caption(frame, metric, along):
    """What the numbers are."""
    sentences = [f"Means of the {title(metric)} at the end of training over up to {frame['seed'].nunique()} seeds."]
    if along:
        sentences.append(f"Not the same in all cells: {', '.join(title(name) for name in along)}.")
    if (frame["status"] == "diverged").any():
        sentences.append("† some of its runs diverged.")
    return " ".join(sentences + divergence(frame, metric) + ["Cells without a number were not trained."])
