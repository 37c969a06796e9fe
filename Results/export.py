#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["pandas>=2.2", "tensorboard>=2.18", "mlflow-skinny>=3.1,<4"]
# ///
"""Hands what `compare` recorded in a folder to TensorBoard and to MLflow, one run a run.

    uv run Results/export.py                                    # Results, into Results/tensorboard and Results/mlflow
    uv run Results/export.py Results/claims --to tensorboard    # the runs of the claims, for TensorBoard alone
    uv run Results/export.py --where model=cnn --out exported   # some of the runs, into another folder

Settings become parameters, curves metrics by step, and what a run came to the metrics of its last step. Exported again, a run is
there once. When it began is not recorded: the time of the folder stands for it.
"""

import argparse
import importlib
import os
import shutil
import sys

from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from plots import choice as choices  # noqa: E402
from plots import records as recorded  # noqa: E402
from plots import tables  # noqa: E402
from plots.columns import CURVE_NUMBERS, RUN_NUMBERS  # noqa: E402
from plots.errors import CreateError, ResultsError, UsageError, WriteError, unknown  # noqa: E402

# MLflow writes to files only when it is asked to twice, and calls home unless it is told not to.
os.environ |= {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
# More do not fit into one call.
MLFLOW_BATCH = 500
NOT_MEASURED = ("step", "epoch")


class Parser(argparse.ArgumentParser):
    """Wrong usage is one line and the exit code of usage."""

    def error(self, message):
        raise UsageError(f"{message}. See export.py --help.")


class MissingPackage(ResultsError):
    """A package that is not installed: the exit code of a service that is not there."""

    code = 69


class Run:
    """A recorded run in the words that both have: parameters, metrics by step, tags."""

    def __init__(self, row, curve, trials, settings, began):
        self.identifier = row["run"]
        self.name = f"{row['model']} {row['norm']} seed {row['seed']} {row['run']}"
        self.parameters = {name: row[name] for name in settings if name not in recorded.BESIDE and row[name] != ""}
        self.curve = list(points(curve))
        last = int(row["steps"]) if row["steps"] == row["steps"] else 0
        self.outcome = [(name, row[name], last) for name in RUN_NUMBERS if name in row.index and row[name] == row[name]]
        self.tags = {"run": row["run"], "status": row["status"]}
        self.tags |= {name: row[name] for name in ("version", *recorded.BESIDE) if row.get(name, "") != ""}
        self.tags |= trials
        self.began = began

    @property
    def folder(self):
        """Its name as a folder can have it."""
        return "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in self.name)


def points(curve):
    """The curve of a run: name, number, step, and the seconds since the run began."""
    names = [name for name in CURVE_NUMBERS if name in curve and name not in NOT_MEASURED]
    for row in curve.sort_values("step").to_dict("records") if len(curve) else []:
        seconds = row.get("elapsed_seconds", 0)
        for name in names:
            if row[name] == row[name]:
                yield name, row[name], int(row["step"]), seconds if seconds == seconds else 0


def runs_of(records):
    """Every run of the records."""
    began = tables.found(records.folder / "runs.csv").stat().st_mtime
    curves = dict(list(records.curves.groupby("run", sort=False))) if len(records.curves) else {}
    trials = trials_of(records)
    for _, row in records.runs.iterrows():
        name = row["run"]
        yield Run(row, curves.get(name, records.curves.iloc[:0]), trials.get(name, {}), records.settings, began)


def trials_of(records):
    """For a trial of tuning, of which study it was; of several, the first."""
    found = {}
    for row in records.trials.to_dict("records"):
        found.setdefault(row["run"], {"study": row["study"], "replicate": row["replicate"], "trial": f"{row['trial']:.0f}"})
    return found


def to_tensorboard(runs, folder, name):
    """A folder of event files for each run, with its parameters for the dashboard of hyperparameters."""
    writers = load("tensorboard.summary.writer.event_file_writer", "tensorboard")
    hparams = load("tensorboard.plugins.hparams.summary_v2", "tensorboard")
    summaries = load("tensorboard.compat.proto.summary_pb2", "tensorboard")
    events = load("tensorboard.compat.proto.event_pb2", "tensorboard")
    for run in runs:
        place = folder / run.folder
        shutil.rmtree(place, ignore_errors=True)
        writer = writers.EventFileWriter(str(place))

        def add(summary, step, time, writer=writer):
            writer.add_event(events.Event(summary=summary, step=step, wall_time=time))

        numbers = {key: number(text) for key, text in run.parameters.items()} | {"status": run.tags["status"]}
        add(hparams.hparams_pb(numbers, trial_id=run.identifier, start_time_secs=run.began), 0, run.began)
        named = [(f"outcome/{key}", value, step, 0) for key, value, step in run.outcome]
        for key, value, step, seconds in run.curve + named:
            value = summaries.Summary.Value(tag=key, simple_value=value)
            add(summaries.Summary(value=[value]), step, run.began + seconds)
        writer.close()
    return f"tensorboard --logdir {folder}"


def number(text):
    """A text as the number that it is, if it is one."""
    try:
        return float(text)
    except ValueError:
        return text


def to_mlflow(runs, folder, name):
    """An experiment in MLflow's file store, its name that of the results folder."""
    client = load("mlflow.tracking", "mlflow-skinny").MlflowClient(tracking_uri=folder.resolve().as_uri())
    entities = load("mlflow.entities", "mlflow-skinny")
    found = client.get_experiment_by_name(name)
    experiment = found.experiment_id if found else client.create_experiment(name)
    whole, cut = recorded_in(client, experiment)
    for identifier in cut:
        client.delete_run(identifier)
    for run in runs:
        if run.identifier in whole:
            continue
        moment = int(run.began * 1000)
        made = client.create_run(experiment, start_time=moment, run_name=run.name, tags=run.tags).info.run_id
        measured = {key for key, _, _, _ in run.curve}
        # The last row of a curve is the outcome of the same name.
        points = run.curve + [(key, value, step, 0) for key, value, step in run.outcome if key not in measured]
        metrics = [entities.Metric(key, value, int(moment + seconds * 1000), step) for key, value, step, seconds in points]
        for start in range(0, len(metrics), MLFLOW_BATCH):
            client.log_batch(made, metrics=metrics[start : start + MLFLOW_BATCH])
        parameters = [entities.Param(key, text) for key, text in run.parameters.items()]
        for start in range(0, len(parameters), 90):
            client.log_batch(made, params=parameters[start : start + 90])
        client.set_terminated(made, "FINISHED", end_time=moment)
    return f"MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri {folder}"


def recorded_in(client, experiment):
    """What an experiment has: the runs that are whole, as `compare` calls them, and those that were cut short."""
    whole, cut, token = set(), [], None
    while True:
        page = client.search_runs([experiment], max_results=1000, page_token=token)
        for run in page:
            if run.info.status == "FINISHED":
                whole.add(run.data.tags.get("run"))
            else:
                cut.append(run.info.run_id)
        token = page.token
        if not token:
            return whole, cut


def load(module, package):
    """A module of a package, or an error that says how to get it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPackage(f"{package} is not installed ({error}): run uv run Results/export.py, or pip install {package}.") from None


TARGETS = {"tensorboard": to_tensorboard, "mlflow": to_mlflow}


def parser():
    """The options."""
    options = Parser(prog="export.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    options.add_argument("folder", nargs="?", default="Results", help="what compare wrote to (default: Results)")
    options.add_argument("--to", nargs="+", default=list(TARGETS), metavar="NAME", help="tensorboard, mlflow (default: both)")
    options.add_argument("--out", metavar="DIR", help="where their folders go (default: FOLDER)")
    options.add_argument("--where", nargs="+", default=[], action="extend", metavar="NAME=VALUE", help="only these runs")
    options.add_argument("--experiment", metavar="NAME", help="of MLflow (default: the name of the folder)")
    return options


def run(texts):
    """Exports, and prints how to look at it."""
    arguments = parser().parse_args(texts)
    for word in arguments.to:
        if word not in TARGETS:
            raise UsageError(unknown("value of --to", word, TARGETS))
    records = recorded.read(arguments.folder)
    records = choices.applied(records, choices.Choice(where=choices.parsed(arguments.where)))
    for note in records.notes:
        print(f"export.py: {note}", file=sys.stderr)
    name = arguments.experiment or records.folder.resolve().name
    for target in dict.fromkeys(arguments.to):
        folder = made(Path(arguments.out or records.folder) / target)
        try:
            look = TARGETS[target](runs_of(records), folder, name)
        except OSError as error:
            raise WriteError(f"{folder} cannot be written: {error.strerror or error}.") from None
        count = len(records.runs)
        print(f"{folder}: {count} {'run' if count == 1 else 'runs'}. Look at it with: {look}")


def made(folder):
    """A folder, made if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CreateError(f"{folder} cannot be made: {error.strerror}. Name another folder with --out.") from None
    if not os.access(folder, os.W_OK):
        raise CreateError(f"{folder} cannot be written. Name another folder with --out.")
    return folder


def main():
    """Runs, and says in one line what is wrong."""
    try:
        run(sys.argv[1:])
        sys.stdout.flush()
    except ResultsError as error:
        print(f"export.py: {error}", file=sys.stderr)
        return error.code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
