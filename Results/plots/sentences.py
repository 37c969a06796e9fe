"""What the numbers of a comparison say, in sentences: nothing that `compare` has not concluded, and what it could not."""

from dataclasses import dataclass, field

from .columns import OF_NORMALIZER, title
from .varying import label, ordered, varying

# More are told of in the tables alone.
MOST_QUESTIONS = 12
MOST_NAMES = 6
MOST_GROUPS = 4
# What a reader wants to know of every comparison.
KEY_SETTINGS = ("batch_size", "learning_rate", "epochs")
VERDICTS = ("supported", "contradicted", "inconclusive")


@dataclass
class Part:
    """Sentences about one thing."""

    title: str
    sentences: list = field(default_factory=list)


def signed(value):
    """A difference as the table of `compare` writes it."""
    digits = f"{abs(value):.4f}"
    return digits if digits == "0.0000" else f"{'−' if value < 0 else '+'}{digits}"


def interval(row):
    """A difference with its interval."""
    return f"{signed(row['difference'])} [{signed(row['low'])},\u00a0{signed(row['high'])}]"


def size_of(row):
    """How large a difference is, whichever way, with its interval."""
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    return f"{abs(row['difference']):.4f} [{low:.4f},\u00a0{high:.4f}]"


def number(value):
    """A number to three digits, without an exponent where it can be read without."""
    if value != value:
        return "–"
    size, sign = abs(value), "−" if value < 0 else ""
    if size == 0:
        return "0"
    if size < 1e-3 or size >= 1e6:
        return f"{sign}{size:.1e}"
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 4
    return f"{sign}{size:.{digits}f}"


def listed(words):
    """Words with commas and an "and"."""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def counted(count, noun):
    """A number of things."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def span(values):
    """The least and the most of whole numbers, or the one that all are."""
    low, high = int(min(values)), int(max(values))
    return f"{low}" if low == high else f"{low} to {high}"


# -- Differences


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


# -- Verdicts


def claims(records):
    """The verdicts of each claim, in the order of the file."""
    if records.verdicts.empty:
        return []
    return list(records.verdicts.groupby("claim", sort=False))


def about_verdicts(records):
    """For each claim, how many of its questions are supported, contradicted and undecided, and where they are few, each."""
    parts = []
    for claim, questions in claims(records):
        counts = questions["verdict"].value_counts()
        judged = sum(int(counts.get(verdict, 0)) for verdict in VERDICTS)
        told = ", ".join(f"{int(counts.get(verdict, 0))} {verdict}" for verdict in VERDICTS)
        sentences = [f"Of {counted(judged, 'question')} {told}."]
        if len(records.verdicts) <= MOST_QUESTIONS:
            sentences += [verdict_sentence(row) for _, row in questions.iterrows()]
        parts.append(Part(claim, sentences))
    return parts


def verdict_sentence(row):
    """One verdict with its numbers."""
    return f"{row['verdict'].capitalize()}: {row['question']}: {effect(row)}{', claimed ' + claimed(row) if claimed(row) else ''}."


def effect(row):
    """An effect with its interval."""
    ratio = "×" if row.get("form") == "ratio" else ""
    shown = signed if row.get("form") == "difference" and max(abs(row["low"]), abs(row["high"])) < 10 else number
    middle = "–" if row["effect"] != row["effect"] else ratio + shown(row["effect"])
    return middle if row["low"] != row["low"] else f"{middle} [{shown(row['low'])},\u00a0{shown(row['high'])}]"


def measured(row):
    """What was measured, one side or both, with its unit."""
    sides = [number(row[side]) for side in ("first", "second") if row.get(side) == row.get(side)]
    unit = f" {row['unit']}" if row.get("unit") else ""
    return " vs ".join(sides) + unit


def claimed(row):
    """The least effect that matters, as it was written before the measurement."""
    sign = "×" if row.get("form") == "ratio" else ""
    delta = row.get("delta", float("nan"))
    if row.get("rule") == "more":
        return f"≥ {sign}{number(delta)}"
    if row.get("rule") == "equal":
        return f"within ×{number(delta)} either way" if sign else f"within ±{number(delta)}"
    return ""


# -- What was asked, and what stays open


def question(records):
    """What was asked, in a sentence or two."""
    if len(records.verdicts):
        names = records.verdicts["claim"].unique()
        count = f"{counted(len(records.verdicts), 'question')} of {counted(len(names), 'claim')}"
        return f"Does what is said of normalization hold here? {count}: {listed(names)}."
    runs = records.runs
    norms = list(dict.fromkeys(runs["norm"]))
    where = f"{listed(dict.fromkeys(runs['model']))} on {listed(dict.fromkeys(label('data', name) for name in runs['data']))}"
    split = [name for name in varying(runs, records.settings) if name not in ("model", "data", "numerics", "fingerprint")]
    fixed = [name for name in KEY_SETTINGS if name in runs and name not in split and runs[name].nunique() == 1]
    at = f" ({', '.join(f'{title(name)} {runs[name].iloc[0]}' for name in fixed)})" if fixed else ""
    over = f", over {listed(f'{title(name)} {values(runs, name)}' for name in split)}" if split else ""
    if len(norms) == 1:
        return f"What does {norms[0]} come to with {where}{over}{at}?"
    return f"Do {listed(norms)} differ in test accuracy, with {where}{over}{at}?"


def values(frame, name, most=6):
    """The values of a setting, not too many of them."""
    found = ordered(frame[name])
    return ", ".join(found[:most]) + (f" … {found[-1]}" if len(found) > most else "")


def about_runs(records):
    """How many runs there are, and what became of those that are no ordinary ones."""
    runs = records.runs
    sentences = [f"{counted(len(runs), 'run')} of {counted(runs['seed'].nunique(), 'seed')}, {counted(runs['norm'].nunique(), 'normalizer')}."]
    for status, meaning in (
            ("diverged", "a loss or gradient was no finite number; they count as guessing"),
            ("collapsed", "they ended no better than guessing")):
        found = runs[runs["status"] == status]
        if len(found):
            counts = listed(f"{norm} {len(part)} of {int((runs['norm'] == norm).sum())}" for norm, part in found.groupby("norm", sort=False))
            sentences.append(f"{status.capitalize()}: {counts} ({meaning}).")
    return sentences


def not_concluded(records):
    """What these numbers do not show, a sentence each."""
    sentences = []
    frame = records.differences
    if frame.empty and records.verdicts.empty:
        sentences.append("There is no differences.csv: which normalizers differ is not concluded. compare writes it with its table.")
    elif len(frame) and frame["difference"].isna().all() and len(frame) > 1:
        sentences.append("No differences: they need three seeds or more of the same settings as a baseline, as in --seeds 5.")
    unknown = frame[(frame["low"] <= 0) & (frame["high"] >= 0)] if len(frame) else frame
    if len(unknown):
        sentences.append(
            f"{len(unknown)} of {int(frame['difference'].notna().sum())} differences may be either way: "
            "that a row cannot be told apart does not mean that it is equal.")
    if len(records.verdicts) and (records.verdicts["verdict"] == "inconclusive").any():
        found = records.verdicts[records.verdicts["verdict"] == "inconclusive"]
        sentences.append(
            f"{counted(len(found), 'question')} {'is' if len(found) == 1 else 'are'} inconclusive: "
            "the interval reaches both sides of the least effect that matters. More seeds or test images may decide.")
    if len(frame) and not tuned_settings(records) and frame["norm"].nunique() > 1 and frame.get("learning_rate") is not None and (
            frame.groupby("model")["learning_rate"].nunique().max() == 1):
        sentences.append("All normalizers ran at one learning rate, which may suit some and not others; --tune learning-rate would tell.")
    covered = set(frame["norm"]) if len(frame) else set()
    absent = [norm for norm in dict.fromkeys(records.runs["norm"]) if norm not in covered]
    if covered and absent:
        sentences.append(f"differences.csv is of the table that was made last; it has nothing of {listed(absent)}.")
    sentences.append(
        "Nothing is said of other data, models, settings or training sets: all seeds draw from the same training images.")
    return sentences
