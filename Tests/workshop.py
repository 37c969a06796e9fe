"""The program and the commands that are disturbed, and what every disturbance must leave."""

import os
import resource
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from recorded import NOT_OURS, contents, looked_at

PATIENCE = 600
SMALL = "--model mlp --depth 1 --width 8 --train-limit 100 --batch-size 50"
RUN = f"--norm {{}} {SMALL} --jobs 1 --threads 1 --quiet --results FOLDER"
CANNOT_CREATE, WRITE_FAILED, OUT_OF_TIME = 73, 74, 75
NOBODY = 65534


@dataclass
class Outcome:
    """How a program ended."""

    code: int
    errors: list


@dataclass
class Task:
    """A command, the folder that it starts with, and what that folder holds in the end."""

    name: str
    command: str
    start: Path
    expected: dict = field(default_factory=dict)

    def words(self, folder):
        """The arguments with which it records in a folder."""
        return self.command.replace("FOLDER", str(folder)).split()


class Workshop:
    """The program, a folder for everything, and the commands that are disturbed."""

    def __init__(self, program, place):
        self.program, self.place, self.number = program, place, 0
        none = RUN.format("none") + " --epochs 1 --record layers"
        self.grid = self.made("grid", RUN.format("none,layer") + " --epochs 1,2 --record layers", none)
        self.tuning = self.made("tuning", RUN.format("none,layer") + " --epochs 1 --tune learning-rate --budget 2")
        self.merge = self.made("merge", self.merging(), none)

    def merging(self):
        """The command that joins two folders, which it makes."""
        for norm in ("layer", "rms"):
            self.ended(RUN.format(norm) + " --epochs 1,2 --record layers", self.place / norm)
        return f"merge {self.place}/layer {self.place}/rms --into FOLDER"

    def made(self, name, command, before=None):
        """A task, with what it comes to when nothing disturbs it."""
        task = Task(name, command, self.place / f"start-of-{name.replace(' ', '-')}")
        if before:
            self.ended(before, task.start)
        folder = self.folder(task)
        self.ended(command, folder)
        task.expected = contents(folder)
        return task

    def folder(self, task, place=None):
        """A new folder with what the task starts with."""
        self.number += 1
        folder = (place or self.place) / f"folder-{self.number}"
        if task.start.exists():
            shutil.copytree(task.start, folder)
        return folder

    def ended(self, command, folder):
        """Runs a command that nothing disturbs."""
        outcome = ended([self.program, *command.replace("FOLDER", str(folder)).split()])
        if outcome.code:
            raise SystemExit(f"{command} in {folder}: exit code {outcome.code}: {outcome.errors}")

    def disturbed(self, task, folder, reasons, about=None, **options):
        """Runs a task that is disturbed, and looks at what is left; returns whether it failed, as it should."""
        before = seen(folder)
        outcome = ended([self.program, *task.words(folder)], **options)
        if outcome.code:
            refused(outcome, about or folder, reasons)
        seen(folder, before)
        return outcome.code != 0

    def completes(self, task, folder):
        """Completes a folder, compares it with what should be there, and removes it."""
        self.ended(task.command, folder)
        found = contents(folder)
        for name in task.expected.keys() | found.keys():
            if found.get(name) != task.expected.get(name):
                raise SystemExit(f"{folder}: {name} is not that of the undisturbed {task.name}.")
        beside = {path.name for path in folder.iterdir()} - {*found, *NOT_OURS, ".lock"}
        if beside:
            raise SystemExit(f"{folder}: {', '.join(sorted(beside))} stay behind.")
        shutil.rmtree(folder)


def ended(words, limit=None, environment=None, user=None, folder=None):
    """Runs something to its end, where no file can be longer than a limit, or as another user."""

    def narrow():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = subprocess.run(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=PATIENCE, user=user, cwd=folder,
        env={**os.environ, **(environment or {})}, preexec_fn=narrow if limit is not None else None)
    return Outcome(process.returncode, process.stderr.splitlines())


def seen(folder, before=None):
    """What is recorded, where what was recorded before must be."""
    layers = ["layers.csv"] if (folder / "layers.csv").exists() or "layers.csv" in (before or {}) else []
    return looked_at(folder, before or {}, ["runs.csv", "curves.csv", "outcomes.csv", *layers])


def refused(outcome, place, reasons):
    """Stops unless a program failed with one line that names a file and the system's reason."""
    line = outcome.errors[0] if len(outcome.errors) == 1 else ""
    names = [os.strerror(reason) for reason in reasons]
    if (
        outcome.code not in (CANNOT_CREATE, WRITE_FAILED) or not line.startswith("compare: ") or str(place) not in line
        or not any(name in line for name in names)
    ):
        raise SystemExit(f"{place}: exit code {outcome.code}, {outcome.errors} instead of one of {names}")
