"""TensorBoard's and MLflow's own readers find in an export what `compare` recorded."""

import os
import subprocess
import sys

import pytest

import export

from plots import records as recorded_in
from plots.errors import MissingPackage

accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
tracking = pytest.importorskip("mlflow.tracking")


@pytest.fixture(params=["diverged", "tuned"])
def exported(request, recorded, tmp_path, capsys):
    """A recorded folder and where it was exported to."""
    folder = recorded(request.param)
    export.run([str(folder), "--out", str(tmp_path)])
    assert capsys.readouterr().out.count("runs. Look at it with:") == 2
    return recorded_in.read(folder), tmp_path


def accumulated(folder):
    """What TensorBoard reads in the folder of a run."""
    events = accumulators.EventAccumulator(str(folder), size_guidance={"scalars": 0})
    return events.Reload()


def experiment(folder, name):
    """The runs of an MLflow experiment, by what `compare` calls them."""
    client = tracking.MlflowClient(tracking_uri=(folder / "mlflow").resolve().as_uri())
    identifier = client.get_experiment_by_name(name).experiment_id
    return client, {run.data.tags["run"]: run for run in client.search_runs([identifier], max_results=1000)}


def test_tensorboard_has_the_curves_and_the_outcome(exported):
    records, folder = exported
    places = list((folder / "tensorboard").iterdir())
    assert len(places) == len(records.runs)
    for _, run in records.runs.iterrows():
        events = accumulated(next(place for place in places if place.name.endswith(run["run"])))
        curve = records.curves[records.curves["run"] == run["run"]].dropna(subset="train_loss").sort_values("step")
        if len(curve):
            scalars = events.Scalars("train_loss")
            assert [event.step for event in scalars] == list(curve["step"])
            assert [event.value for event in scalars] == pytest.approx(list(curve["train_loss"]), rel=1e-6)
        assert events.Scalars("outcome/guess_accuracy")[0].value == pytest.approx(run["guess_accuracy"])
        assert ("outcome/test_accuracy" in events.Tags()["scalars"]) == (run["status"] != "diverged")


def test_tensorboard_has_the_settings(exported):
    records, folder = exported
    from tensorboard.plugins.hparams import metadata
    run = records.runs.iloc[0]
    place = next(place for place in (folder / "tensorboard").iterdir() if place.name.endswith(run["run"]))
    content = accumulated(place).summary_metadata[metadata.SESSION_START_INFO_TAG].plugin_data.content
    found = metadata.parse_session_start_info_plugin_data(content).hparams
    assert found["norm"].string_value == run["norm"]
    assert found["learning_rate"].number_value == float(run["learning_rate"])
    assert found["status"].string_value == run["status"]


def test_mlflow_has_parameters_metrics_and_tags(exported):
    records, folder = exported
    client, found = experiment(folder, records.folder.name)
    assert set(found) == set(records.runs["run"])
    for _, row in records.runs.iterrows():
        run = found[row["run"]]
        assert run.info.status == "FINISHED" and run.data.tags["status"] == row["status"]
        assert run.data.params["norm"] == row["norm"] and run.data.params["batch_size"] == row["batch_size"]
        assert run.data.metrics["guess_accuracy"] == row["guess_accuracy"]
        curve = records.curves[records.curves["run"] == row["run"]].dropna(subset="train_loss")
        history = client.get_metric_history(run.info.run_id, "train_loss")
        assert sorted((point.step, point.value) for point in history) == sorted(zip(curve["step"], curve["train_loss"]))
    trials = set(records.trials["run"]) if len(records.trials) else set()
    assert {name for name, run in found.items() if "trial" in run.data.tags} == trials


def test_a_run_is_there_once_however_often_it_is_exported(recorded, tmp_path):
    for _ in range(2):
        export.run([str(recorded("diverged")), "--out", str(tmp_path), "--where", "norm=none"])
    records = recorded_in.read(recorded("diverged"))
    expected = int((records.runs["norm"] == "none").sum())
    _, found = experiment(tmp_path, "diverged")
    assert len(found) == expected
    for place in (tmp_path / "tensorboard").iterdir():
        assert len(list(place.iterdir())) == 1
    # What was cut short is made again.
    client, found = experiment(tmp_path, "diverged")
    name, run = next(iter(found.items()))
    client.set_terminated(run.info.run_id, "KILLED")
    export.run([str(recorded("diverged")), "--out", str(tmp_path), "--to", "mlflow"])
    assert experiment(tmp_path, "diverged")[1][name].info.run_id != run.info.run_id


def program(*words):
    """The program's exit code and what it said."""
    process = subprocess.run(
        [sys.executable, export.__file__, *map(str, words)], capture_output=True, text=True, env=os.environ, check=False)
    return process.returncode, process.stderr


def test_what_is_wrong_is_said_in_one_line(recorded, changed, tmp_path):
    (tmp_path / "file").write_text("")
    broken = changed("diverged", change=lambda lines: [*lines[:1], lines[1].replace(",digits,", ",digits"), *lines[2:]])
    for words, expected in (
            ([tmp_path / "nothing"], 66), ([recorded("diverged"), "--to", "tensorbord"], 64), ([recorded("diverged"), "--wher"], 64),
            ([recorded("diverged"), "--where", "norm=lair"], 64), ([broken], 65),
            ([recorded("diverged"), "--out", tmp_path / "file"], 73)):
        code, errors = program(*words)
        assert code == expected, errors
        assert errors.startswith("export.py: ") and errors.count("\n") == 1 and "Traceback" not in errors


def test_a_package_that_is_missing_is_named(monkeypatch, recorded, tmp_path):
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.event_file_writer", None)
    with pytest.raises(MissingPackage, match="pip install tensorboard") as raised:
        export.run([str(recorded("diverged")), "--out", str(tmp_path), "--to", "tensorboard"])
    assert raised.value.code == 69
