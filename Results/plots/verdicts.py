"""What the verdicts of claims say, in sentences and in the cells of tables."""

from . import cases
from .wording import Part, counted, number, signed

# More are told of in the tables alone.
MOST_QUESTIONS = 12
VERDICTS = ("supported", "contradicted", "inconclusive")


def about_verdicts(records):
    """For each case of a claim, how many questions are supported, contradicted and undecided, and where they are few, each."""
    found = cases.of(records)
    are_few = sum(len(case.verdicts) for case in found) <= MOST_QUESTIONS
    return [Part(case.claim + case.on, sentences_of(case, are_few)) for case in found]


def sentences_of(case, are_few):
    """The counts of a case, and each verdict if they are few."""
    counts = case.verdicts["verdict"].value_counts()
    judged = sum(int(counts.get(verdict, 0)) for verdict in VERDICTS)
    told = ", ".join(f"{int(counts.get(verdict, 0))} {verdict}" for verdict in VERDICTS)
    sentences = [f"Of {counted(judged, 'question')} {told}."]
    if are_few:
        sentences += [verdict_sentence(row) for _, row in case.verdicts.iterrows()]
    return sentences + case.sentences()


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
