#!/usr/bin/env python3
"""Trains under memory limits, as root on Linux.

    swift build --product compare && python3 Tests/memory.py

Two runs side by side take more than a limit that has room for one: the program says in one line how many fit, ends as ever, and
records the same. A run whose weights are most of its memory is stopped again and again under a limit close above what it takes: it
writes and reads its checkpoints within that, and comes to the same. Data that do not fit are refused in a line. Exits with 1 if not.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from recorded import PROGRAM, looked_at

RUNS = (
    "--model rnn --sequence pixels --norm none,layer --width 256 --batch-size 512 --train-limit 1024 --epochs 2 --threads 2 --quiet"
).split()
LARGE = (
    "--model mlp --norm layer --width 2048 --depth 3 --optimizer adam --train-limit 64 --batch-size 64 --epochs 12 --test-limit 20 "
    "--threads 2 --jobs 1 --quiet"
).split()
GROUPS = Path("/sys/fs/cgroup")
NAMES = ("runs.csv", "curves.csv", "outcomes.csv")
TIME_IS_OVER = 75
OUT_OF_MEMORY = 71


def train(folder, arguments, group=None):
    """Trains; the exit code, what the program said, and the most memory that it had, in bytes."""

    def enter():
        """Moves the program into the group, before it begins."""
        if group:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    process = subprocess.Popen(
        [PROGRAM, *arguments, "--results", folder], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        preexec_fn=enter)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, TIME_IS_OVER, OUT_OF_MEMORY):
        raise SystemExit(f"exit code {code}: {said}")
    return code, said, used.ru_maxrss * 1024


@contextlib.contextmanager
def limited(limit):
    """A control group with a limit, of either version, for as long as it is needed."""
    is_unified = (GROUPS / "cgroup.controllers").exists()
    group = (GROUPS if is_unified else GROUPS / "memory") / f"compare-{os.getpid()}"
    group.mkdir()
    if is_unified:
        (group / "memory.max").write_text(str(limit))
        (group / "memory.swap.max").write_text("0")
    else:
        (group / "memory.limit_in_bytes").write_text(str(limit))
    try:
        yield group
    finally:
        group.rmdir()


def compared(free, tight, limit):
    """Stops unless both folders have the same numbers."""
    if looked_at(free, {}, NAMES) != looked_at(tight, {}, NAMES):
        raise SystemExit(f"Under a limit of {limit >> 20} MiB, other numbers are recorded.")


def side_by_side(folder):
    """Two runs where there is room for one."""
    free, tight = folder / "free", folder / "tight"
    _, said, two = train(free, [*RUNS, "--jobs", "2"])
    if said:
        raise SystemExit(f"Without a limit, it said: {said}")
    _, _, one = train(folder / "one", [*RUNS, "--jobs", "1"])
    limit = (one + two) // 2
    with limited(limit) as group:
        _, said, used = train(tight, [*RUNS, "--jobs", "2"], group)
    if "1 of 2 runs side by side" not in said or said.count("\n") != 1:
        raise SystemExit(f"Under a limit of {limit >> 20} MiB, it said: {said!r}")
    compared(free, tight, limit)
    print(
        f"One run takes {one >> 20} MiB, two {two >> 20}. Under a limit of {limit >> 20} MiB: {used >> 20} MiB, the same "
        f"numbers, and '{said.strip()}'")


def checkpoints(folder):
    """A large run that is stopped again and again."""
    free, tight = folder / "whole", folder / "stopped"
    _, _, whole = train(free, LARGE)
    limit = whole + (32 << 20)
    stops, size, most = 0, 0, 0
    with limited(limit) as group:
        while True:
            code, said, used = train(tight, [*LARGE, "--time-limit", "8"], group)
            most = max(most, used)
            if code == 0:
                break
            stops += 1
            sizes = [file.stat().st_size for file in tight.glob("checkpoints/*")]
            if not sizes:
                raise SystemExit(f"No epoch is over in 8 seconds, on a machine that is slow or busy: {said}")
            size = max(sizes)
    if not stops:
        raise SystemExit("No run was stopped: the time limit is too long for this machine.")
    compared(free, tight, limit)
    print(
        f"A run of {whole >> 20} MiB, under a limit of {limit >> 20} MiB, is stopped {stops} times with a checkpoint of {size >> 20} "
        f"MiB: {most >> 20} MiB, and the same numbers.")


def array(path, count, size):
    """A NumPy file of bytes that are zeros and take no room on the disk."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({count}, {size})}}\n".encode()
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    os.truncate(path, path.stat().st_size + count * size)


def data(folder):
    """A data set that is larger than the limit."""
    for name in ("x_train", "y_train", "x_test", "y_test"):
        array(folder / f"{name}.npy", 1 << 19, 1 << 10 if name == "x_train" else 1)
    with limited(256 << 20) as group:
        code, said, used = train(folder / "results", ["--data", folder, "--model", "mlp", "--quiet"], group)
    if code != OUT_OF_MEMORY or "takes at least 512 MiB of memory" not in said or said.count("\n") != 1:
        raise SystemExit(f"Data that do not fit: exit code {code}, {said!r}")
    print(f"Data of 512 MiB, under a limit of 256: {used >> 20} MiB, and '{said.strip()}'")


def main():
    """Tries all of them."""
    if os.geteuid() != 0:
        raise SystemExit("Only root may set a limit.")
    with tempfile.TemporaryDirectory() as name:
        side_by_side(Path(name))
        checkpoints(Path(name))
        data(Path(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
