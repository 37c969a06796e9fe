#!/usr/bin/env python3
"""Trains two runs under a memory limit that has room for one, as root on Linux.

    swift build --product compare && python3 Tests/memory.py

Without a limit, two side by side take more than the limit that is then set; under it the program says in one line how many fit,
ends as ever, and records the same. Exits with 1 if not.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from recorded import PROGRAM, looked_at

RUNS = (
    "--model rnn --sequence pixels --norm none,layer --width 256 --batch-size 512 --train-limit 1024 --epochs 2 --threads 2 --quiet"
).split()
GROUPS = Path("/sys/fs/cgroup")


def train(folder, jobs, group=None):
    """Trains; what the program said, and the most memory that it had, in bytes."""

    def enter():
        """Moves the program into the group, before it begins."""
        if group:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    process = subprocess.Popen(
        [PROGRAM, *RUNS, "--jobs", str(jobs), "--results", folder], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, preexec_fn=enter)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"exit code {os.waitstatus_to_exitcode(status)}: {said}")
    return said, used.ru_maxrss * 1024


def limited(limit):
    """A new control group with a limit, of either version."""
    is_unified = (GROUPS / "cgroup.controllers").exists()
    group = (GROUPS if is_unified else GROUPS / "memory") / f"compare-{os.getpid()}"
    group.mkdir()
    if is_unified:
        (group / "memory.max").write_text(str(limit))
        (group / "memory.swap.max").write_text("0")
    else:
        (group / "memory.limit_in_bytes").write_text(str(limit))
    return group


def main():
    """Measures, limits, compares."""
    if os.geteuid() != 0:
        raise SystemExit("Only root may set a limit.")
    with tempfile.TemporaryDirectory() as name:
        free, tight = Path(name) / "free", Path(name) / "tight"
        said, two = train(free, 2)
        if said:
            raise SystemExit(f"Without a limit, it said: {said}")
        _, one = train(Path(name) / "one", 1)
        limit = (one + two) // 2
        group = limited(limit)
        try:
            said, used = train(tight, 2, group)
        finally:
            group.rmdir()
        if "1 of 2 runs side by side" not in said or said.count("\n") != 1:
            raise SystemExit(f"Under a limit of {limit >> 20} MiB, it said: {said!r}")
        names = ("runs.csv", "curves.csv", "outcomes.csv")
        if looked_at(free, {}, names) != looked_at(tight, {}, names):
            raise SystemExit("Under a limit, other numbers are recorded.")
        print(
            f"One run takes {one >> 20} MiB, two {two >> 20}. Under a limit of {limit >> 20} MiB: {used >> 20} MiB, the same "
            f"numbers, and '{said.strip()}'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
