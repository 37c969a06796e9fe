"""What the charts of all figures have in common: a normalizer's looks, panels, axes and sizes."""

import altair

from . import style
from .columns import axis_title

AXES_WIDTH = 58


def encodings(norms, legend=True):
    """Colour, mark and dash of each normalizer: one legend."""
    looks = style.looks(norms)
    shown = altair.Legend(title=None, columns=min(len(looks), 4), symbolOpacity=1) if legend else None

    def scale(values):
        return altair.Scale(domain=list(looks), range=values)

    return {
        "color": altair.Color("norm:N", scale=scale([look.colour for look in looks.values()]), legend=shown),
        "shape": altair.Shape("norm:N", scale=scale([look.mark for look in looks.values()]), legend=shown),
        "strokeDash": altair.StrokeDash("norm:N", scale=scale([list(look.dash) for look in looks.values()]), legend=shown),
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


def panelled(layers, table, order):
    """Layers in one panel, or in one for each label in `order`, all with the same axes."""
    columns, width, height = size(len(order))
    chart = altair.layer(*layers, data=table)
    if len(order) < 2:
        return alone(chart, height)
    header = altair.Header(title=None, labelOrient="top")
    return chart.properties(width=width, height=height).facet(
        facet=altair.Facet("panel:N", sort=order, header=header), columns=columns)


def alone(chart, height):
    """A chart of one panel, axes and legend within a paper's column."""
    fit = altair.AutoSizeParams(type="fit", contains="padding")
    return chart.properties(width=style.COLUMN_WIDTH, height=height + 60, autosize=fit)


def is_accuracy(metric):
    """Whether a number is a share of images."""
    return "accuracy" in metric or metric in ("reached_90", "linear_share")


def y_axis(column, metric, log=False, title=None):
    """The vertical axis of a metric: not from zero, since what is compared are differences."""
    scale = altair.Scale(zero=False, nice=True, type="log" if log else "linear")
    return altair.Y(column, title=title or axis_title(metric), scale=scale, axis=altair.Axis(tickCount=5))
