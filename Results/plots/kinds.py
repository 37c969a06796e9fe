"""The kinds of figures, in the order in which they are shown; the next one is a line here."""

from . import claims, curves, differences, heatmap, landscape, layers, sweep, tuning
from .errors import UsageError
from .names import KINDS

ALL = dict(
    zip(KINDS, [module.figures for module in (differences, curves, sweep, heatmap, tuning, layers, landscape, claims)])
)


def figures(records, choice, notes):
    """All figures that there is something for; what cannot be drawn is a note, or an error if nothing else can be.

    A kind that was asked for by name and has nothing to draw is an error.
    """
    found, refused = [], []
    for kind in choice.only or default(records):
        try:
            some = ALL[kind](records, choice)
        except UsageError as error:
            if choice.only or kind == asked(choice):
                raise
            refused.append(error)
            continue
        if choice.only and not some:
            raise UsageError(f"These runs have nothing for --only {kind}.")
        found += some
    if not found:
        raise refused[0] if refused else UsageError("There is nothing to draw of these runs.")
    notes += [f"Left out: {error}" for error in refused]
    return found


def asked(choice):
    """The kind that an option is about."""
    return "sweep" if choice.against else "heatmap" if choice.cells else None


def default(records):
    """The kinds that are drawn unless asked otherwise.

    The runs of claims differ in everything, and have figures of their own.
    """
    return ["claims"] if len(records.verdicts) else [kind for kind in ALL if kind != "claims"]
