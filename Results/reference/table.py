#!/usr/bin/env python3
"""Writes the tables of Results/README.md from what the reference runs printed, and from made.csv.

    python3 Results/reference/table.py            # writes them
    python3 Results/reference/table.py --check    # says whether they are those of the files
"""

import csv
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.md"
BEGIN, END = "<!-- What follows is written by reference/table.py. -->\n", "<!-- What precedes is written by reference/table.py. -->\n"
SETS = {"digits": "the digits", "fashion-mnist": "Fashion-MNIST"}
VERDICTS = ("supported", "contradicted", "inconclusive")


class Page:
    """What one claim printed of one data set."""

    def __init__(self, data, path):
        self.data = data
        lines = path.read_text().splitlines()
        self.name = lines[0].removeprefix("### ")
        self.sentence = lines[2]
        self.remarks = dict(remark(line) for line in lines if line.startswith("- **"))
        rows = [cells(line) for line in lines if line.startswith("| ")]
        self.rows = {row[0]: row for row in rows if len(row) == 6 and row[0] not in ("question", ":--")}

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


def made():
    """Runs and seconds, by claim and data set, and the rows themselves."""
    with open(HERE / "made.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    spent = {}
    for row in rows:
        runs, seconds = spent.get((row["claim"], row["data"]), (0, 0))
        spent[row["claim"], row["data"]] = (runs + int(row["runs"]), seconds + int(row["seconds"]))
    return spent, rows


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
            lines.append(f"{runs:,} networks on {title} took {seconds / 3600:.1f} hours.")
    commits = ", ".join(dict.fromkeys(row["commit"] for row in rows))
    machines = "; ".join(dict.fromkeys(row["machine"] for row in rows))
    dates = sorted({row["date"] for row in rows})
    span = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    return [" ".join(lines) + f" Made {span} by {commits} on {machines}; runs that claims share are counted where they were trained."]


def has_figure(data, claim):
    """Whether the claim was drawn as its paper would show it."""
    return (HERE / data / "figures" / f"claim-{claim}.svg").is_file()


def section(claim, own):
    """A claim: who said it, what stands in for it here, and every question with a verdict."""
    first = next(iter(own.values()))
    lines = [f"### {claim}", "", first.sentence, ""]
    lines += [f"- **The paper**: {first.remarks['Said by']}", f"- **Disputed**: {first.remarks['But']}", f"- **Here**: {first.remarks['Here']}", ""]
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
    for claim, own in found.items():
        lines += section(claim, own)
    return "\n".join(lines)


def main():
    """Writes, or checks."""
    readme = README.read_text()
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = before + BEGIN + "\n" + text() + "\n" + END + after
    if sys.argv[1:] == ["--check"]:
        if readme != wanted:
            sys.exit("Results/README.md is not what Results/reference/table.py makes of the reference results.")
    elif sys.argv[1:]:
        print(f"table.py: {' '.join(sys.argv[1:])} is not --check", file=sys.stderr)
        sys.exit(64)
    else:
        README.write_text(wanted)


if __name__ == "__main__":
    main()
