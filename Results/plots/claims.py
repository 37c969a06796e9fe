"""For each claim its effects with their intervals, and the figure that its paper would show."""

from dataclasses import replace

from . import cases, layers
from .choice import having
from .effects import effects
from .errors import UsageError
from .evaluations import evaluated
from .landscape import figure as landscape_figure
from .papers import as_in_paper
from .varying import check_once

# How often the runs of the landscape are evaluated.
LANDSCAPES = 22


def figures(records, choice):
    """Two figures for each case of each claim, if there is something for both."""
    if choice.metric is not None:
        return []
    return [figure for case in cases.of(records) for figure in of_case(records, case)]


def of_case(records, case):
    """The figures of a claim as it was asked once."""
    found, refused = [], []
    for name in (case.claim, f"{case.claim}-groups"):
        try:
            shown = as_in_paper(records, name, case)
            found += [shown] if shown else []
        except UsageError as error:
            refused.append(f"Not drawn: {error}")
    try:
        found += recordings(records, case)
    except UsageError as error:
        refused.append(f"Not drawn: {error}")
    return [*effects(case, [*case.sentences(), *refused]), *found]


def recordings(records, case):
    """The recordings that two claims are about: percentiles of layers, and the landscape."""
    if case.claim == "internal-shift" and len(records.layers):
        frame = watched(records, case)
        if len(frame):
            frame = frame.assign(place=layers.places(frame), order=layers.ranks(frame))
            check_once(frame, ["norm", "seed", "step", "place"], [*records.settings, "study"], "The percentiles")
            yield renamed(layers.percentiles(frame), case)
    if case.claim == "smoothness" and len(records.landscape):
        frame = landscapes(records, case)
        if len(frame):
            check_once(frame, ["norm", "seed", "step", "along"], [*records.settings, "study"], "The landscape")
            for what in ("loss", "gradient_change"):
                yield renamed(landscape_figure(frame, what), case, f"-{what.replace('_', '-')}")


def watched(records, case):
    """The percentiles of layers in the runs that internal shift is measured in."""
    where = {"model": "mlp", "batch_size": "60", "norm_noise": "0", "evaluate_every": "20", "epochs": "15"}
    frame = inside(records.selected("layers"), case, where)
    return frame[frame["step"] > 0]


def landscapes(records, case):
    """The landscape of the runs at one rate that smoothness is measured in."""
    frame = inside(records.selected("landscape"), case, {"model": "cnn", "epochs": "3", "study": ""})
    return frame[evaluated(frame, records.runs, LANDSCAPES)]


def inside(frame, case, where):
    """The rows of a case with these settings."""
    frame = frame[case.holds(frame)]
    for name, value in where.items():
        if name in frame:
            frame = frame[having(frame, name, [value])]
    return frame


def renamed(figure, case, what=""):
    """A figure under the name of its claim."""
    name = f"claim-{case.claim}{what}{case.suffix}"
    return replace(figure, name=name, title=figure.title + case.on)
