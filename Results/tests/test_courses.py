"""No line goes on as the mean of the seeds that are left."""

import pandas
import pytest

from conftest import field
from plots import choice, curves, records
from plots.choice import Choice
from plots.errors import UsageError
from test_figures import raw


def figure(folder, metric, *where):
    """The learning curves of a metric."""
    read = choice.applied(records.read(folder), Choice(where=choice.parsed(where)))
    return curves.figures(read, Choice(metric=metric))[0]


def diverged_at(step, keep=lambda number: True):
    """What makes the run of layer, seed 1 and batch size 4 one that diverged at a step, and its curve end there."""

    def of_runs(lines):
        found = []
        for line in lines:
            if is_the_one(lines[0], line):
                for column, value in (("status", "diverged"), ("steps", str(step)), ("test_accuracy", ""), ("test_loss", "")):
                    line = field(lines[0], line, column, value)
            found.append(line)
        return found

    def of_curves(lines):
        return [line for line in lines if not is_the_one(lines[0], line) or int(of(lines[0], line, "step")) < step]

    return of_runs, of_curves


def of(header, line, column):
    """A field of a line."""
    return line.split(",")[header.split(",").index(column)]


def is_the_one(header, line):
    """Whether a line is of layer, seed 1 and batch size 4."""
    return [of(header, line, name) for name in ("norm", "seed", "batch_size")] == ["layer", "1", "4"]


@pytest.fixture
def lost(changed):
    """A folder in which one of three seeds diverged after its first epoch, at step 80 of 150."""
    of_runs, of_curves = diverged_at(80)
    changed("plain", "curves.csv", of_curves)
    return changed("plain", "runs.csv", of_runs)


def test_a_run_that_diverged_counts_as_guessing_from_there_on(lost):
    found = figure(lost, "test_accuracy", "batch_size=4")
    rows = found.table[found.table["norm"] == "layer"].set_index("epochs")
    others = raw("plain", "curves.csv").query("norm == 'layer' and batch_size == 4")
    guess = raw("plain").query("norm == 'layer' and batch_size == 4 and seed == 1")["guess_accuracy"].iloc[0]
    last = others.query("epoch == 2 and seed != 1")["test_accuracy"].tolist()
    assert rows.loc[1, "mean"] == pytest.approx(others.query("epoch == 1")["test_accuracy"].mean())
    assert rows.loc[2, "mean"] == pytest.approx((sum(last) + guess) / 3) and rows.loc[2, "low"] == guess
    assert (rows["seeds"] == 3).all()
    assert "1 of 9 runs diverged (layer seed 1) and counts as guessing from there on." in found.caption


def test_the_line_of_a_loss_ends_where_a_seed_has_none(lost):
    found = figure(lost, "train_loss", "batch_size=4")
    assert found.table[found.table["norm"] == "layer"]["epochs"].tolist() == [1]
    assert found.table[found.table["norm"] == "batch"]["epochs"].tolist() == [1, 2]
    assert "1 of 9 runs diverged (layer seed 1): a line ends where a run of it has no number." in found.caption


def test_runs_that_diverged_before_any_evaluation_guess_throughout(recorded):
    found = figure(recorded("diverged"), "test_accuracy")
    rows = found.table[(found.table["norm"] == "none") & found.table["panel"].str.contains("e\\+08|100000000", regex=True)]
    guess = raw("diverged").query("norm == 'none'")["guess_accuracy"].mean()
    assert rows["epochs"].tolist() == [1, 2] and rows["mean"].tolist() == pytest.approx([guess, guess])
    assert "3 of 8 runs diverged (none seeds 0 and 1; batch seed 0) and count as guessing" in found.caption


def test_the_loss_at_the_step_of_divergence_is_no_point(recorded):
    table = figure(recorded("diverged"), "train_loss").table
    assert table["high"].max() < 1e4


@pytest.mark.parametrize(("gone", "left"), [("2", [1]), ("1", [2])], ids=["at the end", "in the middle"])
def test_a_curve_that_lacks_a_point_is_told(changed, gone, left):
    def cut(lines):
        return [line for line in lines if not (is_the_one(lines[0], line) and of(lines[0], line, "epoch") == gone)]

    found = figure(changed("plain", "curves.csv", cut), "test_accuracy", "batch_size=4")
    assert "1 curve lacks points that runs.csv says were passed (layer seed 1)" in found.caption
    assert found.table[found.table["norm"] == "layer"]["epochs"].tolist() == left


def test_a_whole_curve_lacks_nothing(changed):
    assert "lack" not in figure(changed("tuned"), "test_accuracy").caption


def test_a_run_without_a_curve_is_told(changed):
    found = figure(changed("plain", "curves.csv", lambda lines: [line for line in lines if not is_the_one(lines[0], line)]), "test_accuracy")
    assert "curves.csv has nothing of 1 of 18 runs (layer seed 1)." in found.caption


def test_curves_with_no_place_in_common_are_an_error(changed):
    def apart(lines):
        return lines[:1] + [
            field(lines[0], line, "epoch", str(3 * int(of(lines[0], line, "seed")) + int(of(lines[0], line, "epoch"))))
            for line in lines[1:]
        ]

    with pytest.raises(UsageError, match="no place where all seeds"):
        figure(changed("plain", "curves.csv", apart), "test_accuracy", "batch_size=4")


def test_a_panel_of_a_paper_counts_alike(lost):
    from plots import cases, papers, parts

    read = records.read(lost)
    verdicts = pandas.DataFrame([{"claim": "convergence", "data": "digits", "train_limit": "300", "seeds": 3.0}])
    part = parts.Part("here", {"batch_size": "4"}, "step", frame="curves", is_tuned=False)
    from dataclasses import replace

    (case,) = cases.of(replace(read, verdicts=verdicts))
    table, said = papers.rows(read, part, case)
    assert set(table["seeds"]) == {3} and len(table[table["norm"] == "layer"]) == 2
    assert said == ["1 of 9 runs diverged (layer seed 1) and counts as guessing from there on."]
