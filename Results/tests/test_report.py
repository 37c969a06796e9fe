"""The report in a browser without a network: everything is drawn, reached and escaped."""

import shutil
import subprocess
import sys

from dataclasses import replace
from pathlib import Path

import altair
import pandas
import pytest

from conftest import RESULTS
from plots import charts, choice, kinds, records, report
from plots.errors import DataError
from plots.figure import Figure
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FOLDERS = ["plain", "tuned", "inside", "diverged", "claims"]
HOSTILE = "</script><script>document.title='taken'</script><b>x"


@pytest.fixture(scope="module")
def browser():
    """Chromium, as Debian has it."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def written(folder, to, most=report.MOST_BYTES):
    """The page of a folder, its figures, and what it says."""
    found = records.read(folder)
    notes = []
    figures = kinds.figures(found, choice.Choice(), notes)
    text = report.text(found, choice.Choice(), figures, notes, ["Results/plot.py", "--report"], most)
    path = Path(to) / "report.html"
    path.write_text(text)
    return path, figures, text


class Visit:
    """A page that was opened, and what went wrong on it."""

    def __init__(self, browser, path, width=1280):
        self.complaints = []
        self.page = browser.new_page(viewport={"width": width, "height": 800})
        self.page.on("console", lambda message: self.note(message.type == "error", message.text))
        self.page.on("pageerror", lambda error: self.note(True, str(error)))
        self.page.on("request", lambda request: self.note(not request.url.startswith(("file:", "data:", "blob:")), request.url))
        self.page.on("dialog", lambda dialog: self.note(True, dialog.message))
        self.page.goto(path.as_uri())
        self.drawn()

    def note(self, is_wrong, text):
        """Remembers a complaint."""
        if is_wrong:
            self.complaints.append(text)

    def drawn(self):
        """Waits until every figure is drawn."""
        self.page.wait_for_function("document.body.dataset.drawn === 'all'", timeout=60_000)

    def change(self, action):
        """Does something that makes the figures be drawn anew."""
        self.page.evaluate("delete document.body.dataset.drawn")
        action()
        self.drawn()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", FOLDERS)
def test_every_figure_is_drawn_and_nothing_is_asked_of_the_network(browser, recorded, tmp_path, name, width):
    path, figures, _ = written(recorded(name), tmp_path)
    assert path.stat().st_size < 3_000_000
    visit = Visit(browser, path, width)
    charts = visit.page.locator("figure .chart")
    assert charts.count() == len(figures) > 0
    for chart in charts.all():
        assert chart.get_attribute("data-drawn") == "yes"
        picture = chart.locator("svg").first.bounding_box()
        assert picture["width"] > 100 and picture["height"] > 50
        assert chart.locator("svg path").count() > 2
        assert not scrolls(chart)
        assert chart.get_attribute("role") == "img" and len(chart.get_attribute("aria-label")) > 40
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visit.complaints == []


def scrolls(chart):
    """Whether a chart is wider than the room that it has."""
    return chart.evaluate("chart => chart.scrollWidth > chart.clientWidth")


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_claims_of_many_long_questions_fit_a_phone(browser, recorded, tmp_path, width):
    found = records.read(recorded("claims"))
    kinds_of = [("difference", "test accuracy", ""), ("ratio", "drift, in deviations in 100 steps", "steps"), ("value", "share", "")]
    rows = [
        {**found.verdicts.iloc[0], "question": f"question {number} is as long as such questions are, and {number} words longer",
         "form": form, "quantity": quantity, "unit": unit, "effect": 1.0 + number, "low": 0.5, "high": 20.0, "delta": 1.5}
        for form, quantity, unit in kinds_of for number in range(4)]
    found = replace(found, verdicts=pandas.DataFrame(rows), kept={})
    figures = kinds.figures(found, choice.Choice(), [])
    path = tmp_path / "report.html"
    path.write_text(report.text(found, choice.Choice(), figures, [], ["plot.py"]))
    visit = Visit(browser, path, width)
    charts = visit.page.locator("figure .chart")
    assert charts.count() == 2 and not any(scrolls(chart) for chart in charts.all()) and visit.complaints == []
    # On a phone each question stands above its interval, with its verdict.
    is_above = "words longer:" in charts.first.text_content()
    assert is_above == (width < 500)


def test_a_request_would_be_noticed(browser, recorded, tmp_path):
    path, _, text = written(recorded("diverged"), tmp_path)
    path.write_text(text.replace("<main>", '<main><img alt="" src="https://example.org/a.png">'))
    assert Visit(browser, path).complaints


def test_the_keyboard_reaches_the_table_of_every_figure(browser, recorded, tmp_path):
    path, figures, _ = written(recorded("plain"), tmp_path)
    page = Visit(browser, path).page
    reached = set()
    for _ in range(150):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.matches('figure > details > summary') ? document.activeElement.closest('figure').id : ''")
        if name and name not in reached:
            reached.add(name)
            page.keyboard.press("Enter")
    assert reached == {f"figure-{figure.name}" for figure in figures}
    for figure in figures:
        table = page.locator(f"#figure-{figure.name} > details table")
        assert table.is_visible() and table.locator("caption").inner_text().startswith(figure.title)
        assert table.locator("tbody tr").count() == min(len(figure.table), report.MOST_ROWS)
        assert table.locator("thead th[scope=col]").count() == len(report.numbers(figure).columns) > 3


def test_what_is_chosen_is_drawn_and_nothing_else(browser, recorded, tmp_path):
    path, _, _ = written(recorded("plain"), tmp_path)
    visit = Visit(browser, path)
    curves = visit.page.locator("#figure-curves-test-accuracy .chart")
    assert "batch size 4" in curves.inner_text() and "batch size 32" in curves.inner_text()
    lines = curves.locator("svg path[stroke-dasharray], svg .mark-line path").count()
    visit.change(lambda: visit.page.select_option("select[data-setting=batch_size]", "4"))
    assert "batch size 4" in curves.inner_text() and "batch size 32" not in curves.inner_text()
    visit.change(lambda: visit.page.uncheck("input[data-norm=none]"))
    assert curves.locator("svg path[stroke-dasharray], svg .mark-line path").count() < lines
    for norm in ("batch", "layer"):
        visit.change(lambda norm=norm: visit.page.uncheck(f"input[data-norm={norm}]"))
    assert curves.get_attribute("data-drawn") == "empty" and "Nothing of what is chosen" in curves.inner_text()
    assert visit.complaints == []


def test_a_mark_says_its_numbers(browser, recorded, tmp_path):
    path, _, _ = written(recorded("plain"), tmp_path)
    page = Visit(browser, path).page
    page.locator("#figure-curves-test-accuracy svg .mark-symbol path").nth(1).hover(force=True)
    page.locator("#vg-tooltip-element.visible").wait_for(timeout=10_000)
    assert "seeds" in page.locator("#vg-tooltip-element").inner_text()


def test_on_paper_everything_is_open(browser, recorded, tmp_path):
    path, _, _ = written(recorded("claims"), tmp_path)
    page = Visit(browser, path).page
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("main section > details, figure > details").evaluate_all("all => all.every((one) => one.open)")
    assert not page.locator("form.controls").first.is_visible() and not page.locator("nav").is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_no_text_of_a_file_is_code(browser, changed, tmp_path):
    def hostile(lines):
        header = lines[0].split(",")
        place = header.index("norm")
        quoted = [",".join(f'"{HOSTILE}"' if at == place and text == "batch" else text for at, text in enumerate(line.split(","))) for line in lines[1:]]
        return [lines[0], *quoted]

    changed("plain", "runs.csv", hostile)
    changed("plain", "curves.csv", hostile)
    folder = changed("plain", "differences.csv", hostile)
    path, _, text = written(folder, tmp_path)
    assert HOSTILE not in text
    visit = Visit(browser, path)
    assert visit.page.title() == "Normalization layers, compared" and visit.page.locator("main b, svg b").count() == 0
    assert HOSTILE in visit.page.locator(".question").inner_text()
    assert visit.complaints == []


def test_a_page_that_would_be_too_large_has_pictures(browser, recorded, tmp_path):
    found = records.read(recorded("diverged"))
    figures = kinds.figures(found, choice.Choice(), [])
    table = pandas.DataFrame({"number": range(20_000), "value": [place % 97 / 97 for place in range(20_000)]})
    chart = charts.alone(altair.layer(altair.Chart(table).mark_point().encode(x="number:Q", y="value:Q")), 100)
    figures.append(Figure("large", "Many points", "They are many.", chart, table))
    sizes, pages = [], []
    for most in (3_000_000, 1_400_000):
        pages.append(report.text(found, choice.Choice(), figures, [], ["plot.py"], most))
        sizes.append(len(pages[-1].encode()))
    assert 1_400_000 < sizes[0] < 3_000_000 and sizes[1] < 1_400_000
    assert pages[1].count("data:image/png;base64,") == 1 and "the first 400 of 20000 rows" in pages[1]
    path = tmp_path / "report.html"
    path.write_text(pages[1])
    visit = Visit(browser, path)
    assert visit.page.locator(".chart svg.marks, .chart img").count() == len(figures)
    assert visit.page.locator(".chart img").get_attribute("alt").startswith("Many points.") and visit.complaints == []


def test_the_page_says_how_it_was_made(recorded, tmp_path):
    _, _, text = written(recorded("plain"), tmp_path)
    for part in ("python3 Results/plot.py --report", "Python 3", "altair", "numerics 2", "fingerprint d192a4eb", "batch size", "What was not concluded"):
        assert part in text


def test_the_page_has_the_commands_that_trained(changed, tmp_path):
    folder = changed("plain")
    row = '"compare --data \'a<b\' --seeds 3","A Processor, 2 threads, Linux",2.0.0,2\n'
    (folder / "commands.csv").write_text("command,machine,version,numerics\n" + row)
    _, _, text = written(folder, tmp_path)
    assert "compare --data &#x27;a&lt;b&#x27; --seeds 3" in text and "Trained on A Processor, 2 threads, Linux." in text
    (folder / "commands.csv").write_text("something else\n")
    with pytest.raises(DataError):
        written(folder, tmp_path)


def test_the_command_writes_it(recorded, tmp_path):
    words = [sys.executable, RESULTS / "plot.py", recorded("diverged"), "--report", "--format", "svg", "--out", tmp_path / "out"]
    process = subprocess.run(words, capture_output=True, text=True, check=False)
    assert process.returncode == 0 and "report.html: everything on one page." in process.stdout
    assert (tmp_path / "out" / "report.html").stat().st_size < 3_000_000
    (tmp_path / "file").write_text("")
    process = subprocess.run([*words[:-1], tmp_path / "file"], capture_output=True, text=True, check=False)
    assert process.returncode == 73 and process.stderr.count("\n") == 1
