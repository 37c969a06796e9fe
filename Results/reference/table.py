#!/usr/bin/env python3
"""Writes the tables of Results/README.md from what the reference runs printed, and from made.csv.

    python3 Results/reference/table.py            # writes them
    python3 Results/reference/table.py --check    # says whether they are those of the files
"""

import csv
import sys

from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from plots import program  # noqa: E402
from plots.errors import DataError, InputError, ResultsError, UsageError  # noqa: E402
from plots.files import write  # noqa: E402

README = HERE.parent / "README.md"
BEGIN, END = "<!-- What follows is written by reference/table.py. -->\n", "<!-- What precedes is written by reference/table.py. -->\n"
SETS = {"digits": "the digits", "fashion-mnist": "Fashion-MNIST"}
VERDICTS = ("supported", "contradicted", "inconclusive")
# What a section says of a claim, and as what a page has it.
REMARKS = {"The paper": "Said by", "Disputed": "But", "Here": "Here"}
MADE = ("data", "claim", "train_limit", "test_limit", "runs", "seconds", "date", "commit", "machine")


class OldTables(ResultsError):
    """Tables that are not what the files say."""


class Page:
    """What one claim printed of one data set."""

    def __init__(self, data, path):
        self.data = data
        lines = read(path).splitlines()
        if len(lines) < 3 or not lines[0].startswith("### ") or not lines[2].strip():
            raise DataError(path, f"{len(lines)} lines without a heading and a sentence", "what compare claims --markdown prints")
        self.name = lines[0].removeprefix("### ").strip()
        if self.name != path.stem:
            raise DataError(path, f"the claim '{self.name[:40]}'", f"'{path.stem}', as the file is called")
        self.sentence = lines[2]
        self.remarks = dict(remark(line) for line in lines if line.startswith("- **"))
        lacks = [title for title in REMARKS.values() if title not in self.remarks]
        if lacks:
            raise DataError(path, f"no line that begins with '- **{lacks[0]}**: '", "what compare claims --markdown prints")
        self.rows = questions(path, lines)

    def verdict(self, question):
        """The effect with its interval and the verdict, as printed."""
        row = self.rows.get(question)
        return ("–", "–") if row is None else (row[3] or row[2], row[5])

    def counts(self):
        """How many questions have each verdict."""
        words = [row[5].split(":")[0] for row in self.rows.values()]
        return ", ".join(str(words.count(verdict)) for verdict in VERDICTS)

    @property
    def questions(self):
        """Those with a verdict, in their order, with what is claimed."""
        return [(question, row[4]) for question, row in self.rows.items() if row[5] != "–"]


def questions(path, lines):
    """The rows of the table of questions, by their questions."""
    # Below the line of the names is that of the alignment.
    begin = next((number for number, line in enumerate(lines) if cells(line)[0] == "question"), len(lines)) + 2
    rows = {}
    for number, line in enumerate(lines[begin:], begin + 1):
        if not line.startswith("| "):
            break
        row = cells(line)
        if len(row) != 6:
            raise DataError(path, f"{len(row)} cells in line {number}", "six; mend or make the page again")
        if row[0] in rows:
            raise DataError(path, f"the question '{row[0][:60]}' again in line {number}", "each question once")
        rows[row[0]] = row
    if not rows:
        raise DataError(path, "no table of questions", "what compare claims --markdown prints")
    return rows


def remark(line):
    """`- **Said by**: somebody` as a pair."""
    title, _, text = line.removeprefix("- **").partition("**: ")
    return title, text


def cells(line):
    """The cells of a row of a Markdown table."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def pages():
    """The pages by claim and data set, in alphabetical order."""
    found = {}
    for data in SETS:
        for path in sorted((HERE / data).glob("*.md")):
            page = Page(data, path)
            found.setdefault(page.name, {})[data] = page
    return dict(sorted(found.items()))


def read(path):
    """The text of a file."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DataError(path, "bytes that are no UTF-8", "text") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None


def made():
    """Runs and seconds, by claim and data set, and the rows themselves."""
    path = HERE / "made.csv"
    table = csv.DictReader(read(path).splitlines(), strict=True)
    spent, rows = {}, []
    try:
        for row in table:
            check_made(path, table.line_num, row)
            runs, seconds = spent.get((row["claim"], row["data"]), (0, 0))
            spent[row["claim"], row["data"]] = (runs + int(row["runs"]), seconds + int(row["seconds"]))
            rows.append(row)
    except csv.Error as error:
        raise DataError(path, f"line {table.line_num} with {error}", "comma-separated values") from None
    if not rows:
        raise DataError(path, "no row", "a row for each claim that was made")
    return spent, rows


def check_made(path, line, row):
    """Stops at a row that lacks something."""
    if None in row or any(row.get(name) in (None, "") for name in MADE):
        raise DataError(path, f"a row in line {line} that has not all of {','.join(MADE)}", "all of them; mend or remove the line")
    for name in ("train_limit", "test_limit", "runs", "seconds"):
        if not (row[name].isascii() and row[name].isdigit()):
            raise DataError(path, f"{name} '{row[name][:40]}' in line {line}", "a whole number")


def overview(found, spent):
    """A row for each claim: verdicts on each data set, and what it took."""
    lines = [
        "| claim | " + " | ".join(f"{title}: supported, contradicted, inconclusive | runs | minutes" for title in SETS.values()) + " |",
        "|---|" + ":-:|--:|--:|" * len(SETS)]
    for claim, own in found.items():
        row = [f"[{claim}](#{claim})"]
        for data in SETS:
            runs, seconds = spent.get((claim, data), (0, 0))
            row += [f"[{own[data].counts()}](reference/{data}/{claim}.md)" if data in own else "not made yet"]
            row += [str(runs), f"{seconds / 60:.1f}"] if data in own else ["", ""]
        lines.append(f"| {' | '.join(row)} |")
    return lines


def whole(spent, rows):
    """What all of it took, when, and where."""
    lines = []
    for data, title in SETS.items():
        own = [value for (_, name), value in spent.items() if name == data]
        if own:
            runs, seconds = map(sum, zip(*own))
            lines.append(f"{runs:,} runs on {title} took {seconds / 3600:.1f} hours.")
    commits = ", ".join(dict.fromkeys(row["commit"] for row in rows))
    machines = "; ".join(dict.fromkeys(row["machine"] for row in rows))
    dates = sorted({row["date"] for row in rows})
    span = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    return [" ".join(lines) + f" Made {span} by {commits} on {machines}; runs that claims share are counted where they were trained."]


def has_figure(data, claim):
    """Whether the claim was drawn as its paper would show it."""
    return (HERE / data / "figures" / f"claim-{claim}.svg").is_file()


def cuts(rows):
    """What a claim's data were cut to at most, as a sentence, by claim: as it was made last."""
    limits = {(row["claim"], row["data"]): (int(row["train_limit"]), int(row["test_limit"])) for row in rows}
    told = {}
    for (claim, data), (train, test) in limits.items():
        parts = [f"{train:,} images to train on"] * (train > 0) + [f"{test:,} to test on"] * (test > 0)
        if parts:
            told.setdefault(claim, []).append(f"{SETS.get(data, data)}, {' and '.join(parts)}")
    return {claim: f"{'; '.join(parts)}; fewer where the claim says so." for claim, parts in told.items()}


def section(claim, own, cut):
    """A claim: who said it, what stands in for it here, what was cut, and every question with a verdict."""
    first = next(iter(own.values()))
    lines = [f"### {claim}", "", first.sentence, ""]
    lines += [*(f"- **{title}**: {first.remarks[name]}" for title, name in REMARKS.items())]
    lines += [*([f"- **Cut to at most**: {cut}"] if cut else []), ""]
    shown = [data for data in SETS if data in own]
    lines += [f"![{claim}, {SETS[data]}](reference/{data}/figures/claim-{claim}.svg)\n" for data in shown if has_figure(data, claim)]
    lines += [
        "| question | claimed | " + " | ".join(f"{SETS[data]} [95 %] | verdict" for data in shown) + " |",
        "|---|--:|" + "--:|---|" * len(shown)]
    questions = dict(pair for data in shown for pair in own[data].questions)
    for question, claimed in questions.items():
        found = [text for data in shown for text in own[data].verdict(question)]
        lines.append(f"| {question} | {claimed} | {' | '.join(found)} |")
    return lines + [""]


def text():
    """All that is written into the README."""
    found, (spent, rows) = pages(), made()
    lines = [*overview(found, spent), "", *whole(spent, rows), ""]
    told = cuts(rows)
    for claim, own in found.items():
        lines += section(claim, own, told.get(claim))
    return "\n".join(lines)


def around(readme):
    """What stands before the tables and after them."""
    for marker in (BEGIN, END):
        count = readme.count(marker)
        if count != 1:
            raise DataError(README, f"the line '{marker.strip()}' {count} times", "it once; nothing was written")
    before, _, rest = readme.partition(BEGIN)
    if END not in rest:
        raise DataError(README, f"'{END.strip()}' before '{BEGIN.strip()}'", "it after; nothing was written")
    return before, rest.partition(END)[2]


def run(words):
    """Writes, or checks."""
    if words not in ([], ["--check"]):
        raise UsageError(f"{' '.join(words)} is not --check.")
    readme = read(README)
    before, after = around(readme)
    wanted = before + BEGIN + "\n" + text() + "\n" + END + after
    if words and readme != wanted:
        raise OldTables("Results/README.md is not what Results/reference/table.py makes of the reference results.")
    if not words:
        write(README, wanted.encode(), hint="")


if __name__ == "__main__":
    sys.exit(program.main("table.py", run, "nothing else"))
