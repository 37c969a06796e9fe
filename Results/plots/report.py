"""The report: one HTML file with everything in it, which needs neither a network nor a program beside a browser."""

import base64
import datetime
import html
import json
import platform
import shlex

from importlib import metadata
from pathlib import Path

import vl_convert

from . import cases, comparisons, pages, sentences, tables, varying, verdicts, wording
from .columns import SETTINGS, title
from .files import write as write_file

FOLDER = Path(__file__).resolve().parent
# A file that is larger is slow to open and to send.
MOST_BYTES = 3_000_000
# Longer tables are in the CSV files.
MOST_ROWS = 400
PACKAGES = ("pandas", "altair", "vl-convert-python")
# Columns of figures that are for the drawing alone.
DRAWING = ("is_marked", "zero")
FROM_BEST = {0: "cannot be told apart", 1: "told apart"}
# What Vega, Vega-Lite and Vega-Embed ask to stand beside copies of them.
NOTICE = "Vega, Vega-Lite and Vega-Embed: Copyright (c) 2015-2025, University of Washington Interactive Data Lab. BSD-3-Clause licence, https://github.com/vega"
# Nothing can be fetched; Vega makes functions of its expressions.
POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"


def write(records, choice, figures, notes, folder, command):
    """Writes the report of what was chosen, and says where."""
    return write_file(Path(folder) / "report.html", text(records, choice, figures, notes, command).encode())


def text(records, choice, figures, notes, command, most=MOST_BYTES):
    """The whole page; figures that would make it too large stand as pictures in it."""
    specs = {figure.name: scripts(figure) for figure in figures}
    pictures = {}
    for figure in sorted(figures, key=lambda figure: -len(specs[figure.name])):
        content = page(records, figures, notes, command, specs, pictures)
        if len(content.encode()) <= most:
            return content
        picture = base64.b64encode(vl_convert.vegalite_to_png(figure.spec(), scale=1.5)).decode()
        if len(picture) < len(specs[figure.name].encode()):
            pictures[figure.name] = picture
    return page(records, figures, notes, command, specs, pictures)


def scripts(figure):
    """The specifications of a figure as scripts that hold data: for a wide room, and for a narrow one if that is another."""
    specs = {"spec": figure.spec()} | ({"narrow": figure.spec(is_narrow=True)} if figure.narrow else {})
    return "".join(
        f'<script type="application/json" id="{kind}-{figure.name}">{script_json(screen(spec))}</script>' for kind, spec in specs.items())


def screen(spec):
    """A figure's specification with letters as large as a screen's."""
    config = spec["config"] = dict(spec["config"])
    for part in ("axis", "legend", "header"):
        config[part] = config.get(part, {}) | {"labelFontSize": 12, "titleFontSize": 12}
    return spec | {"background": None}


def page(records, figures, notes, command, specs, pictures):
    """The page from its parts."""
    parts = [
        ("summary", "Summary", summary(records)),
        ("verdicts", "Verdicts of the claims", verdict_tables(records)),
        ("figures", "Figures", figures_section(records, figures, specs, pictures)),
        ("tables", "Tables", result_tables(records)),
        ("open", "What was not concluded", pages.items(sentences.not_concluded(records) + notes)),
        ("making", "How it was made", making(records, command)),
    ]
    parts = [(name, heading, content) for name, heading, content in parts if content]
    links = "".join(f'<li><a href="#{name}">{heading}</a></li>' for name, heading, _ in parts)
    sections = "".join(f'<section aria-labelledby="{name}"><h2 id="{name}">{heading}</h2>{content}</section>' for name, heading, content in parts)
    about = {"panels": panels(records, figures)}
    heading = "What is said of normalization, measured" if len(records.verdicts) else "Normalization layers, compared"
    question = sentences.question(records)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="{html.escape(question)}">
<title>{heading}</title>
<link rel="icon" href="data:,">
<style>{(FOLDER / "report.css").read_text()}</style>
</head>
<body>
<a class="skip" href="#summary">To the summary</a>
<header><h1>{heading}</h1><p class="question">{html.escape(question)}</p>
<nav aria-label="Parts of the report"><ul>{links}</ul></nav></header>
<main>{sections}</main>
<script type="application/json" id="page">{script_json(about)}</script>
{"".join(spec for name, spec in specs.items() if name not in pictures)}
<script type="module">/* {NOTICE} */
{library()}
{(FOLDER / "report.js").read_text()}</script>
</body>
</html>
"""


def library():
    """Vega, Vega-Lite and Vega-Embed, as vl-convert brings them along."""
    return vl_convert.javascript_bundle().replace("</script", "<\\/script").replace("<!--", "<\\!--")


def script_json(value):
    """JSON that nothing in it can end the script of."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return written.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


# -- Parts


def summary(records):
    """Who differs from whom, by how much, how sure; then what is supported and what is not."""
    content = pages.items(sentences.about_runs(records))
    for part in comparisons.about_differences(records):
        if part.sentences:
            content += f"<h3>{html.escape(part.title)}</h3>" + pages.items(part.sentences)
    sure = comparisons.how_sure(records)
    content += f"<p>{html.escape(' '.join(sure))}</p>" if sure else ""
    for part in verdicts.about_verdicts(records):
        content += f"<h3>{html.escape(part.title)}</h3>" + pages.items(part.sentences)
    return content


def verdict_tables(records):
    """A table for each case of a claim, a row for each of its questions."""
    content = ""
    for case in cases.of(records):
        questions = case.verdicts
        rows = [
            [row["question"], row["data"], verdicts.measured(row), verdicts.effect(row), verdicts.claimed(row),
             pages.Markup(pages.verdict(row["verdict"])), row.get("remarks", "")]
            for _, row in questions.iterrows()]
        heads = ["question", "data", "measured", "effect", "claimed", "verdict", "remarks"]
        together = questions["comparisons"].max() if "comparisons" in questions else float("nan")
        level = f"; the intervals of {together:.0f} verdicts hold together at 95 %" if together == together else ""
        name = case.claim + case.on
        content += f"<h3>{html.escape(name)}</h3>" + pages.table(heads, rows, f"Verdicts of {name}{level}") + pages.items(case.sentences())
    return content


def figures_section(records, figures, specs, pictures):
    """What can be chosen, then every figure with the table of its numbers."""
    if not figures:
        return ""
    return controls(records, figures) + "".join(one_figure(figure, pictures.get(figure.name)) for figure in figures)


def controls(records, figures):
    """Menus for what figures have panels of, and a box for each normalizer."""
    choices = {}
    for values in panels(records, figures).values():
        for name, value in values.items():
            choices.setdefault(name, {})[value] = None
    menus = "".join(menu(name, list(values)) for name, values in choices.items() if len(values) > 1)
    norms = list(dict.fromkeys(records.runs["norm"]))
    boxes = "".join(
        f'<label><input type="checkbox" checked data-norm="{html.escape(norm)}"> {html.escape(norm)}</label>' for norm in norms)
    boxes = f"<fieldset><legend>normalizers</legend>{boxes}</fieldset>" if len(norms) > 1 else ""
    if not menus and not boxes:
        return ""
    return f'<form class="controls" aria-label="What the figures show" onsubmit="return false" autocomplete="off">{menus}{boxes}</form>'


def menu(name, values):
    """A menu of the values of a setting."""
    options = "".join(
        f'<option value="{html.escape(value)}">{html.escape(varying.label(name, value) if name in ("data", "model") else value)}</option>'
        for value in varying.ordered(values))
    return f'<label>{html.escape(title(name))}<select data-setting="{html.escape(name)}"><option value="">all</option>{options}</select></label>'


def panels(records, figures):
    """For each label of a panel in the figures, the settings that it stands for."""
    wanted = {label for figure in figures if "panel" in figure.table for label in figure.table["panel"].unique() if label}
    found = {}
    # Normalizers have boxes of their own.
    names = [name for name in SETTINGS if name in records.runs and records.runs[name].nunique() > 1]
    labels = {varying.label(name, value): (name, value) for name in names if name not in ("seed", "norm") for value in records.runs[name].unique()}
    for label in wanted:
        settings = dict(labels[part] for part in label.split(", ") if part in labels)
        if settings:
            found[label] = settings
    return dict(sorted(found.items()))


def one_figure(figure, picture):
    """A figure, its caption, and its numbers as a table."""
    name, caption = html.escape(figure.name), html.escape(figure.caption)
    alternative = html.escape(f"{figure.title}. {figure.caption} The numbers are in the table below the figure.")
    if picture:
        chart = f'<div class="chart"><img alt="{alternative}" src="data:image/png;base64,{picture}"></div>'
    else:
        chart = f'<div class="chart" data-figure="{name}" role="img" aria-label="{alternative}"></div>'
    shown = numbers(figure)
    rows = [[row[column] for column in shown] for _, row in shown.iterrows()]
    cut = f" (the first {MOST_ROWS} of {len(figure.table)} rows; all are in the CSV files)" if len(figure.table) > MOST_ROWS else ""
    table = pages.table([title(str(column)) for column in shown], rows, f"{figure.title}{cut}")
    return f"""<figure id="figure-{name}" aria-labelledby="caption-{name}">
<figcaption id="caption-{name}"><strong>{html.escape(figure.title)}</strong> <span>{caption}</span></figcaption>
{chart}
<details{' class="long"' if len(figure.table) > 40 else ''}><summary>The numbers of “{html.escape(figure.title)}” as a table</summary>{table}</details>
</figure>
"""


def numbers(figure):
    """The rows of a figure's table that are shown, without columns that only draw or say nothing."""
    table = figure.table.head(MOST_ROWS)
    return table[[name for name in table if name not in DRAWING and not (len(table) and table[name].eq("").all())]]


def result_tables(records):
    """The differences, and what the runs came to."""
    content = ""
    for heading, family in comparisons.families(records):
        named = comparisons.named(records, family)
        best = comparisons.best_of(named)
        rows = [
            [comparisons.full_name(row), estimate(row), "baseline" if row["is_baseline"] == 1 else difference(row),
             "the best" if place == best else FROM_BEST.get(row["told_from_best"], "–"), row["runs"]]
            for place, row in named.iterrows()]
        content += f"<h3>{html.escape(heading)}</h3>" + pages.table(
            ["row", "test accuracy (± over seeds alone)", "difference from the baseline [95 %]", "from the best row", "runs"], rows,
            f"Differences of {heading}: paired over seeds; the intervals of all rows hold together")
    return content + all_runs(records)


def estimate(row):
    """A mean with the interval over the seeds."""
    half = row["half_width"]
    return f"{row['test_accuracy']:.4f}" + (f" ± {half:.4f}" if half == half else "")


def difference(row):
    """A difference with its interval, or a dash."""
    return wording.interval(row) if row["difference"] == row["difference"] else "–"


def all_runs(records):
    """Every run by its settings that vary, in brief."""
    runs = records.runs
    names = [name for name in records.settings if runs[name].nunique() > 1 and name not in ("model", "norm", "data", "seed")]
    columns = ["model", "norm", "data", "seed", *names, "status"]
    columns += [name for name in ("test_accuracy", "train_loss", "epochs_to_90") if name in runs]
    shown = runs.head(MOST_ROWS)
    cut = f"the first {MOST_ROWS} of {len(runs)} runs; all are in runs.csv" if len(runs) > MOST_ROWS else f"all {len(runs)} runs"
    table = pages.table([title(name) for name in columns], [[row[name] for name in columns] for _, row in shown.iterrows()], f"Runs: {cut}")
    return f'<details class="long"><summary>Every run as a table</summary>{table}</details>'


def making(records, command):
    """The commands, the configuration, machines and versions."""
    runs = records.runs
    now = datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    script = shlex.join(["python3", *command])
    content = f"<h3>This page</h3><pre><code>{html.escape(script)}</code></pre>" + pages.items([
        f"{now}, {machine()}, Python {platform.python_version()}, {versions}."])
    content += "<h3>The runs</h3>" + commands(records)
    facts = [f"Folder: {records.folder}."]
    if "version" in runs:
        facts.append(f"Package {wording.listed(sorted(set(runs['version']) - {''})) or 'of version 1'}, numerics {wording.listed(sorted(set(runs['numerics'])))}.")
    facts.append("Data: " + wording.listed(
        f"{varying.label('data', name)} (fingerprint {wording.listed(dict.fromkeys(part['fingerprint']))})" for name, part in runs.groupby("data", sort=False)) + ".")
    return content + pages.items(facts) + configuration(runs)


def commands(records):
    """The commands that `compare` recorded beside the runs, with the machine."""
    path = records.folder / "commands.csv"
    if not path.is_file():
        return "<p>The command that trained them is not recorded in this folder; their settings are below.</p>"
    rows = tables.read(path, ["command", "machine", "version"])
    listing = "\n".join(dict.fromkeys(rows["command"]))
    machines = wording.listed(dict.fromkeys(rows["machine"]))
    return f"<pre><code>{html.escape(listing)}</code></pre>" + pages.items([f"Trained on {machines}."])


def configuration(runs):
    """Every setting with its value, or its values."""
    names = [name for name in SETTINGS if name in runs]
    rows = [[title(name), sentences.values(runs, name, 12), "varies" if runs[name].nunique() > 1 else ""] for name in names]
    table = pages.table(["setting", "value", ""], rows, "Settings of the runs")
    return f"<details><summary>Every setting</summary>{table}</details>"


def machine():
    """This machine in a few words."""
    processor = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{processor}, {platform.system()} {platform.release()}"


__all__ = ["text", "write"]
