"""TensorBoard's event files, written by its own writer."""

import shutil
import threading

from contextlib import contextmanager

from .packages import load


def to_tensorboard(runs, folder, name):
    """A folder of event files for each run, with its parameters for the dashboard of hyperparameters."""
    writers = load("tensorboard.summary.writer.event_file_writer", "tensorboard")
    hparams = load("tensorboard.plugins.hparams.summary_v2", "tensorboard")
    summaries = load("tensorboard.compat.proto.summary_pb2", "tensorboard")
    events = load("tensorboard.compat.proto.event_pb2", "tensorboard")
    for run in runs:
        place = folder / run.folder
        shutil.rmtree(place, ignore_errors=True)
        with quiet_threads():
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


@contextmanager
def quiet_threads():
    """The writer has a thread of its own; what fails there is raised when it is closed, and needs no second telling."""
    before = threading.excepthook
    threading.excepthook = lambda failure: None
    try:
        yield
    finally:
        threading.excepthook = before


def number(text):
    """A text as the number that it is, if it is one."""
    try:
        return float(text)
    except ValueError:
        return text
