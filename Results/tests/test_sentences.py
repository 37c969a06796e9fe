"""Sentences say what the intervals allow, and nothing more."""

from dataclasses import replace

import pandas
import pytest

from plots import comparisons, records, sentences, verdicts, wording


def row(norm, accuracy, difference=None, low=None, high=None, told=0, **others):
    """A row of differences.csv; one without a difference is the baseline."""
    nothing = float("nan")
    return {
        "model": "cnn", "norm": norm, "data": "digits", "batch_size": "32", "learning_rate": "0.03", "runs": 5.0,
        "test_accuracy": accuracy, "half_width": 0.01, "is_baseline": float(difference is None), "seeds": 5.0, "images": 360.0,
        "difference": nothing if difference is None else difference, "low": nothing if low is None else low,
        "high": nothing if high is None else high, "seed_floor": 0.01, "told_from_best": told, **others}


@pytest.fixture
def said(recorded):
    """What is said of rows of differences."""

    def say(*rows):
        found = replace(records.read(recorded("plain")), differences=pandas.DataFrame(rows))
        return [sentence for part in comparisons.about_differences(found) for sentence in part.sentences]

    return say


def test_a_difference_is_named_with_its_interval_and_direction(said):
    found = said(
        row("layer", 0.9, 0.2, 0.1, 0.3, 0), row("batch", 0.5, -0.2, -0.3, -0.1, 1), row("none", 0.7, told=1))
    assert found[0] == "More accurate than none on the test images: layer by 0.2000 [0.1000,\u00a00.3000]."
    assert found[1] == "Less accurate than none on the test images: batch by 0.2000 [0.1000,\u00a00.3000]."
    assert found[2] == "Most accurate is layer, and every other row is told apart from it."


def test_an_interval_that_holds_zero_is_no_difference(said):
    found = said(row("layer", 0.9, 0.2, -0.1, 0.5), row("none", 0.7))
    assert found[0] == "Cannot be told apart from none: layer (+0.2000 [−0.1000,\u00a0+0.5000])."
    assert found[1] == "No row is the best: layer and none cannot be told from the most accurate one."
    assert said(row("layer", 0.9, 0.2, 0.0, 0.5), row("none", 0.7))[0].startswith("Cannot be told apart")


def test_without_intervals_there_is_no_rank(said, recorded):
    nothing = float("nan")
    rows = [row("layer", 0.9, nothing, told=nothing), row("none", 0.7, told=nothing)]
    assert said(*rows) == []
    found = replace(records.read(recorded("plain")), differences=pandas.DataFrame(rows))
    assert any("three seeds" in sentence for sentence in sentences.not_concluded(found))
    assert comparisons.how_sure(found) == []


def test_a_row_that_was_compared_with_nothing_is_not_called_told_apart(said):
    rows = [row("layer", 0.9, 0.2, 0.1, 0.3, 0), row("batch", 0.5, told=float("nan")), row("none", 0.7, told=1)]
    assert not any("every other row" in sentence for sentence in said(*rows))


def test_each_setting_has_its_own_baseline(said):
    found = said(
        row("layer", 0.9, 0.3, 0.2, 0.4, batch_size="2"), row("none", 0.6, batch_size="2", told=1),
        row("layer", 0.8, 0.1, -0.1, 0.3, batch_size="8", told=1), row("none", 0.7, batch_size="8", told=1))
    assert found[0].startswith("With batch size 2: more accurate than none on the test images: layer by 0.3000")
    assert found[1].startswith("With batch size 8: cannot be told apart from none: layer")
    assert found[2] == "Most accurate is layer (batch size 2), and every other row is told apart from it."


def test_many_settings_are_counted(said):
    rows = []
    for size in range(1, 12):
        low = 0.1 if size == 3 else -0.1
        rows += [row("layer", 0.9, 0.2, low, 0.3, batch_size=str(size)), row("none", 0.7, batch_size=str(size))]
    found = said(*rows)
    assert found[0].startswith("With batch size 3: more accurate than none")
    assert found[1] == "In 10 of 11 combinations of settings nothing can be told apart from the baseline; the table below has every interval."
    assert found[2] == "No row is the best: 22 of 22 rows cannot be told from the most accurate one."


def test_rows_of_one_normalizer_are_named_by_what_they_differ_in(said):
    found = said(row("layer", 0.9, 0.2, 0.1, 0.3, batch_size="8"), row("layer", 0.7, batch_size="2", told=1))
    assert found[0] == "More accurate than layer, batch size 2 on the test images: layer, batch size 8 by 0.2000 [0.1000,\u00a00.3000]."


def test_how_sure_counts_seeds_images_and_tuning(recorded):
    plain = comparisons.how_sure(records.read(recorded("plain")))
    assert "intervals hold together at 95 %; they count seeds and test images. With 3 seeds and 360 test images" in plain[0]
    tuned = comparisons.how_sure(records.read(recorded("tuned")))
    assert "seeds, tuning and test images" in tuned[0] and "Each seed chose its own learning rate" in tuned[1]


def test_a_verdict_has_its_effect_and_what_was_claimed(recorded):
    found = records.read(recorded("claims"))
    part = verdicts.about_verdicts(found)[0]
    counts = found.verdicts["verdict"].value_counts()
    assert part.sentences[0].startswith(f"Of {wording.counted(len(found.verdicts), 'question')} {counts.get('supported', 0)} supported")
    ratio = {"question": "q", "verdict": "supported", "form": "ratio", "effect": 5.0363, "low": 2.1225, "high": 11.9498, "rule": "more", "delta": 1.25}
    assert verdicts.verdict_sentence(pandas.Series(ratio)) == "Supported: q: ×5.04 [2.12,\u00a011.9], claimed ≥ ×1.25."
    equal = ratio | {"verdict": "contradicted", "form": "difference", "effect": -0.2, "low": -0.3, "high": -0.1, "rule": "equal", "delta": 0.02}
    assert verdicts.verdict_sentence(pandas.Series(equal)) == "Contradicted: q: −0.2000 [−0.3000,\u00a0−0.1000], claimed within ±0.0200."


def test_diverged_runs_are_counted_and_said(recorded):
    found = records.read(recorded("diverged"))
    diverged = found.runs[found.runs["status"] == "diverged"]
    told = [sentence for sentence in sentences.about_runs(found) if sentence.startswith("Diverged: ")]
    assert len(told) == (1 if len(diverged) else 0) and all("count as guessing" in sentence for sentence in told)


@pytest.mark.parametrize("value, text", [
    (float("nan"), "–"), (0, "0"), (0.00012, "1.2e-04"), (-0.5, "−0.5000"), (3.14159, "3.14"), (12.34, "12.3"), (1234.5, "1234"), (2e7, "2.0e+07")])
def test_numbers_have_three_digits(value, text):
    assert wording.number(value) == text


def test_what_was_not_chosen_is_no_result(recorded):
    found = records.read(recorded("tuned"))
    results = found.selected("runs")
    lost = found.runs["run"].isin(results["run"]) == False  # noqa: E712
    assert lost.sum() == 18
    collapsed = replace(found, runs=found.runs.assign(status=found.runs["status"].mask(lost, "collapsed")), kept={})
    told = sentences.about_runs(collapsed)
    assert told[0].startswith("24 runs ") and told[1] == "18 of them are trials of tuning that were not chosen."
    assert not any(sentence.startswith("Collapsed") for sentence in told)
