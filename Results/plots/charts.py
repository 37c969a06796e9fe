"""What the charts of all figures have in common: a normalizer's looks, panels, axes and sizes."""

import math

import altair

from . import style
from .columns import axis_title

AXES_WIDTH = 58
# The width of a letter, about.
LETTER = 5.2
# A number, with its power of ten where it is very small or large.
SMALL = (
    "datum.value != 0 && (abs(datum.value) < 0.0001 || abs(datum.value) >= 100000)"
    " ? format(datum.value, '~e') : format(datum.value, '~g')"
)
# A text that is a number, as short as it can be.
PLAIN = "isNaN(+datum.label) ? datum.label : format(+datum.label, '~g')"


def encodings(norms, legend=True, columns=4):
    """Colour, fill, mark and dash of each normalizer: one legend."""
    looks = style.looks(norms)
    shown = (
        altair.Legend(title=None, columns=min(len(looks), columns), symbolOpacity=1)
        if legend
        else None
    )

    def scale(values):
        return altair.Scale(domain=list(looks), range=values)

    dashes = dict(reversed([(norm, list(look.dash)) for norm, look in looks.items()]))
    return {
        "color": altair.Color("norm:N", scale=scale([look.colour for look in looks.values()]), legend=shown),
        "fill": altair.Fill("norm:N", scale=scale([look.colour for look in looks.values()]), legend=None),
        "shape": altair.Shape("norm:N", scale=scale([look.mark for look in looks.values()]), legend=shown),
        # In another order: of scales with one domain Vega-Lite makes one legend, and would dash the outlines of its marks.
        "strokeDash": altair.StrokeDash(
            "norm:N", scale=altair.Scale(domain=list(dashes), range=list(dashes.values())), legend=None
        ),
    }


def size(panels):
    """Columns of panels, and the width and height of one: the whole is as wide as a paper's column, or its page."""
    count = max(panels, 1)
    if count == 1:
        return 1, style.COLUMN_WIDTH - AXES_WIDTH, 180
    columns = next(number for number in (2, 3, 4) if count <= number or number == 4) if count != 4 else 2
    if count > 4:
        columns = 3 if count in (5, 6, 9) else 4
    room = style.PAGE_WIDTH - 12 * (columns - 1) - AXES_WIDTH
    width = int(room / columns)
    return columns, width, 180 if columns == 2 else 140 if columns == 3 else 115


def panelled(layers, table, order, rows=None, free=()):
    """Layers in one panel, or in one for each label in `order`, all with the same axes.

    A panel of rows is as high as they are; `free` are the channels whose axes each panel has for itself.
    """
    columns, width, height = size(len(order))
    width -= 30 if "y" in free else 0
    height = height if rows is None else 26 * rows + 14
    chart = altair.layer(*layers, data=table)
    if len(order) < 2:
        return alone(chart, height)
    # Above a narrow panel each setting has a line of its own.
    is_narrow = max(map(len, order)) * LETTER > width
    header = altair.Header(
        title=None, labelOrient="top", **({"labelExpr": "split(datum.value, ', ')"} if is_narrow else {})
    )
    return (
        chart.properties(width=width, height=height)
        .facet(facet=altair.Facet("panel:N", sort=order, header=header), columns=columns)
        .resolve_scale(**{channel: "independent" for channel in free})
    )


def alone(chart, height):
    """A chart of one panel, axes and legend within a paper's column."""
    fit = altair.AutoSizeParams(type="fit", contains="padding")
    return chart.properties(width=style.COLUMN_WIDTH, height=height + 60, autosize=fit)


def y_axis(column, metric, log=None, title=None):
    """The vertical axis of a metric, from zero only if there is no other way; `log` is the range if logarithmic."""
    scale = altair.Scale(zero=False, nice=not log, type="log" if log else "linear")
    axis = altair.Axis(values=decades(*log), labelExpr=SMALL) if log else altair.Axis(tickCount=5)
    return altair.Y(column, title=title or axis_title(metric), scale=scale, axis=axis)


def decades(low, high):
    """Ticks of a logarithmic axis: powers of ten, or also their doubles and fivefolds where there are few."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = 1 if last - first <= 6 else 2 if last - first <= 12 else 5
    factors = (1, 2, 5) if high / low < 30 else (1,)
    ticks = [factor * 10.0**power for power in range(first, last + 1, every) for factor in factors]
    return [tick for tick in ticks if low / 1.001 <= tick <= high * 1.001] or [low, high]


def is_logarithmic(values):
    """Whether numbers are more evenly spread by their logarithms, as the terminal's plots decide it; of two nobody can say."""
    values = sorted(set(values))
    if len(values) < 3 or values[0] <= 0:
        return False
    return unevenness(values, lambda a, b: math.log(b) - math.log(a)) < unevenness(values, lambda a, b: b - a)


def unevenness(values, distance):
    """The largest step over the smallest."""
    steps = [distance(a, b) for a, b in zip(values, values[1:])]
    return max(steps) / min(steps)


def x_setting(column, values, title=None):
    """The horizontal axis of a setting's values: logarithmic if they are."""
    values = sorted(set(values))
    log = is_logarithmic(values)
    few = (
        {"values": values if len(values) <= 9 else decades(values[0], values[-1])}
        if log or len(values) <= 9
        else {"tickCount": 5}
    )
    scale = altair.Scale(type="log" if log else "linear", zero=False, nice=False, padding=8)
    axis = altair.Axis(labelExpr=SMALL, labelOverlap="greedy", **few)
    return altair.X(f"{column}:Q", title=title or axis_title(column), scale=scale, axis=axis)
