"""Who differs from whom, by how much, and how sure that is: what `differences.csv` says, in sentences."""

from .columns import OF_NORMALIZER, title
from .varying import label, ordered, varying
from .wording import Part, counted, interval, listed, size_of, span

# More are told of in the tables alone.
MOST_NAMES = 6
MOST_GROUPS = 4


def families(records):
    """The rows of `differences.csv`, apart where they are never compared: by model and data set."""
    frame = records.differences
    if frame.empty:
        return []
    return [(f"{model} on {data}", part) for (model, data), part in frame.groupby(["model", "data"], sort=False)]


def named(records, family):
    """The family with `row`, what each row is called, and `group`, the settings that it shares with its baseline."""
    settings = [name for name in records.settings if name in family and name not in ("model", "data", "norm", "seed")]
    several = family["norm"].nunique() > 1
    split = [name for name in varying(family, settings) if not (several and name in OF_NORMALIZER)] if several else []
    own = [name for name in settings if name not in split and differ(family, name, several)]

    def row_name(row):
        return ", ".join([row["norm"]] + [label(name, row[name]) for name in own])

    def group_name(row):
        return ", ".join(label(name, row[name]) for name in split)

    return family.assign(row=family.apply(row_name, axis=1), group=family.apply(group_name, axis=1))


def differ(family, name, several):
    """Whether rows that are compared differ in a setting: among several normalizers, those of one."""
    if not several:
        return family[name].nunique() > 1
    return name in OF_NORMALIZER and family.groupby("norm")[name].nunique().max() > 1


def about_differences(records):
    """Who differs from whom, by how much, and how sure that is."""
    return [Part(heading, sentences_of(named(records, family))) for heading, family in families(records)]


def sentences_of(family):
    """The sentences of the rows of one model and data set: where they are many, of those alone that are told apart."""
    groups = {group: group_sentences(group, rows, family) for group, rows in family.groupby("group", sort=False)}
    names = ordered(groups)
    silent = [name for name in names if groups[name] and not is_any_told(family[family["group"] == name])]
    if len(names) <= MOST_GROUPS or not silent:
        sentences = [sentence for name in names for sentence in groups[name]]
    else:
        sentences = [sentence for name in names if name not in silent for sentence in groups[name]]
        sentences.append(
            f"In {len(silent)} of {counted(len(names), 'combination')} of settings nothing can be told apart from the baseline"
            + (f": {'; '.join(silent)}." if len(silent) <= MOST_NAMES else "; the table below has every interval."))
    return sentences + best_sentences(family)


def is_any_told(rows):
    """Whether an interval is on one side of zero."""
    return bool(((rows["low"] > 0) | (rows["high"] < 0)).any())


def group_sentences(group, rows, family):
    """How rows differ from the baseline of their settings."""
    lead = f"With {group}: " if group else ""
    measured = rows[rows["difference"].notna()]
    baselines = family[family["is_baseline"] == 1]
    own = baselines[baselines["group"] == group]
    if measured.empty or baselines.empty:
        return []
    baseline = (own if len(own) else baselines)["row"].iloc[0]
    sentences = []
    for found, words in ((measured["low"] > 0, "more"), (measured["high"] < 0, "less")):
        if found.any():
            told = listed(f"{row['row']} by {size_of(row)}" for _, row in measured[found].iterrows())
            sentences.append(f"{lead}{words} accurate than {baseline} on the test images: {told}.")
    unknown = measured[(measured["low"] <= 0) & (measured["high"] >= 0)]
    if len(unknown):
        told = listed(f"{row['row']} ({interval(row)})" for _, row in unknown.iterrows())
        sentences.append(f"{lead}cannot be told apart from {baseline}: {told}.")
    return [sentence[0].upper() + sentence[1:] for sentence in sentences]


def best_of(family):
    """The place of the most accurate row, if every other one is told apart from it; None if no row is the best."""
    others = family[family["told_from_best"] != 0]
    is_alone = len(family) > 1 and len(others) == len(family) - 1 and others["told_from_best"].notna().all()
    return family["test_accuracy"].idxmax() if is_alone else None


def best_sentences(family):
    """What cannot be told from the most accurate row."""
    known = family[family["told_from_best"].notna()]
    if len(known) < 2:
        return []
    best = best_of(family)
    if best is not None:
        return [f"Most accurate is {full_name(family.loc[best])}, and every other row is told apart from it."]
    alike, told = known[known["told_from_best"] == 0], known[known["told_from_best"] == 1]
    if len(alike) < 2:
        return []
    rest = f" Told apart from it: {some(told, len(known))}." if len(told) else ""
    return [f"No row is the best: {some(alike, len(known))} cannot be told from the most accurate one.{rest}"]


def some(rows, of):
    """Rows by their names, or where they are many, their number."""
    return listed(full_name(row) for _, row in rows.iterrows()) if len(rows) <= MOST_NAMES else f"{len(rows)} of {of} rows"


def full_name(row):
    """A row with what it shares with its baseline."""
    return f"{row['row']} ({row['group']})" if row["group"] else row["row"]


def how_sure(records):
    """What the intervals count, and what more seeds could show."""
    measured = records.differences
    measured = measured[measured["difference"].notna()] if len(measured) else measured
    if not len(measured):
        return []
    level = "The interval is at 95 %; it counts" if len(measured) == 1 else (
        f"{'Both' if len(measured) == 2 else f'All {len(measured)}'} intervals hold together at 95 %; they count")
    tuned = tuned_settings(records)
    counts = "seeds, tuning and test images" if tuned else "seeds and test images"
    floor = measured["seed_floor"].max()
    floor = f"more seeds could show differences down to {floor:.4f}, smaller ones only more test images" if floor >= 5e-5 else (
        "only the number of seeds limits what can be shown")
    sentences = [
        f"{level} {counts}. With {span(measured['seeds'])} seeds and {span(measured['images'])} test images, {floor}."]
    if tuned:
        sentences.append(f"Each seed chose its own {listed(map(title, tuned))}, on training images that it held out.")
    return sentences


def tuned_settings(records):
    """The settings that the last table's rows were tuned in: they have no column there."""
    if records.differences.empty or records.trials.empty:
        return []
    return [name for name in records.settings if name in records.runs and name not in records.differences
            and name not in ("seed", "numerics", "fingerprint")]
