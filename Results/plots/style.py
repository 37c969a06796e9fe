"""One colour, one mark and one dash for a normalizer in every figure, and the sizes of a paper."""

import hashlib

from dataclasses import dataclass

# A column of a paper is 85 mm wide and its page 175 mm, at 96 pixels to an inch.
COLUMN_WIDTH = 322
PAGE_WIDTH = 662
PIXELS_PER_INCH = 96

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
FONT_SIZE = 10.5
GREY = "#666666"
GRID = "#e4e4e4"


@dataclass(frozen=True)
class Look:
    """How a normalizer is drawn."""

    colour: str
    mark: str
    dash: tuple


# Within a square from −1 to 1.
STAR = "M0,-1.05L0.27,-0.34L1.02,-0.32L0.42,0.14L0.63,0.85L0,0.44L-0.63,0.85L-0.42,0.14L-1.02,-0.32L-0.27,-0.34Z"
PENTAGON = "M0,-0.85L0.82,-0.26L0.49,0.68L-0.49,0.68L-0.82,-0.26Z"
HOURGLASS = "M-0.77,-0.85L0.77,-0.85L-0.77,0.85L0.77,0.85Z"

# Colours of Okabe and Ito (2008), their yellow darkened; what is near in grey differs in mark and dash.
KNOWN = {
    "none": Look("#000000", "cross", (2, 2)),
    "batch": Look("#0072B2", "circle", (1, 0)),
    "layer": Look("#D55E00", "square", (6, 2)),
    "instance": Look("#009E73", "triangle-up", (8, 2, 2, 2)),
    "group": Look("#CC79A7", "diamond", (3, 1)),
    "rms": Look("#E69F00", "triangle-down", (10, 3)),
    "renorm": Look("#56B4E9", "triangle-right", (5, 1, 1, 1)),
    "dyt": Look("#8A7B00", "triangle-left", (1, 2)),
}

# What is about no normalizer.
NEUTRAL = Look("#555555", "circle", (1, 0))

# What a stranger's normalizer can look like: nothing of these is one of ours.
STRANGERS = [
    Look(colour, mark, dash)
    for colour in ("#882255", "#7B5B3A", "#44AA99", "#332288")
    for mark, dash in ((STAR, (4, 1, 1, 1, 1, 1)), (PENTAGON, (7, 1)), (HOURGLASS, (2, 1)))
]


def looks(norms):
    """The look of each of these normalizers: ours in their order, then strangers' by name."""
    found = {norm: look for norm, look in KNOWN.items() if norm in norms}
    taken = set()
    if "" in norms:
        found[""] = NEUTRAL
    for norm in sorted(set(norms) - set(KNOWN) - {""}):
        start = int(hashlib.sha1(norm.encode()).hexdigest(), 16)
        places = [(start + offset) % len(STRANGERS) for offset in range(len(STRANGERS))]
        place = next((place for place in places if place not in taken), places[0])
        taken.add(place)
        found[norm] = STRANGERS[place]
    return found


def ordered(norms):
    """Normalizers in the order of every legend."""
    return list(looks(norms))


CONFIG = {
    "background": "white",
    "font": FONT,
    "padding": 4,
    "view": {"stroke": "#999999", "strokeWidth": 0.6},
    "axis": {
        "labelFontSize": FONT_SIZE,
        "titleFontSize": FONT_SIZE,
        "titleFontWeight": "normal",
        "titlePadding": 5,
        "gridColor": GRID,
        "gridWidth": 0.6,
        "domainColor": GREY,
        "tickColor": GREY,
        "tickSize": 3,
        "labelColor": "#222222",
        "titleColor": "#000000",
        "labelOverlap": "greedy",
        "labelSeparation": 3,
    },
    "legend": {
        "labelFontSize": FONT_SIZE,
        "titleFontSize": FONT_SIZE,
        "titleFontWeight": "normal",
        "orient": "top",
        "symbolSize": 70,
        "symbolStrokeWidth": 1.6,
        "columnPadding": 10,
        "offset": 6,
        "padding": 0,
        "titleOrient": "left",
        "labelLimit": 0,
        "titleLimit": 0,
    },
    "header": {
        "labelFontSize": FONT_SIZE,
        "labelFontWeight": "normal",
        "labelPadding": 3,
        "titleFontSize": FONT_SIZE,
        "titleFontWeight": "normal",
        "labelLimit": 0,
    },
    "title": {"fontSize": FONT_SIZE, "fontWeight": "normal", "anchor": "middle", "offset": 4},
    "text": {"fontSize": FONT_SIZE - 1},
    "line": {"strokeWidth": 1.6},
    "facet": {"spacing": 12},
    "concat": {"spacing": 12},
}
