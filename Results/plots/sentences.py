"""What was asked, what became of the runs, and what their numbers do not show, in sentences."""

from . import cases
from .columns import title
from .comparisons import tuned_settings
from .varying import label, ordered, varying
from .wording import counted, listed

# What a reader wants to know of every comparison.
KEY_SETTINGS = ("batch_size", "learning_rate", "epochs")


def question(records):
    """What was asked, in a sentence or two."""
    asked = cases.of(records)
    if asked:
        return f"Does what is said of normalization hold here? {cases.total(asked)}."
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
    """How many runs there are, and what became of the results among them that are no ordinary ones."""
    runs, results = records.runs, records.selected("runs").drop_duplicates("run")
    sentences = [f"{counted(len(runs), 'run')} of {counted(runs['seed'].nunique(), 'seed')}, {counted(runs['norm'].nunique(), 'normalizer')}."]
    trials = len(runs) - len(results)
    if trials:
        sentences.append(f"{trials} of them {'is a trial' if trials == 1 else 'are trials'} of tuning that {'was' if trials == 1 else 'were'} not chosen.")
    for status, meaning in (
            ("diverged", "a loss or gradient was no finite number; they count as guessing"),
            ("collapsed", "they ended no better than guessing")):
        found = results[results["status"] == status]
        if len(found):
            counts = listed(f"{norm} {len(part)} of {int((results['norm'] == norm).sum())}" for norm, part in found.groupby("norm", sort=False))
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
    open_questions = sum(int((case.verdicts["verdict"] == "inconclusive").sum()) for case in cases.of(records))
    if open_questions:
        sentences.append(
            f"{counted(open_questions, 'question')} {'is' if open_questions == 1 else 'are'} inconclusive: "
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
