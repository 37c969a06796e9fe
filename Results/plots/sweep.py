"""What a run came to against a setting that was swept: one line for each normalizer."""

import altair

from . import charts
from .columns import RUN_NUMBERS, axis_title, title
from .errors import UsageError
from .figure import Figure
from .selected import TUNED, counted, divergence
from .varying import check_once, moving, numeric, panel_labels, split_of, tied_sentences, varying

# What panels are of, never an axis.
MOST_ALONG = 2
NEVER = {"model", "norm", "data", "seed", "numerics", "fingerprint"}


def figures(records, choice):
    """A figure for each setting that was swept, or for the one that was asked for."""
    metric = choice.metric or "test_accuracy"
    if metric not in RUN_NUMBERS:
        return []
    frame = records.selected("runs")
    names = [choice.against] if choice.against else swept(frame, records)
    found, refused = [], []
    for name in names:
        try:
            found.append(figure(records, frame, name, metric))
        except UsageError as error:
            refused.append(error)
    if refused and not found:
        raise refused[0]
    return found


def swept(frame, records):
    """The settings with at least two numbers that are not explained by other settings."""
    return [
        name
        for name in varying(frame, records.settings)
        if name not in NEVER and numbers(frame, name) is not None and numbers(frame, name).nunique() > 1
    ]


def numbers(frame, name):
    """The values of a setting as numbers, without those that were tuned; None if they are words."""
    return numeric(frame[frame[name] != TUNED], name)


def figure(records, frame, name, metric):
    """The figure of one setting."""
    values = numbers(frame, name)
    if values is None:
        raise UsageError(f"--against {name}: its values are words ({', '.join(sorted(set(frame[name])))}), no axis.")
    if values.nunique() < 2:
        raise UsageError(f"--against {name}: these runs all have {frame[name].iloc[0]}.")
    frame = frame.loc[values.index].assign(x=values)
    split = split_of(f"The sweep over {name}", frame, records.settings, ("norm", name, "seed"))
    check_once(frame, [*split, "norm", "seed", "x"], [*records.settings, "study"], f"The sweep over {name}")
    along = moving(frame, records.settings, split, [name])
    if len(along) > MOST_ALONG:
        raise UsageError(
            f"The sweep over {name} would change {', '.join(along)} with it; choose with --where, as in "
            f"--where {along[0]}={frame[along[0]].iloc[0]}."
        )
    if frame.groupby(["norm", *split])["x"].nunique().max() < 2:
        raise UsageError(
            f"The sweep over {name} has no two values between which nothing else varies; choose others with --where."
        )
    table, order = summary(frame, metric, split)
    shown = table.rename(columns={"x": name})
    return Figure(
        f"sweep-{metric}-{name}".replace("_", "-"),
        f"{title(metric).capitalize()} against {title(name)}",
        caption(frame, metric, name, records, split),
        chart(shown, order, metric, name, along),
        shown,
    )


def summary(frame, metric, split):
    """Mean, least and most over the seeds at each value."""
    labels, order = panel_labels(frame, split)
    frame = frame.assign(
        panel=labels if split else "", counted=counted(frame, metric), is_lost=frame["status"] == "diverged"
    )
    table = frame.groupby(["panel", "norm", "x"], sort=False).agg(
        mean=("counted", "mean"),
        low=("counted", "min"),
        high=("counted", "max"),
        seeds=("counted", "count"),
        diverged=("is_lost", "sum"),
    )
    return table.reset_index().sort_values(["panel", "norm", "x"]).reset_index(drop=True), order


def chart(table, order, metric, name, along):
    """Whiskers under lines under marks."""
    looks = charts.encodings(table["norm"].unique())
    words = axis_title(name) + (f", and {', '.join(title(other) for other in along)} with it" if along else "")
    x = charts.x_setting(name, table[name], words)
    y = charts.y_axis("mean:Q", metric)
    tooltip = [
        altair.Tooltip("norm:N"),
        altair.Tooltip(f"{name}:Q", title=title(name)),
        altair.Tooltip("mean:Q", format=".4f", title=title(metric)),
        altair.Tooltip("low:Q", format=".4f"),
        altair.Tooltip("high:Q", format=".4f"),
        altair.Tooltip("seeds:Q"),
        altair.Tooltip("diverged:Q"),
    ]
    base = altair.Chart(table)
    layers = [
        base.mark_line().encode(x=x, y=y, color=looks["color"], strokeDash=looks["strokeDash"]),
        base.mark_point(filled=True, size=38, opacity=1).encode(
            x=x, y=y, color=looks["color"], shape=looks["shape"], tooltip=tooltip
        ),
    ]
    if (table["seeds"] > 1).any():
        band = base.mark_area(opacity=0.16).encode(
            x=x, y=altair.Y("low:Q", title=axis_title(metric)), y2="high:Q", color=looks["color"]
        )
        layers.insert(0, band)
    return charts.panelled(layers, table, order)


def caption(frame, metric, name, records, split):
    """What lines and bands are."""
    seeds = frame["seed"].nunique()
    what = f"{title(metric).capitalize()} at the end of training"
    sentence = f"{what}: means over up to {seeds} seeds, bands from the least to the most."
    if seeds == 1:
        sentence = f"{what}, one seed: what seeds differ by is not shown."
    return " ".join([sentence, *divergence(frame, metric), *tied_sentences(frame, records.settings, [*split, name])])
