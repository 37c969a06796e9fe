#!/usr/bin/env python3
"""Trains a grid of 24 runs as a Slurm array of 6 tasks, stops two in the middle, submits again, merges, and compares.

    python3 Tests/Slurm/array.py                     # as root, with slurm-wlm and munge (Debian) and a built compare
    python3 Tests/Slurm/array.py --compare PATH      # another program than .build/debug/compare

A controller, a node and their authentication are started in a folder of their own, on ports that are free, and ended with
the script. What the merged folder holds must be, but for times, what the same grid comes to alone, bit for bit. Exits with 1
if not.
"""

import argparse
import csv
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TASKS = 6
GRID = "--norm none,batch,layer --model cnn,mlp --seeds 4 --epochs 30 --record layers --quiet".split()
RUNS = 24
TIMES = {"seconds", "samples_per_second", "elapsed_seconds"}
MERGED = ["runs.csv", "curves.csv", "outcomes.csv", "layers.csv", "labels.csv", "channels.csv", "differences.csv"]
PATIENCE = 600


class Failure(Exception):
    """What is not as it should be."""


def say(text):
    """Prints a line at once."""
    print(text, flush=True)


def require(condition, text):
    """Fails with a text unless the condition holds."""
    if not condition:
        raise Failure(text)


def wait(what, holds):
    """Waits until something is so, and fails where it never is."""
    end = time.monotonic() + PATIENCE
    while not holds():
        require(time.monotonic() < end, f"{what}: not within {PATIENCE} seconds")
        time.sleep(0.02)


class Cluster:
    """A controller and one node on this machine."""

    def __init__(self, folder, cpus):
        self.folder = folder
        self.daemons = []
        self.environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf")}
        host = socket.gethostname().split(".")[0]
        text = (Path(__file__).parent / "slurm.conf").read_text()
        ports = free_ports(2)
        values = {"host": host, "folder": folder, "controller_port": ports[0], "node_port": ports[1], "cpus": cpus}
        (folder / "slurm.conf").write_text(text.format_map(values))
        (folder / "munge.key").write_bytes(os.urandom(1024))
        (folder / "munge.key").chmod(0o400)

    def __enter__(self):
        try:
            self.start_munge()
            self.start("slurmctld", "-D", "-i")
            self.start("slurmd", "-D")
            wait("a node that is idle", lambda: "idle" in self.run("sinfo", "--noheader", "--format=%T", check=False))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.daemons:
            self.run("scancel", "--signal=KILL", "--full", "--name=compare", check=False)
        for daemon in reversed(self.daemons):
            daemon.terminate()
            try:
                daemon.wait(timeout=20)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def start(self, name, *arguments):
        """Starts a daemon that stays this script's child."""
        program = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        require(program, f"{name} is not installed: apt-get install slurm-wlm munge")
        log = (self.folder / f"{name}.log").open("w")
        daemon = subprocess.Popen([program, *arguments], stdout=log, stderr=log, env=self.environment, cwd=self.folder)
        self.daemons.append(daemon)
        return daemon

    def start_munge(self):
        """Starts the daemon that Slurm's parts know each other by."""
        names = {"socket": "munge.socket", "key-file": "munge.key", "seed-file": "munge.seed", "pid-file": "munge.pid",
                 "log-file": "munged.log"}
        options = [f"--{option}={self.folder / name}" for option, name in names.items()]
        munge = self.start("munged", "--foreground", "--force", *options)
        wait("munged", lambda: (self.folder / "munge.socket").exists() or munge.poll() is not None)

    def run(self, *words, check=True):
        """What a command prints."""
        done = subprocess.run(words, env=self.environment, capture_output=True, text=True)
        if check and done.returncode:
            raise Failure(f"{shlex.join(map(str, words))}: {done.stderr.strip()}")
        return done.stdout.strip()

    def submit(self, arguments, compare):
        """Submits the array, and returns the number of its job."""
        words = ["sbatch", "--parsable", f"--array=1-{TASKS}", "--cpus-per-task=1", f"--chdir={self.folder}",
                 f"--export=ALL,COMPARE={compare}", ROOT / "Scripts/slurm.sbatch", str(TASKS), *arguments]
        return self.run(*words).split(";")[0]

    def is_over(self, job):
        """Whether no task of a job waits or runs."""
        return not self.run("squeue", "--noheader", f"--jobs={job}", check=False)

    def states(self, job):
        """The state of each task of a job that is over."""
        lines = self.run("scontrol", "show", "job", job, "--oneliner").splitlines()
        found = [dict(word.split("=", 1) for word in line.split() if "=" in word) for line in lines]
        return dict(sorted((int(task["ArrayTaskId"]), task["JobState"]) for task in found))

    def processes(self, job, task):
        """The processes of a task."""
        number = self.run("squeue", "--noheader", f"--jobs={job}_{task}", "--format=%A", check=False)
        lines = self.run("scontrol", "listpids", number, check=False).splitlines()[1:] if number else []
        return [int(line.split()[0]) for line in lines if line.split()[0].isdigit() and int(line.split()[0]) > 0]


def free_ports(count):
    """Ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def folder_of(results, task):
    """The folder of a task."""
    return results / f"task-{task}-of-{TASKS}"


def lines(path):
    """The rows of a file, as they stand there."""
    return path.read_text().splitlines()[1:] if path.exists() else []


def timeless(path):
    """The rows of a file by the names of their columns, without times, in an order that follows from them."""
    with path.open() as file:
        rows = list(csv.DictReader(file))
    return sorted([sorted((key, value) for key, value in row.items() if key not in TIMES) for row in rows])


def stop_in_the_middle(cluster, job, results):
    """Stops one task as scancel does and kills another, each when some of its runs are recorded, but not all."""
    share = RUNS // TASKS
    ways = {2: "cancelled", 5: "killed"}
    for task, way in ways.items():
        rows = folder_of(results, task) / "runs.csv"
        wait(f"a run of task {task}", lambda: len(lines(rows)) >= 1)
        if way == "cancelled":
            cluster.run("scancel", f"{job}_{task}")
        else:
            for process in cluster.processes(job, task):
                os.kill(process, signal.SIGKILL)
    wait("the end of the first array", lambda: cluster.is_over(job))
    left = {task: lines(folder_of(results, task) / "runs.csv") for task in range(1, TASKS + 1)}
    for task, way in ways.items():
        say(f"task {task} was {way} with {len(left[task])} of {share} runs recorded")
        require(0 < len(left[task]) < share, f"task {task} was not stopped in its middle")
    for task in set(left) - set(ways):
        require(len(left[task]) == share, f"task {task} has {len(left[task])} of {share} runs")
    return left


def check_resumed(left, results):
    """What was recorded before must stand there still, times included: it was not trained again."""
    for task, before in left.items():
        after = lines(folder_of(results, task) / "runs.csv")
        require(after[:len(before)] == before, f"task {task} trained again what was recorded")
        require(len(after) == RUNS // TASKS, f"task {task} has {len(after)} runs")


def compare_folders(merged, alone):
    """Both folders must hold the same, but for times and the order of rows."""
    for name in MERGED:
        own, other = timeless(merged / name), timeless(alone / name)
        require(own, f"{name} of the merged folder is empty")
        require(own == other, f"{name} of the merged folder is not that of the grid alone")
        say(f"{name}: {len(own)} rows, the same bits")


def run_program(arguments, folder):
    """What the program prints; it must succeed."""
    done = subprocess.run([str(word) for word in arguments], cwd=folder, capture_output=True, text=True)
    require(done.returncode == 0, f"{shlex.join(map(str, arguments))} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def test(folder, compare):
    """The whole of it."""
    results, merged, alone = folder / "grid", folder / "merged", folder / "alone"
    arguments = [*GRID, "--results", str(results)]
    with Cluster(folder, cpus=TASKS) as cluster:
        say(cluster.run("sinfo", "--version") + f", a node of {TASKS} processors")
        job = cluster.submit(arguments, compare)
        say(f"job {job}: {RUNS} runs in {TASKS} tasks")
        left = stop_in_the_middle(cluster, job, results)
        say(f"the first array: {cluster.states(job)}")
        job = cluster.submit(arguments, compare)
        wait("the end of the second array", lambda: cluster.is_over(job))
        states = cluster.states(job)
        say(f"the second array: {states}")
        require(set(states.values()) == {"COMPLETED"}, "not every task of the second array was completed")
    check_resumed(left, results)
    folders = [folder_of(results, task) for task in range(1, TASKS + 1)]
    say(run_program([compare, "merge", *folders, "--into", merged], folder).strip())
    listed = run_program([compare, *GRID, "--results", merged, "--dry-run"], folder)
    require(listed.endswith(f"{RUNS} runs, 0 to train.\n"), f"the merged folder lacks runs: {listed[-40:]}")
    for target in (merged, alone):
        run_program([compare, *GRID, "--results", target], folder)
    compare_folders(merged, alone)


def main():
    """Runs the test, and says what it came to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compare", type=Path, default=ROOT / ".build/debug/compare")
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs and results")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    (folder / "state").mkdir()
    (folder / "spool").mkdir()
    try:
        require(os.geteuid() == 0, "Slurm's daemons are started as root")
        require(options.compare.exists(), f"{options.compare} is not built")
        test(folder, options.compare.resolve())
    except Failure as failure:
        say(f"FAILED: {failure}")
        for log in sorted(folder.glob("*.log")) + sorted(folder.glob("slurm-*.out")):
            say(f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-15:]))
        return 1
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    say("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
