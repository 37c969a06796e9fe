"""The numbers in the figures, and that no line is of runs that differ in more than their seed."""

from dataclasses import replace

import altair
import pandas
import pytest

from conftest import RECORDED, field
from plots import (
    choice,
    claims,
    curves,
    differences,
    heatmap,
    kinds,
    landscape,
    layers,
    literature,
    records,
    sweep,
    tuning,
)
from plots.choice import Choice
from plots.errors import UsageError
from plots.figure import Figure


def read(folder, *where):
    """The records of a folder, or of some of its runs."""
    return choice.applied(records.read(folder), Choice(where=choice.parsed(where)))


def raw(folder, file="runs.csv"):
    """A file as pandas has it."""
    return pandas.read_csv(RECORDED / folder / file, keep_default_na=False, na_values=[""])


def test_a_curve_is_the_mean_between_least_and_most(recorded):
    table = curves.figures(read(recorded("plain"), "batch_size=4"), Choice())[0].table
    rows = raw("plain", "curves.csv").query("norm == 'layer' and batch_size == 4 and epoch == 2")["test_accuracy"]
    found = table[(table["norm"] == "layer") & (table["epochs"] == 2)].iloc[0]
    assert len(rows) == 3 == found["seeds"]
    assert found["mean"] == pytest.approx(rows.mean()) and (found["low"], found["high"]) == (rows.min(), rows.max())


def test_what_varies_is_a_panel(recorded):
    table = curves.figures(read(recorded("plain")), Choice())[0].table
    assert list(dict.fromkeys(table["panel"])) == ["batch size 32", "batch size 4"]
    assert (table["seeds"] == 3).all() and len(table) == 2 * 3 * 2


def test_runs_of_other_numerics_have_panels_of_their_own(changed):
    def older(lines):
        return lines[:1] + [
            field(lines[0], line, "numerics", "1") if ",digits,0," in line else line for line in lines[1:]
        ]

    table = curves.figures(read(changed("plain", change=older), "batch_size=4"), Choice())[0].table
    assert set(table["panel"]) == {"numerics 1", "numerics 2"}


def test_what_nothing_tells_apart_is_an_error(changed):
    def doubled(lines):
        return lines + [field(lines[0], lines[1], "run", "r1")]

    folder = changed("plain", change=doubled)
    with pytest.raises(UsageError, match="do not say what tells them apart"):
        sweep.figures(read(folder), Choice())


def test_too_many_panels_say_what_to_choose(recorded):
    read_all = read(recorded("plain"))
    runs = pandas.concat(
        [read_all.runs.assign(epochs=str(epochs), run=read_all.runs["run"] + str(epochs)) for epochs in range(9)]
    )
    curves_of_all = pandas.concat(
        [read_all.curves.assign(epochs=str(epochs), run=read_all.curves["run"] + str(epochs)) for epochs in range(9)]
    )
    many = replace(read_all, runs=runs, curves=curves_of_all, kept={})
    with pytest.raises(UsageError, match="choose with --where batch_size=4 epochs=0"):
        curves.figures(many, Choice())


def test_a_sweep_has_its_setting_on_a_logarithmic_axis(recorded):
    read_all = read(recorded("plain"))
    third = read_all.runs[read_all.runs["batch_size"] == "32"].assign(batch_size="256")
    third = third.assign(run="x" + third["run"])
    figure = sweep.figures(replace(read_all, runs=pandas.concat([read_all.runs, third], ignore_index=True), kept={}), Choice())[0]
    assert figure.name == "sweep-test-accuracy-batch-size"
    rows = raw("plain").query("norm == 'batch' and batch_size == 32")["test_accuracy"]
    found = figure.table.query("norm == 'batch' and batch_size == 32").iloc[0]
    assert found["mean"] == pytest.approx(rows.mean()) and found["low"] == rows.min() and found["seeds"] == 3
    assert '"type": "log"' in figure.chart.to_json()


def test_a_sweep_over_what_does_not_vary_is_an_error(recorded):
    with pytest.raises(UsageError, match="all have 2"):
        sweep.figures(read(recorded("plain")), Choice(against="epochs"))
    with pytest.raises(UsageError, match="are words"):
        sweep.figures(read(recorded("plain")), Choice(against="norm"))


def test_a_setting_that_goes_along_is_named_on_the_axis(recorded):
    read_all = read(recorded("plain"))
    rate = read_all.runs["batch_size"].map({"4": "0.01", "32": "0.08"})
    figure = sweep.figures(
        replace(read_all, runs=read_all.runs.assign(learning_rate=rate), kept={}), Choice(against="batch_size")
    )[0]
    assert "learning rate with it" in figure.chart.to_json()


def test_a_run_that_diverged_counts_as_guessing(recorded):
    figure = sweep.figures(read(recorded("diverged")), Choice())[0]
    found = figure.table.query("norm == 'none' and learning_rate == 1e8").iloc[0]
    guess = raw("diverged").query("norm == 'none' and learning_rate == 1e8")["guess_accuracy"]
    assert found["mean"] == pytest.approx(guess.mean()) and found["diverged"] == 2
    assert "3 of 8 runs diverged and count as guessing" in figure.caption


def test_a_loss_of_runs_that_diverged_is_not_drawn(recorded):
    table = sweep.figures(read(recorded("diverged")), Choice(metric="test_loss"))[0].table
    found = table.query("norm == 'none' and learning_rate == 1e8").iloc[0]
    assert found["seeds"] == 0 and pandas.isna(found["mean"])


def test_a_heat_map_marks_cells_with_divergence(recorded):
    table = heatmap.figures(read(recorded("diverged")), Choice(cells=("norm", "learning_rate")))[0].table
    texts = table.set_index(["norm", "learning_rate"])["text"]
    assert texts["none", "100000000.0"].endswith("†") and not texts["none", "0.03"].endswith("†")
    mean = raw("diverged").query("norm == 'none' and learning_rate == 0.03")["test_accuracy"].mean()
    assert table.query("norm == 'none' and learning_rate == '0.03'")["mean"].iloc[0] == pytest.approx(mean)


def test_a_heat_map_without_the_normalizer_has_a_panel_for_each(recorded):
    figure = heatmap.figures(read(recorded("plain")), Choice(cells=("seed", "batch_size")))[0]
    assert set(figure.table["panel"]) == {"none", "batch", "layer"} and (figure.table["seeds"] == 1).all()


def test_differences_are_those_of_the_file(recorded):
    table = differences.figures(read(recorded("plain")), Choice())[0].table
    rows = raw("plain", "differences.csv")
    assert len(table) == len(rows)
    for row in rows.itertuples():
        found = table[(table["norm"] == row.norm) & (table["panel"] == f"batch size {row.batch_size}")].iloc[0]
        assert found["told"] == {0: differences.SAME, 1: differences.OTHER}[row.told_from_best]
        if not row.is_baseline:
            assert (found["low"], found["difference"], found["high"]) == (row.low, row.difference, row.high)


def test_differences_of_one_seed_are_none(recorded):
    with pytest.raises(UsageError, match="three seeds"):
        differences.figures(read(recorded("diverged")), Choice(only=("differences",)))


def test_tuning_chose_the_runs_that_compare_chose(recorded):
    read_all = read(recorded("tuned"))
    taken = tuning.figures(read_all, Choice())[0].table.query("chosen")
    means = taken.groupby("norm")["test_accuracy"].mean()
    for row in raw("tuned", "differences.csv").itertuples():
        assert means[row.norm] == pytest.approx(row.test_accuracy, abs=1e-12)
    assert len(taken) == 6


def test_curves_of_a_tuned_folder_are_of_the_chosen_runs(recorded):
    table = curves.figures(read(recorded("tuned")), Choice())[0].table
    last = table[table["epochs"] == 2].set_index("norm")["mean"]
    for row in raw("tuned", "differences.csv").itertuples():
        assert last[row.norm] == pytest.approx(row.test_accuracy)


def test_what_counts_is_what_chosen_says_and_nothing_else(recorded):
    read_all = read(recorded("tuned"))
    trials, winners = read_all.trials, read_all.chosen
    others = trials[~trials["run"].isin(winners["run"])].drop_duplicates(["study", "replicate"])
    swapped = winners.drop(columns="run").merge(others[["study", "replicate", "run"]], on=["study", "replicate"])
    rows = replace(read_all, chosen=swapped, kept={}).selected("runs")
    assert set(rows["run"]) == set(others["run"]) and (rows["learning_rate"] == "tuned").all()


def test_a_seed_that_was_chosen_for_twice_counts_once(changed):
    def twice(lines):
        others = [field(lines[0], line, "chosen_by", "another") for line in lines[1:]]
        return [lines[0], *(field(lines[0], line, "run", "r0") for line in others), *lines[1:]]

    folder = changed("tuned", "chosen.csv", twice)
    assert len(read(folder).selected("runs")) == 6


def test_without_chosen_no_trial_is_a_result_and_it_is_said(changed):
    folder = changed("tuned", "chosen.csv", lambda lines: lines[:3])
    read_all = read(folder)
    assert len(read_all.selected("runs")) == 2 and not any("gone" in note for note in read_all.notes)
    assert any("does not say which trial counts for 4 of 6 seeds" in note for note in read_all.notes)
    (folder / "chosen.csv").unlink()
    assert read(folder).selected("runs").empty


def test_percentiles_are_means_over_the_seeds(recorded):
    table = layers.figures(read(recorded("inside")), Choice())[0].table
    rows = raw("inside", "layers.csv").query("norm == 'layer' and step == 2 and layer == 'layer1'")
    found = table.query("norm == 'layer' and step == 2 and place == 'layer1'").iloc[0]
    assert found["p15"] == pytest.approx(rows["p15"].mean()) and found["seeds"] == 2


def test_gradients_are_in_the_order_of_the_layers(recorded):
    table = layers.figures(read(recorded("inside")), Choice())[1].table
    assert list(table.query("norm == 'none' and panel == 'first evaluation'")["place"])[:2] == ["layer0", "layer1"]


def test_the_landscape_has_both_ways_of_steps(recorded):
    figure = landscape.figures(read(recorded("inside")), Choice())[0]
    rows = raw("inside", "landscape.csv").query("norm == 'none' and step == 0 and along == 'rate'")
    found = figure.table[
        (figure.table["norm"] == "none") & (figure.table["step"] == 0) & figure.table["panel"].str.contains("rate")
    ].iloc[0]
    assert found["low"] == pytest.approx(rows["loss_low"].mean()) and found["high"] == pytest.approx(
        rows["loss_high"].mean()
    )


def test_a_claim_has_its_effects_and_the_papers_numbers_beside_ours(recorded):
    effects, shown, *_ = claims.figures(read(recorded("claims")), Choice())
    verdict = raw("claims", "verdicts.csv").iloc[0]
    assert (effects.table["low"].iloc[0], effects.table["verdict"].iloc[0]) == (verdict["low"], verdict["verdict"])
    ours = shown.table[shown.table["source"] == "here"].set_index("norm")["mean"]
    assert 1 - ours["batch"] == pytest.approx(verdict["first"]) and 1 - ours["layer"] == pytest.approx(
        verdict["second"]
    )
    theirs = shown.table[shown.table["source"] == "paper"].set_index("norm")["mean"]
    assert theirs["instance"] == 0.284 and "Wu & He 2018, Table 1" in shown.caption


def test_every_finding_is_of_a_claim_and_has_a_source():
    for finding in literature.ALL:
        assert finding.source and finding.points and len(finding.panel) < 30, finding


def test_where_takes_a_number_in_any_spelling(recorded):
    assert set(read(recorded("diverged"), "learning-rate=3e-2").runs["learning_rate"]) == {"0.03"}
    assert set(read(recorded("plain"), "norm=none,batch", "batch_size=4").runs["norm"]) == {"none", "batch"}


def test_where_keeps_the_rows_of_differences(recorded):
    assert set(read(recorded("plain"), "batch_size=4").differences["batch_size"]) == {"4"}


def test_where_names_the_nearest(recorded):
    with pytest.raises(UsageError, match="Did you mean 'batch_size'"):
        read(recorded("plain"), "bach_size=4")
    with pytest.raises(UsageError, match="Did you mean 'layer'"):
        read(recorded("plain"), "norm=layr")


def test_every_kind_of_a_folder_is_drawn(recorded):
    names = {
        name: [figure.name for figure in kinds.figures(read(recorded(name)), Choice(), [])]
        for name in ("plain", "tuned", "inside", "claims")
    }
    assert names["plain"] == [
        "differences",
        "curves-test-accuracy",
        "curves-train-loss",
        "sweep-test-accuracy-batch-size",
    ]
    assert "tuning-learning-rate" in names["tuned"]
    assert names["inside"][-4:] == [
        "layers-percentiles",
        "layers-gradient",
        "landscape-loss",
        "landscape-gradient-change",
    ]
    assert names["claims"] == ["claim-family-effects", "claim-family"]


def with_settings(records_of, **values):
    """The records with settings that follow from the batch size."""
    runs = records_of.runs.assign(
        **{name: records_of.runs["batch_size"].map(map_of) for name, map_of in values.items()}
    )
    return replace(records_of, runs=runs, kept={})


def test_no_line_joins_two_models_or_data_sets(recorded):
    for name in ("model", "data"):
        mixed = with_settings(read(recorded("plain")), **{name: {"4": "one", "32": "two"}})
        assert sweep.figures(mixed, Choice()) == []
        with pytest.raises(UsageError, match="no two values"):
            sweep.figures(mixed, Choice(against="batch_size"))
        table = heatmap.figures(mixed, Choice(cells=("norm", "batch_size")))[0].table
        assert set(table["panel"]) == {"one", "two"}


def test_a_sweep_along_which_much_changes_is_an_error(recorded):
    changes = {name: {"4": "1", "32": "2"} for name in ("width", "depth", "epochs")}
    with pytest.raises(UsageError, match="would change width, depth, epochs with it"):
        sweep.figures(with_settings(read(recorded("plain")), **changes), Choice(against="batch_size"))


def test_normalizers_at_unequal_settings_are_named(recorded):
    read_all = read(recorded("plain"), "batch_size=4")
    rates = read_all.curves["norm"].map({"none": "0.1", "batch": "0.2", "layer": "0.2"})
    caption = curves.figures(replace(read_all, curves=read_all.curves.assign(learning_rate=rates), kept={}), Choice())[
        0
    ].caption
    assert "Not the same for every normalizer: learning rate (none 0.1; batch 0.2; layer 0.2)" in caption


def test_claims_of_two_data_sets_have_figures_of_their_own(recorded):
    read_all = read(recorded("claims"))
    other = read_all.runs.assign(data="/home/me/letters", run="x" + read_all.runs["run"], test_accuracy=0.5)
    trials = read_all.trials.assign(
        run="x" + read_all.trials["run"], study="x" + read_all.trials["study"], data="/home/me/letters"
    )
    chosen = read_all.chosen.assign(run="x" + read_all.chosen["run"], study="x" + read_all.chosen["study"])
    both = replace(
        read_all,
        kept={},
        runs=pandas.concat([read_all.runs, other]),
        trials=pandas.concat([read_all.trials, trials]),
        chosen=pandas.concat([read_all.chosen, chosen]),
        verdicts=pandas.concat([read_all.verdicts, read_all.verdicts.assign(data="/home/me/letters")]),
    )
    found = {figure.name: figure.table for figure in claims.figures(both, Choice())}
    assert set(found) == {f"claim-family{kind}-{data}" for kind in ("", "-effects") for data in ("digits", "letters")}
    ours = found["claim-family-letters"].query("source == 'here'")["mean"]
    assert (ours == 0.5).all()


def test_nothing_is_chosen_from_trials_of_two_numerics(changed):
    def both(lines):
        return lines + [field(lines[0], "older" + line, "numerics", "1") for line in lines[1:]]

    folder = changed("tuned", change=both)
    def older(lines):
        return lines + [field(lines[0], "older" + line, "study", "older" + line.split(",")[1]) for line in lines[1:]]

    changed("tuned", "trials.csv", older)
    changed("tuned", "chosen.csv", older)
    table = tuning.figures(read(folder), Choice())[0].table
    assert set(table["panel"]) == {"numerics 1", "numerics 2"}
    assert (table.groupby(["panel", "norm", "seed"])["chosen"].sum() == 1).all()


def test_a_name_from_a_file_is_a_name_of_a_file(recorded):
    hostile = Figure('claim-x"></script>/../../y', "A title", "A caption.", altair.Chart(), pandas.DataFrame())
    assert hostile.name == "claim-x-script-y"


def test_without_the_best_row_nothing_is_told_from_it(recorded):
    whole = records.read(recorded("tuned"))
    best = whole.differences.loc[whole.differences["test_accuracy"].idxmax(), "norm"]
    others = [norm for norm in whole.runs["norm"].unique() if norm != best]
    kept = choice.applied(whole, Choice(where={"norm": others}))
    assert len(kept.differences) and kept.differences["told_from_best"].isna().all()
    same = choice.applied(whole, Choice(where={"norm": [best, *others]}))
    assert same.differences["told_from_best"].equals(whole.differences["told_from_best"])


def test_what_a_file_cannot_tell_apart_is_left_out_with_a_note(recorded):
    kept = choice.applied(records.read(recorded("tuned")), Choice(where={"seed": ["0"]}))
    assert kept.differences.empty and "differences.csv does not tell the values of seed apart: it is left out." in kept.notes
