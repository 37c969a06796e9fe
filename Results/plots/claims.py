"""For each claim its effects with their intervals, and the figure that its paper would show, with the paper's numbers beside ours."""

import math

import altair
import pandas

from . import charts, layers, literature, parts, style
from .columns import axis_title, title
from .choice import having
from .errors import UsageError
from .figure import Figure
from .landscape import figure as landscape_figure
from .selected import counted
from .varying import check_once, numeric, ordered

WIDEST = 3
PAPER = "paper"
MOST_QUESTIONS = 40


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


# MARK: effects


def effects(verdicts, claim, suffix, refused=()):
    """Every question of a claim: its effect, the interval, the least effect that matters and the verdict."""
    latest = verdicts[verdicts["seeds"] == verdicts["seeds"].max()]
    latest = latest.sort_values(["form", "quantity", "unit"], key=in_order, kind="stable")
    pages = range(0, len(latest), MOST_QUESTIONS)
    return [
        effects_page(latest.iloc[start:start + MOST_QUESTIONS], claim, suffix, "" if len(pages) == 1 else f"-{page}", refused)
        for page, start in enumerate(pages, 1)]


def in_order(column):
    """The rank of each text: that of its first row."""
    return column.map({text: rank for rank, text in enumerate(column.unique())})


def effects_page(questions, claim, suffix, page, refused):
    """As many questions as one figure has room for."""
    rows = [effect_panel(part, *kind) for kind, part in questions.groupby(["form", "quantity", "unit"], sort=False)]
    chart = altair.vconcat(*rows, spacing=6).resolve_scale(color="shared", shape="shared")
    columns = ["question", "norm", "form", "quantity", "unit", "effect", "low", "high", "rule", "delta", "verdict", "seeds"]
    words = [
        f"Marks are means over {int(questions['seeds'].max())} seeds, lines their intervals, which hold for all verdicts of the claim at "
        "once at 95 %; grey is where an effect has to be for the claim. Filled marks: supported; the word at the right says the verdict. "
        "Lines that reach an edge go on.", *refused]
    return Figure(
        f"claim-{claim}-effects{page}{suffix}", f"The questions of the claim “{claim}”{page.replace('-', ', part ')}{on(suffix)}",
        " ".join(words), chart, questions[columns].reset_index(drop=True))


def on(suffix):
    """The data set, if the name has one."""
    return f" on {suffix.removeprefix('-')}" if suffix else ""


def effect_panel(part, form, quantity, unit):
    """The questions that have one quantity."""
    low, high = reach(part, form)
    table = part.assign(
        zero=1.0 if form == "ratio" else 0.0, shown_low=part["low"].clip(low, high),
        shown_high=part["high"].clip(low, high), shown=part["effect"].clip(low, high), **claimed(part, form, low, high))
    log = form == "ratio"
    words = {"value": "", "difference": "difference of the ", "ratio": "ratio of the "}[form] if form in ("value", "difference", "ratio") else ""
    scale = altair.Scale(type="log" if log else "linear", domain=[low, high], nice=False)
    axis = altair.Axis(values=charts.decades(low, high), format="~g") if log else altair.Axis(tickCount=5, format="~g")
    name = words + quantity + (f" ({unit})" if unit and not log else "")
    x = altair.X("shown:Q", title=name, scale=scale, axis=axis)
    y = altair.Y("question:N", sort=list(table["question"]), title=None, axis=altair.Axis(labelLimit=330, domain=False, ticks=False))
    norms = style.ordered(set(table["norm"]))
    looks = charts.encodings(norms, legend=False)
    filled = altair.condition("datum.verdict == 'supported'", looks["fill"], altair.value("white"))
    base = altair.Chart(table)
    tooltip = ["question:N", altair.Tooltip("effect:Q", format=".4g"), altair.Tooltip("low:Q", format=".4g"), altair.Tooltip("high:Q", format=".4g"), "delta:Q", "verdict:N"]
    marks = altair.layer(
        base.transform_filter("isValid(datum.from)").mark_bar(color="#e2e2e2", height=13).encode(x=altair.X("from:Q", scale=scale, title=name), x2="to:Q", y=y),
        base.mark_rule(color="#000000", strokeWidth=0.8).encode(x="zero:Q"),
        base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.6).encode(x=altair.X("shown_low:Q", title=name), x2="shown_high:Q", y=y, color=looks["color"]),
        base.mark_point(size=42, strokeWidth=1.4, opacity=1).encode(x=x, y=y, color=looks["color"], fill=filled, shape=looks["shape"], tooltip=tooltip),
    ).properties(width=230, height=17 * len(table))
    verdicts = base.mark_text(align="left", fontSize=style.FONT_SIZE - 0.5).encode(
        y=altair.Y("question:N", sort=list(table["question"]), axis=None), text="verdict:N", x=altair.value(0)).properties(
        width=70, height=17 * len(table), view=altair.ViewBackground(stroke=None))
    return altair.hconcat(marks, verdicts, spacing=6)


def reach(part, form):
    """What the axis shows: every effect and every δ, and of the intervals as much as there is room for."""
    to, back = (math.log, math.exp) if form == "ratio" else (float, float)
    zero = 1.0 if form == "ratio" else 0.0
    deltas = part["delta"].dropna().tolist()
    deltas += [2 * zero - delta if form != "ratio" else 1 / delta for delta in part[part["rule"] == "equal"]["delta"].dropna()]
    points = [to(value) for value in [*part["effect"].dropna(), *deltas, zero] if form != "ratio" or value > 0]
    room = 0.6 * (max(points) - min(points)) or 1.0
    lows = [to(value) for value in part["low"].dropna() if form != "ratio" or value > 0] + points
    highs = [to(value) for value in part["high"].dropna() if form != "ratio" or value > 0] + points
    low, high = max(min(lows), min(points) - room), min(max(highs), max(points) + room)
    edge = 0.03 * (high - low)
    return back(low - edge), back(high + edge)


def claimed(part, form, low, high):
    """Where the effect of each question has to be."""
    begin, end = [], []
    for row in part.itertuples():
        opposite = 1 / row.delta if form == "ratio" and row.delta else -row.delta
        if row.rule not in ("more", "equal") or pandas.isna(row.delta):
            begin.append(None), end.append(None)
            continue
        begin.append(max(low, row.delta if row.rule == "more" else opposite))
        end.append(high if row.rule == "more" else min(high, row.delta))
    return {"from": begin, "to": end}


# MARK: as in the paper


def as_in_paper(records, claim, data, limit, suffix):
    """Panels of the paper's numbers and of our runs; None if we have none."""
    found = literature.of(claim)
    ours = [(part, rows(records, part, data, limit)) for part in parts.ALL.get(claim, [])]
    ours = [(part, table) for part, table in ours if len(table)]
    if not ours:
        return None
    papers = [(finding, of_paper(finding)) for finding in found]
    norms = style.ordered({norm for _, table in [*papers, *ours] for norm in table["norm"]})
    tables = [table for _, table in [*papers, *ours]]
    panels = [panel(table, norms, len(tables)) for table in tables]
    width = min(len(panels), WIDEST) if len(panels) != 4 else 2
    lines = [altair.hconcat(*panels[start:start + width], spacing=14) for start in range(0, len(panels), width)]
    chart = lines[0] if len(lines) == 1 else altair.vconcat(*lines, spacing=10)
    cited = " ".join(f"Beside it: {finding.source}{', read off its plot' if finding.is_off_plot else ''}." for finding in found)
    return Figure(
        f"claim-{claim}{suffix}", f"What the claim “{claim}” says, as its paper would show it{on(suffix)}",
        f"Ours are means over up to {int(max(table['seeds'].max() for _, table in ours))} seeds, bands or lines from the least to the most. "
        + (cited or "No paper's figure was read that could stand beside it."),
        chart.resolve_scale(color="shared", shape="shared", strokeDash="shared"), pandas.concat(tables, ignore_index=True))


def of_paper(finding):
    """The numbers of a paper as a table like ours."""
    points = [(norm, x, y) for norm, pairs in finding.points.items() for x, y in pairs]
    table = pandas.DataFrame(points, columns=["norm", "x", "mean"])
    return table.assign(low=table["mean"], high=table["mean"], seeds=1, panel=finding.panel, axis=finding.x, metric=finding.y, source=PAPER)


def rows(records, part, data, limit):
    """Mean, least and most over the seeds at each place on the axis."""
    if getattr(records, part.frame).empty:
        return pandas.DataFrame()
    frame = records.selected(part.frame)
    frame = frame[(frame["study"] != "") == part.is_tuned]
    frame = frame[frame["data"] == data]
    if limit != "" and "train_limit" in frame and not part.has_own_limit:
        frame = frame[frame["train_limit"] == limit]
    for name, values in part.where.items():
        if name in frame:
            frame = frame[having(frame, name, values if isinstance(values, list) else [values])]
    if frame.empty or part.metric not in frame or part.x not in frame and part.label is None:
        return pandas.DataFrame()
    frame = frame.assign(x=[part.label(run) for run in frame.itertuples()] if part.label else frame[part.x])
    frame = frame[frame["x"].notna()]
    check_once(frame, ["norm", "seed", "x", *(["step"] if "step" in frame and part.x != "step" else [])], [*records.settings, "study"], f"The panel “{part.panel}”")
    return summary(frame, part)


def summary(frame, part):
    """The numbers of a panel."""
    value = counted(frame, part.metric) if part.frame == "runs" else frame[part.metric]
    frame = frame.assign(value=1 - value if part.is_error else value, x=frame["x"].map(lambda text: part.words.get(text, text)))
    if part.x == "layer":
        frame = frame.assign(x=frame["x"].str.extract(r"(\d+)$")[0].astype(float) + 1)
    if numeric(frame, "x") is not None:
        frame = frame.assign(x=numeric(frame, "x") * part.factor)
    elif part.words:
        order = list(part.words.values())
        frame = frame.sort_values("x", key=lambda words: words.map(lambda word: order.index(word) if word in order else len(order)), kind="stable")
    table = frame.groupby(["norm", "x"], sort=False)["value"].agg(mean="mean", low="min", high="max", seeds="count").reset_index()
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
    x = altair.X("x:Q", title=table["axis"].iloc[0], scale=altair.Scale(nice=False, padding=8), axis=altair.Axis(tickCount=4, format="~s"))
    if table["axis"].iloc[0] not in ("steps", "layer"):
        x = charts.x_setting("x", values, table["axis"].iloc[0])
    if table["axis"].iloc[0] == "layer":
        x = altair.X("x:Q", title="layer", scale=altair.Scale(nice=False, padding=8, zero=False), axis=altair.Axis(format="d", tickCount=4))
    metric = table["metric"].iloc[0]
    log = (table["low"].min(), table["high"].max()) if metric.startswith(("gradient norm", "norm of the gradient")) and (table["low"] > 0).all() else None
    y = charts.y_axis("mean:Q", metric, log=log, title=metric)
    place = table.groupby("norm").cumcount()
    every = max(1, -(-int(table.groupby("norm").size().max()) // 16))
    base = altair.Chart(table.assign(is_marked=place % every == 0))
    tooltip = ["norm:N", altair.Tooltip("x:Q", format=".4g"), altair.Tooltip("mean:Q", format=".4g"), altair.Tooltip("low:Q", format=".4g"), altair.Tooltip("high:Q", format=".4g")]
    drawn = [
        base.mark_line(strokeWidth=1.4).encode(x=x, y=y, color=looks["color"], strokeDash=looks["strokeDash"]),
        base.transform_filter("datum.is_marked").mark_point(filled=True, size=32, opacity=1).encode(x=x, y=y, color=looks["color"], shape=looks["shape"], tooltip=tooltip)]
    if (table["low"] < table["high"]).any():
        drawn.insert(0, base.mark_area(opacity=0.15).encode(x=x, y=altair.Y("low:Q", title=metric), y2="high:Q", color=looks["color"]))
    return altair.layer(*drawn).properties(width=width, height=140, title=table["panel"].iloc[0])


def dots(table, looks, width, norms):
    """Marks beside words, with lines from the least to the most."""
    words = list(dict.fromkeys(table["x"]))
    most = int(table.groupby("x")["norm"].nunique().max())
    y = altair.Y("x:N", sort=ordered(words) if set(words) - set(norms) else norms, title=None)
    kind = {"yOffset": altair.YOffset("norm:N", sort=norms)} if most > 1 else {}
    metric, only = table["metric"].iloc[0], table["low"].min() == table["high"].max()
    scale = {"domain": [0.8 * table["mean"].iloc[0], 1.2 * table["mean"].iloc[0]]} if only else {"zero": False, "padding": 8}
    x = altair.X("mean:Q", title=metric, scale=altair.Scale(**scale), axis=altair.Axis(tickCount=4))
    base = altair.Chart(table)
    tooltip = ["norm:N", "x:N", altair.Tooltip("mean:Q", format=".4g"), altair.Tooltip("low:Q", format=".4g"), altair.Tooltip("high:Q", format=".4g")]
    drawn = [base.mark_point(filled=True, size=42, opacity=1).encode(x=x, y=y, color=looks["color"], shape=looks["shape"], tooltip=tooltip, **kind)]
    if (table["low"] < table["high"]).any():
        drawn.insert(0, base.mark_rule(strokeWidth=1.4).encode(x=altair.X("low:Q", title=metric), x2="high:Q", y=y, color=looks["color"], **kind))
    room = max(len(word) for word in words) * 5
    step = max(22, 11 * most + 6)
    return altair.layer(*drawn).properties(width=max(width - room, 90), height=max(step * len(words), 60), title=table["panel"].iloc[0])


# MARK: the inside


def recordings(records, claim, data, suffix):
    """The recordings that two claims are about: percentiles of layers, and the landscape."""
    if claim == "internal-shift" and len(records.layers):
        frame = inside(records.selected("layers"), data, {"model": "mlp", "batch_size": "60", "norm_noise": "0", "evaluate_every": "20", "epochs": "15"})
        frame = frame[frame["step"] > 0] if len(frame) else frame
        if len(frame):
            frame = frame.assign(place=layers.places(frame), order=layers.ranks(frame))
            check_once(frame, ["norm", "seed", "step", "place"], [*records.settings, "study"], "The percentiles")
            yield renamed(layers.percentiles(frame), f"claim-{claim}{suffix}", on(suffix))
    if claim == "smoothness" and len(records.landscape):
        frame = inside(records.selected("landscape"), data, {"model": "cnn", "evaluate_every": "6", "epochs": "3", "study": ""})
        if len(frame):
            check_once(frame, ["norm", "seed", "step", "along"], [*records.settings, "study"], "The landscape")
            for what in ("loss", "gradient_change"):
                yield renamed(landscape_figure(frame, what), f"claim-{claim}-{what.replace('_', '-')}{suffix}", on(suffix))


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
