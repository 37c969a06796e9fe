"""The panels of claims find their runs, on data of any size."""

from dataclasses import replace

import pandas
import pytest

from plots import cases, claims, evaluations, papers, parts, records
from plots.choice import Choice
from plots.errors import UsageError
from test_reference import REFERENCE


@pytest.fixture(scope="module")
def digits():
    """The reference results of the digits."""
    return records.read(REFERENCE / "digits")


@pytest.fixture(scope="module")
def fashion():
    """Those of Fashion-MNIST."""
    return records.read(REFERENCE / "fashion-mnist")


def case_of(found, name):
    """The case that a panel belongs to."""
    return next(case for case in cases.of(found) if case.claim == name.removesuffix("-groups"))


@pytest.mark.parametrize("name, part", [(name, part) for name, found in parts.ALL.items() for part in found])
def test_every_panel_has_runs_in_the_reference_results(digits, fashion, name, part):
    tables = [papers.rows(found, part, case_of(found, name))[0] for found in (digits, fashion)]
    shown = [len(table) > 0 for table in tables]
    # The steps of the recurrent claim are other ones for images of another size.
    assert any(shown) if name == "recurrent" else all(shown)
    assert all(table["seeds"].max() == 5 for table, is_shown in zip(tables, shown) if is_shown)


@pytest.mark.parametrize("data", ["digits", "fashion"])
def test_every_recording_has_runs_in_the_reference_results(data, request):
    found = request.getfixturevalue(data)
    assert len(claims.watched(found, case_of(found, "internal-shift")))
    assert len(claims.landscapes(found, case_of(found, "smoothness")))


def run(**settings):
    """A run as `evaluations` looks at it."""
    return {
        "run": "r", "status": "finished", "data": "digits", "fingerprint": "f", "batch_size": "60", "epochs": "15", "train_limit": "0",
        "validation": "0.0", "last_batch": "keep", "evaluate_every": "5", "steps": 360.0, **settings}


@pytest.mark.parametrize(
    "settings, times, expected",
    [
        ({}, 72, True),
        ({"evaluate_every": "20"}, 72, False),
        ({"evaluate_every": "1000000"}, 72, False),
        ({"evaluate_every": "0"}, 72, False),
        ({"validation": "0.2", "steps": 300.0}, 72, True),
        ({"train_limit": "2000", "evaluate_every": "7"}, 72, True),
        ({"train_limit": "2000", "evaluate_every": "5"}, 72, False),
        ({"train_limit": "10000", "evaluate_every": "34"}, 72, True),
        ({"train_limit": "20", "evaluate_every": "1"}, 72, True),
        ({"steps": 15000.0, "evaluate_every": "208"}, 72, True),
        ({"steps": 15000.0, "evaluate_every": "5"}, 72, False),
        ({"batch_size": "32", "epochs": "3", "steps": 135.0, "evaluate_every": "6"}, 22, True),
        ({"status": "diverged", "steps": 3.0, "evaluate_every": "11"}, 72, True),
    ],
)
def test_the_interval_is_that_of_the_size_of_the_data(settings, times, expected):
    runs = pandas.DataFrame([run(**settings)])
    assert evaluations.evaluated(runs, runs, times).tolist() == [expected]


def test_a_run_that_diverged_is_as_long_as_the_others_of_its_data():
    runs = pandas.DataFrame([run(), run(run="s", status="diverged", steps=3.0), run(status="diverged", evaluate_every="11")])
    assert evaluations.evaluated(runs, runs, 72).tolist() == [True, True, False]


def test_runs_of_two_intervals_that_may_both_be_meant_are_not_mixed(digits):
    """Where nothing tells how many images there are, any interval is taken, and two are refused."""
    part = parts.ALL["placement"][0]
    case = case_of(digits, "placement")
    chosen = digits.selected("runs")
    rows = chosen[(chosen["model"] == "cnn") & (chosen["activation"] == "relu") & (chosen["epochs"] == "5")]
    rows = rows.assign(status="diverged")
    both = pandas.concat([rows, rows.assign(run="x" + rows["run"], evaluate_every="30")])
    found = replace(digits, runs=both, kept={"runs": both})
    with pytest.raises(UsageError, match="differ in evaluate_every"):
        papers.rows(found, part, case)


def test_a_panel_that_mixes_is_told_in_the_figure_of_the_effects(digits):
    chosen = digits.selected("runs")
    twice = pandas.concat([chosen, chosen.assign(run="x" + chosen["run"], width="99")])
    found = replace(digits, verdicts=digits.verdicts[digits.verdicts["claim"] == "affine"], kept={"runs": twice})
    (effects,) = claims.figures(found, Choice())
    assert "Not drawn: The panel “here” would mix runs that differ in width" in effects.caption
