"""The figure that the paper of a claim would show: its numbers beside those of our runs."""

import altair
import pandas

from . import charts, courses, literature, parts, style
from .choice import having
from .columns import axis_title, title
from .evaluations import evaluated
from .figure import Figure
from .selected import counted
from .varying import check_once, numeric, ordered

WIDEST = 3
PAPER = "paper"


def as_in_paper(records, claim, case):
    """Panels of the paper's numbers and of our runs; None if we have none."""
    found = literature.of(claim)
    ours, remarks = [], []
    for part in parts.ALL.get(claim, []):
        table, said = rows(records, part, case)
        if len(table):
            ours.append((part, table))
            remarks += [f"{part.panel}: {sentence}" for sentence in said]
    if not ours:
        return None
    papers = [(finding, of_paper(finding)) for finding in found]
    norms = style.ordered({norm for _, table in [*papers, *ours] for norm in table["norm"]})
    tables = [table for _, table in [*papers, *ours]]
    panels = [panel(table, norms, len(tables)) for table in tables]
    width = min(len(panels), WIDEST) if len(panels) != 4 else 2
    lines = [altair.hconcat(*panels[start : start + width], spacing=14) for start in range(0, len(panels), width)]
    chart = lines[0] if len(lines) == 1 else altair.vconcat(*lines, spacing=10)
    cited = " ".join(
        f"Beside it: {finding.source}{', read off its plot' if finding.is_off_plot else ''}." for finding in found
    )
    return Figure(
        f"claim-{claim}{case.suffix}",
        f"What the claim “{claim}” says, as its paper would show it{case.on}",
        f"Ours are means over up to {int(max(table['seeds'].max() for _, table in ours))} seeds, bands or lines from the "
        "least to the most. " + " ".join([cited or "No paper's figure was read that could stand beside it.", *remarks]),
        chart.resolve_scale(color="shared", shape="shared", strokeDash="shared"),
        pandas.concat(tables, ignore_index=True),
    )


def of_paper(finding):
    """The numbers of a paper as a table like ours."""
    points = [(norm, x, y) for norm, pairs in finding.points.items() for x, y in pairs]
    table = pandas.DataFrame(points, columns=["norm", "x", "mean"])
    return table.assign(
        low=table["mean"],
        high=table["mean"],
        seeds=1,
        panel=finding.panel,
        axis=finding.x,
        metric=finding.y,
        source=PAPER,
    )


def rows(records, part, case):
    """Mean, least and most over the seeds at each place on the axis, and what to say of runs that did not come so far."""
    nothing = pandas.DataFrame(), []
    if getattr(records, part.frame).empty:
        return nothing
    frame = records.selected(part.frame)
    frame = frame[(frame["study"] != "") == part.is_tuned]
    frame = frame[case.holds(frame, but=["train_limit"] if part.has_own_limit else [])]
    for name, values in part.where.items():
        if name in frame:
            frame = frame[having(frame, name, values if isinstance(values, list) else [values])]
    if part.evaluations and len(frame):
        frame = frame[evaluated(frame, records.runs, part.evaluations)]
    if frame.empty or part.metric not in frame or part.x not in frame and part.label is None:
        return nothing
    frame = frame.assign(x=[part.label(run) for run in frame.itertuples()] if part.label else frame[part.x])
    frame = frame[frame["x"].notna()]
    check_once(
        frame,
        ["norm", "seed", "x", *(["step"] if "step" in frame and part.x != "step" else [])],
        [*records.settings, "study"],
        f"The panel “{part.panel}”",
    )
    said = []
    if part.frame == "curves":
        frame, said = courses.counted(frame, part.metric, records.runs, ["norm"], "step")
        frame = frame.assign(x=frame["step"])
    return (summary(frame, part), said) if len(frame) else nothing


def summary(frame, part):
    """The numbers of a panel."""
    value = counted(frame, part.metric) if part.frame == "runs" else frame[part.metric]
    frame = frame.assign(
        value=1 - value if part.is_error else value, x=frame["x"].map(lambda text: part.words.get(text, text))
    )
    if part.x == "layer":
        frame = frame.assign(x=frame["x"].str.extract(r"(\d+)$")[0].astype(float) + 1)
    if numeric(frame, "x") is not None:
        frame = frame.assign(x=numeric(frame, "x") * part.factor)
    elif part.words:
        order = list(part.words.values())
        frame = frame.sort_values(
            "x",
            key=lambda words: words.map(lambda word: order.index(word) if word in order else len(order)),
            kind="stable",
        )
    table = (
        frame.groupby(["norm", "x"], sort=False)["value"]
        .agg(mean="mean", low="min", high="max", seeds="count")
        .reset_index()
    )
    metric = title(part.metric).replace("accuracy", "error") if part.is_error else axis_title(part.metric)
    axis = part.axis or ("steps" if part.x == "step" else "layer" if part.x == "layer" else axis_title(part.x))
    return table[table["seeds"] > 0].assign(panel=part.panel, axis=axis, metric=metric, source="here")


def panel(table, norms, count):
    """A line over numbers, marks over words."""
    numbers = numeric(table, "x")
    width = {1: 250, 2: 255, 3: 155, 4: 255}.get(count, 155)
    looks = charts.encodings(norms, columns=8)
    if numbers is None:
        return dots(table, looks, width, [norm for norm in norms if norm in set(table["norm"])])
    table = table.assign(x=numbers).sort_values(["norm", "x"])
    return line(table, looks, width)


def line(table, looks, width):
    """Bands under lines under marks."""
    values = table["x"]
    x = altair.X(
        "x:Q",
        title=table["axis"].iloc[0],
        scale=altair.Scale(nice=False, padding=8),
        axis=altair.Axis(tickCount=4, format="~s"),
    )
    if table["axis"].iloc[0] not in ("steps", "layer"):
        x = charts.x_setting("x", values, table["axis"].iloc[0])
    if table["axis"].iloc[0] == "layer":
        x = altair.X(
            "x:Q",
            title="layer",
            scale=altair.Scale(nice=False, padding=8, zero=False),
            axis=altair.Axis(format="d", tickCount=4),
        )
    metric = table["metric"].iloc[0]
    log = (
        (table["low"].min(), table["high"].max())
        if metric.startswith(("gradient norm", "norm of the gradient")) and (table["low"] > 0).all()
        else None
    )
    y = charts.y_axis("mean:Q", metric, log=log, title=metric)
    place = table.groupby("norm").cumcount()
    every = max(1, -(-int(table.groupby("norm").size().max()) // 16))
    base = altair.Chart(table.assign(is_marked=place % every == 0))
    tooltip = [
        "norm:N",
        altair.Tooltip("x:Q", format=".4g"),
        altair.Tooltip("mean:Q", format=".4g"),
        altair.Tooltip("low:Q", format=".4g"),
        altair.Tooltip("high:Q", format=".4g"),
    ]
    drawn = [
        base.mark_line(strokeWidth=1.4).encode(x=x, y=y, color=looks["color"], strokeDash=looks["strokeDash"]),
        base.transform_filter("datum.is_marked")
        .mark_point(filled=True, size=32, opacity=1)
        .encode(x=x, y=y, color=looks["color"], shape=looks["shape"], tooltip=tooltip),
    ]
    if (table["low"] < table["high"]).any():
        drawn.insert(
            0,
            base.mark_area(opacity=0.15).encode(
                x=x, y=altair.Y("low:Q", title=metric), y2="high:Q", color=looks["color"]
            ),
        )
    return altair.layer(*drawn).properties(width=width, height=140, title=table["panel"].iloc[0])


def dots(table, looks, width, norms):
    """Marks beside words, with lines from the least to the most."""
    most = int(table.groupby("x")["norm"].nunique().max())
    if most == 1:
        table = table.sort_values("norm", key=lambda column: column.map(norms.index), kind="stable")
    words = list(dict.fromkeys(table["x"]))
    y = altair.Y("x:N", sort=ordered(words) if set(words) - set(norms) else norms, title=None)
    kind = {"yOffset": altair.YOffset("norm:N", sort=norms)} if most > 1 else {}
    metric, only = table["metric"].iloc[0], table["low"].min() == table["high"].max()
    scale = (
        {"domain": [0.8 * table["mean"].iloc[0], 1.2 * table["mean"].iloc[0]]}
        if only
        else {"zero": False, "padding": 8}
    )
    x = altair.X("mean:Q", title=metric, scale=altair.Scale(**scale), axis=altair.Axis(tickCount=4))
    base = altair.Chart(table)
    tooltip = [
        "norm:N",
        "x:N",
        altair.Tooltip("mean:Q", format=".4g"),
        altair.Tooltip("low:Q", format=".4g"),
        altair.Tooltip("high:Q", format=".4g"),
    ]
    drawn = [
        base.mark_point(filled=True, size=42, opacity=1).encode(
            x=x, y=y, color=looks["color"], shape=looks["shape"], tooltip=tooltip, **kind
        )
    ]
    if (table["low"] < table["high"]).any():
        drawn.insert(
            0,
            base.mark_rule(strokeWidth=1.4).encode(
                x=altair.X("low:Q", title=metric), x2="high:Q", y=y, color=looks["color"], **kind
            ),
        )
    room = max(len(word) for word in words) * 5
    step = max(22, 11 * most + 6)
    return altair.layer(*drawn).properties(
        width=max(width - room, 90), height=max(step * len(words), 60), title=table["panel"].iloc[0]
    )
