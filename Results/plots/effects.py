"""Every question of a claim: its effect and interval, where the effect has to be, and the verdict."""

import math
import textwrap

import altair
import pandas

from . import charts, style
from .figure import Figure

MOST_QUESTIONS = 40
# What the marks and what can be chosen in the report are of.
DRAWN = ("question", "norm", "data", "train_limit", "test_limit", "effect", "low", "high", "delta", "verdict")
# On a phone.
NARROW_WIDTH = 300
NARROW_LETTERS = 48
NARROW_LINE = 14


def effects(case, remarks=()):
    """Every question of a claim: its effect, the interval, the least effect that matters and the verdict."""
    questions = case.verdicts.sort_values(["form", "quantity", "unit"], key=in_order, kind="stable")
    pages = range(0, len(questions), MOST_QUESTIONS)
    return [
        effects_page(
            questions.iloc[start : start + MOST_QUESTIONS], case, "" if len(pages) == 1 else f"-{page}", remarks
        )
        for page, start in enumerate(pages, 1)
    ]


def in_order(column):
    """The rank of each text: that of its first row."""
    return column.map({text: rank for rank, text in enumerate(column.unique())})


def effects_page(questions, case, page, remarks):
    """As many questions as one figure has room for."""
    kinds = list(questions.groupby(["form", "quantity", "unit"], sort=False))
    chart, narrow = (
        altair.vconcat(*[draw(part, *kind) for kind, part in kinds], spacing=6).resolve_scale(color="shared", shape="shared")
        for draw in (effect_panel, narrow_panel)
    )
    columns = [
        "question",
        "norm",
        "form",
        "quantity",
        "unit",
        "effect",
        "low",
        "high",
        "rule",
        "delta",
        "verdict",
        "seeds",
    ]
    words = [
        f"Marks are means over {int(questions['seeds'].max())} seeds, lines their intervals, which hold for all verdicts of "
        "the claim at once at 95 %; grey is where an effect has to be for the claim. Filled marks: supported; the word beside "
        "a question is its verdict. Lines that reach an edge go on.",
        *remarks,
    ]
    return Figure(
        f"claim-{case.claim}-effects{page}{case.suffix}",
        f"The questions of the claim “{case.claim}”{page.replace('-', ', part ')}{case.on}",
        " ".join(words),
        chart,
        questions[columns].reset_index(drop=True),
        narrow,
    )


def effect_panel(part, form, quantity, unit):
    """The questions that have one quantity, beside their intervals."""
    table, name, scale, axis = laid_out(part, form, quantity, unit)
    order = list(table["question"])
    y = altair.Y("question:N", sort=order, title=None, axis=altair.Axis(labelLimit=330, domain=False, ticks=False))
    marks = altair.layer(*intervals(table, y, name, scale, axis)).properties(width=230, height=17 * len(table))
    verdicts = (
        altair.Chart(table)
        .mark_text(align="left", fontSize=style.FONT_SIZE - 0.5)
        .encode(y=altair.Y("question:N", sort=order, axis=None), text="verdict:N", x=altair.value(0))
        .properties(width=70, height=17 * len(table), view=altair.ViewBackground(stroke=None))
    )
    return altair.hconcat(marks, verdicts, spacing=6)


def narrow_panel(part, form, quantity, unit):
    """The questions that have one quantity, above their intervals."""
    table, name, scale, axis = laid_out(part, form, quantity, unit)
    words = [textwrap.wrap(f"{row.question}: {row.verdict}", NARROW_LETTERS) for row in table.itertuples()]
    most = max(map(len, words))
    table = table.assign(words=["\n".join(lines) for lines in words])
    y = altair.Y("question:N", sort=list(table["question"]), title=None, axis=None)
    height = NARROW_LINE * most + 18
    # White around the letters keeps the line at zero out of them.
    texts = [
        altair.Chart(table)
        .mark_text(
            align="left", baseline="top", fontSize=NARROW_LINE - 2, lineBreak="\n", dx=2, dy=2 - height / 2, **around
        )
        .encode(y=y, text="words:N", x=altair.value(0))
        for around in ({"stroke": "white", "strokeWidth": 3}, {})
    ]
    marks = intervals(table, y, name, scale, axis, down=height / 2 - 9)
    return altair.layer(*marks, *texts).properties(width=NARROW_WIDTH, height=height * len(table))


def laid_out(part, form, quantity, unit):
    """The questions of one quantity with what is drawn of them, and their axis: its name, scale and ticks."""
    low, high = reach(part, form)
    table = part[[name for name in DRAWN if name in part]].assign(
        zero=1.0 if form == "ratio" else 0.0,
        shown_low=part["low"].clip(low, high),
        shown_high=part["high"].clip(low, high),
        shown=part["effect"].clip(low, high),
        **claimed(part, form, low, high),
    )
    log = form == "ratio"
    words = {"difference": "difference of the ", "ratio": "ratio of the "}.get(form, "")
    scale = altair.Scale(type="log" if log else "linear", domain=[low, high], nice=False)
    axis = altair.Axis(values=charts.decades(low, high), format="~g") if log else altair.Axis(tickCount=5, labelExpr=charts.SMALL)
    return table, words + quantity + (f" ({unit})" if unit and not log else ""), scale, axis


def intervals(table, y, name, scale, axis, down=0):
    """Where effects have to be, the line at zero, the intervals and the effects; `down` by so many pixels."""
    looks = charts.encodings(style.ordered(set(table["norm"])), legend=False)
    filled = altair.condition("datum.verdict == 'supported'", looks["fill"], altair.value("white"))
    base, lower = altair.Chart(table), {"yOffset": down} if down else {}
    tooltip = [
        "question:N",
        altair.Tooltip("effect:Q", format=".4g"),
        altair.Tooltip("low:Q", format=".4g"),
        altair.Tooltip("high:Q", format=".4g"),
        "delta:Q",
        "verdict:N",
    ]
    return [
        base.transform_filter("isValid(datum.from)")
        .mark_bar(color="#e2e2e2", height=13, **lower)
        .encode(x=altair.X("from:Q", scale=scale, title=name), x2="to:Q", y=y),
        base.mark_rule(color="#000000", strokeWidth=0.8).encode(x="zero:Q"),
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=1.6, **lower)
        .encode(x=altair.X("shown_low:Q", title=name), x2="shown_high:Q", y=y, color=looks["color"]),
        base.mark_point(size=42, strokeWidth=1.4, opacity=1, **lower).encode(
            x=altair.X("shown:Q", title=name, scale=scale, axis=axis),
            y=y,
            color=looks["color"],
            fill=filled,
            shape=looks["shape"],
            tooltip=tooltip,
        ),
    ]


def reach(part, form):
    """What the axis shows: every effect and every δ, and of the intervals as much as there is room for."""
    to, back = (math.log, math.exp) if form == "ratio" else (float, float)
    zero = 1.0 if form == "ratio" else 0.0
    deltas = part["delta"].dropna().tolist()
    deltas += [
        2 * zero - delta if form != "ratio" else 1 / delta for delta in part[part["rule"] == "equal"]["delta"].dropna()
    ]
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
            begin.append(None)
            end.append(None)
            continue
        begin.append(max(low, row.delta if row.rule == "more" else opposite))
        end.append(high if row.rule == "more" else min(high, row.delta))
    return {"from": begin, "to": end}
