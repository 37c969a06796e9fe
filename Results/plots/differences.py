"""Paired differences from the baseline with the intervals that `compare` wrote, and the line at zero."""

import altair

from . import charts, style
from .columns import DIFFERENCE_NUMBERS
from .errors import UsageError
from .figure import Figure
from .varying import check_once, panel_labels, varying

SAME, OTHER, UNKNOWN = "cannot be told from the best row", "differs from the best row", "not compared with it"
LEGEND = {SAME: f"● {SAME}", OTHER: f"○ {OTHER}", UNKNOWN: f"○ {UNKNOWN}"}
ROWS_IN_ALL = 60


def figures(records, choice):
    """One figure of all rows of the table that was trained last."""
    table = records.differences
    if table.empty or choice.metric not in (None, "test_accuracy"):
        return []
    if table["difference"].isna().all():
        if choice.only:
            raise UsageError("differences.csv has no difference: those take three seeds and two rows.")
        return []
    return [figure(table)]


def figure(rows):
    """Intervals, a row for each."""
    settings = [name for name in rows if name not in DIFFERENCE_NUMBERS]
    split = varying(rows, settings)
    check_once(rows, [*split, "norm"], settings, "Differences")
    if len(rows) > ROWS_IN_ALL:
        raise UsageError(
            f"differences.csv has {len(rows)} rows, too many for one figure; choose with --where {split[0]}=…."
        )
    labels, order = panel_labels(rows, split)
    table = rows.assign(
        panel=labels if split else "", told=rows["told_from_best"].map({0: SAME, 1: OTHER}).fillna(UNKNOWN)
    )
    kept = [
        "panel",
        "norm",
        "test_accuracy",
        "half_width",
        "difference",
        "low",
        "high",
        "seeds",
        "told",
        "is_baseline",
        *split,
    ]
    table = table[kept].reset_index(drop=True)
    table["zero"] = 0.0
    return Figure("differences", "Paired differences of the test accuracy", caption(rows), chart(table, order), table)


def chart(table, order):
    """Intervals over the line at zero; filled marks cannot be told from the best row."""
    norms = style.ordered(set(table["norm"]))
    looks = charts.encodings(norms, legend=False)
    y = altair.Y("norm:N", sort=norms, title=None, scale=altair.Scale(paddingOuter=0.4))
    x = altair.X(
        "low:Q",
        title=f"difference{'' if order else ' of the test accuracy'} from {baseline(table)}",
        axis=altair.Axis(tickCount=5, format="+~g"),
        scale=altair.Scale(domain=domain(table), nice=False, clamp=True),
    )
    tooltip = [
        "norm:N",
        altair.Tooltip("difference:Q", format="+.4f"),
        altair.Tooltip("low:Q", format="+.4f"),
        altair.Tooltip("high:Q", format="+.4f"),
        altair.Tooltip("seeds:Q"),
        altair.Tooltip("told:N", title="best"),
    ]
    fill = altair.condition(f"datum.told == '{SAME}'", looks["fill"], altair.value("white"))
    base = altair.Chart(table)
    compared = base.transform_filter("datum.is_baseline != 1 && isValid(datum.difference)")
    baselines = base.transform_filter("datum.is_baseline == 1")
    layers = [
        base.mark_rule(color="#000000", strokeWidth=1).encode(x=altair.X("zero:Q")),
        compared.mark_rule(strokeWidth=1.8).encode(x=x, x2="high:Q", y=y, color=looks["color"], tooltip=tooltip),
        compared.mark_point(size=60, strokeWidth=1.6, opacity=1).encode(
            x=altair.X("difference:Q"), y=y, color=looks["color"], fill=fill, shape=looks["shape"], tooltip=tooltip
        ),
        baselines.mark_text(align="left", dx=6, fontSize=style.FONT_SIZE - 1, color="#444444").encode(
            x=altair.X("zero:Q"), y=y, text=altair.value("baseline")
        ),
        baselines.mark_point(size=60, strokeWidth=1.6, opacity=1).encode(
            x=altair.X("zero:Q"), y=y, color=looks["color"], fill=fill, shape=looks["shape"]
        ),
    ]
    legend = altair.TitleParams(
        " · ".join(text for told, text in LEGEND.items() if told in set(table["told"])), anchor="start"
    )
    return charts.panelled(layers, table, order, rows=len(norms)).properties(title=legend)


def domain(table):
    """The range of the axis: that of the intervals with zero, and no more than accuracies can differ by."""
    low, high = min(table["low"].min(), 0), max(table["high"].max(), 0)
    room = 0.04 * (high - low)
    return [max(low - room, -1), min(high + room, 1)]


def baseline(table):
    """The name of what differences are measured from, if it is one."""
    names = set(table[table["is_baseline"] == 1]["norm"])
    return f"“{names.pop()}”" if len(names) == 1 else "the baseline"


def caption(rows):
    """How sure the intervals are."""
    seeds = int(rows["seeds"].max())
    return (
        f"Marks are mean differences over pairs of {seeds} seeds, lines their intervals, which hold for all rows at once "
        "at 95 %. An interval that crosses zero shows no difference; filled marks cannot be told from the most accurate "
        "row of their model and data."
        + (" Intervals end at ±1, where accuracies do." if max(-rows["low"].min(), rows["high"].max()) > 1 else "")
    )
