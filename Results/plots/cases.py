"""What a claim was asked with: verdicts of other data, numbers of images or numerics are never counted together."""

from dataclasses import dataclass

import pandas

from .choice import same
from .wording import counted, listed

# What tells the cases of a claim apart beside the seeds, and what it means where a file does not say it; "" is anything.
ABSENT = {"data": "", "fingerprint": "", "train_limit": "", "test_limit": "0", "numerics": ""}


@dataclass(frozen=True)
class Case:
    """The verdicts of a claim that was asked once: on one data set, of so many images, with so many seeds."""

    claim: str
    # Column → value of the settings in `ABSENT`.
    asked: dict
    verdicts: pandas.DataFrame
    # Those of `asked` in which the cases of the claim differ, as words; none if it has but one.
    words: tuple = ()
    # What the names of its files end with.
    suffix: str = ""
    # The numbers of seeds with which the same was asked before: they are in the file, and not counted.
    fewer: tuple = ()

    @property
    def on(self):
        """What tells it from the other cases of its claim, for a title."""
        return f" on {', '.join(self.words)}" if self.words else ""

    def holds(self, frame, but=()):
        """Which runs were trained and tested as it says, other than in the settings named."""
        mask = pandas.Series(True, index=frame.index)
        for name, value in self.asked.items():
            if value == "" or name in but or name not in frame and name != "test_limit":
                continue
            texts = frame[name].replace("", ABSENT[name]) if name in frame else pandas.Series("0", index=frame.index)
            mask &= texts.map({text: same(str(text), value) for text in texts.unique()})
        return mask

    def sentences(self):
        """What to say of verdicts that are not counted."""
        if not self.fewer:
            return []
        return [f"verdicts.csv also has what came of {listed(map(str, self.fewer))} seeds; it is not counted here."]


def of(records):
    """The cases of every claim, in the order of the file; of several numbers of seeds, that of most."""
    if records.verdicts.empty:
        return []
    verdicts = filled(records.verdicts)
    found = []
    for claim, questions in verdicts.groupby("claim", sort=False):
        asked = list(questions.groupby(list(ABSENT), sort=False))
        differ = [name for name in ABSENT if questions[name].nunique() > 1]
        # A fingerprint is told where the name of the data says nothing.
        if "fingerprint" in differ and questions.groupby("data")["fingerprint"].nunique().max() == 1:
            differ.remove("fingerprint")
        suffixes = set()
        for values, rows in asked:
            case = of_most_seeds(claim, dict(zip(ABSENT, values)), rows, differ)
            found.append(case if case.suffix not in suffixes else apart(case, len(suffixes)))
            suffixes.add(case.suffix)
    return found


def filled(verdicts):
    """The verdicts with a text in every column that tells cases apart."""
    texts = {
        name: verdicts[name].fillna("").replace("", absent) if name in verdicts else absent
        for name, absent in ABSENT.items()
    }
    return verdicts.assign(**texts)


def of_most_seeds(claim, asked, rows, differ):
    """The case of the verdicts with the most seeds."""
    words = tuple(in_words(name, asked[name]) for name in differ)
    suffix = "".join(f"-{in_name(name, asked[name])}" for name in differ)
    if "seeds" not in rows or rows["seeds"].isna().all():
        return Case(claim, asked, rows, words, suffix)
    most = rows["seeds"].max()
    fewer = tuple(int(seeds) for seeds in sorted(rows["seeds"].dropna().unique()) if seeds < most)
    return Case(claim, asked, rows[rows["seeds"] == most], words, suffix, fewer)


def apart(case, place):
    """A case whose files would have the names of another's."""
    return Case(case.claim, case.asked, case.verdicts, case.words, f"{case.suffix}-{place + 1}", case.fewer)


def short(data):
    """A data set's name without the folder that it is in."""
    return data.rstrip("/").split("/")[-1] or data


def in_words(name, value):
    """A value as a title has it."""
    if value == "":
        return {"data": "data without a name", "numerics": "numerics that are not told"}.get(name, "what is not told")
    images = "all" if value == "0" else value
    return {
        "data": short(value),
        "fingerprint": f"data {value[:7]}",
        "train_limit": f"{images} training images",
        "test_limit": f"{images} test images",
        "numerics": f"numerics {value}",
    }[name]


def in_name(name, value):
    """A value as the name of a file has it."""
    images = "all" if value == "0" else value or "unknown"
    return {
        "data": short(value).replace("_", "-") or "unknown",
        "fingerprint": value[:7] or "unknown",
        "train_limit": f"trained-on-{images}",
        "test_limit": f"tested-on-{images}",
        "numerics": f"numerics-{value or 'unknown'}",
    }[name]


def total(cases):
    """How many questions of how many claims they are."""
    names = list(dict.fromkeys(case.claim for case in cases))
    count = f"{counted(sum(len(case.verdicts) for case in cases), 'question')} of {counted(len(names), 'claim')}"
    several = f", asked in {len(cases)} cases" if len(cases) > len(names) else ""
    return f"{count}{several}: {listed(names)}"
