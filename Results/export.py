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

import os
import sys

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))

from plots import program  # noqa: E402
from plots.errors import CreateError, WriteError  # noqa: E402

TARGETS = ("tensorboard", "mlflow")


def parser():
    """The options."""
    options = program.Parser("export.py", __doc__)
    options.add_argument("--to", nargs="+", default=list(TARGETS), metavar="NAME", help="tensorboard, mlflow (default: both)")
    options.add_argument("--out", metavar="DIR", help="where their folders go (default: FOLDER)")
    options.add_where()
    options.add_argument("--experiment", metavar="NAME", help="of MLflow (default: the name of the folder)")
    return options


def run(texts):
    """Exports, and prints how to look at it."""
    arguments = parser().parse_args(texts)
    for word in arguments.to:
        program.check("value of --to", word, TARGETS)
    # Packages are not needed before.
    from exports import event_files, file_store
    from exports.runs import runs_of
    from plots import choice as choices, records as recorded

    records = recorded.read(arguments.folder)
    records = choices.applied(records, choices.Choice(where=choices.parsed(arguments.where)))
    program.say_all("export.py", records.notes)
    name = arguments.experiment or records.folder.resolve().name
    for target in dict.fromkeys(arguments.to):
        folder = made(Path(arguments.out or records.folder) / target)
        write = {"tensorboard": event_files.to_tensorboard, "mlflow": file_store.to_mlflow}[target]
        try:
            look = write(runs_of(records), folder, name)
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


if __name__ == "__main__":
    packages = "pip install pandas tensorboard 'mlflow-skinny>=3.1,<4'"
    sys.exit(program.main("export.py", run, packages))
