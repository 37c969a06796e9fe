#!/usr/bin/env python3
"""Trains a grid of many tiny runs, and measures what each takes where few and where many are recorded.

    swift build --product compare && python3 Tests/grid.py --runs 20000

A run is some milliseconds of training: what grows is what recording and reading cost.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from recorded import PROGRAM

NORMS = "none,batch,layer,rms"
RUN = "--model mlp --depth 1 --width 8 --train-limit 40 --batch-size 20 --epochs 1 --quiet".split()


def measure(*arguments):
    """Runs the program; its seconds, and the most memory that it had in MiB."""
    begin = time.monotonic()
    process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"exit code {os.waitstatus_to_exitcode(status)}: {arguments}")
    return time.monotonic() - begin, used.ru_maxrss // 1024


def grid(seeds):
    """The options of a grid with so many seeds."""
    return ["--norm", NORMS, *RUN, "--seeds", str(seeds)]


def main():
    """Fills a folder, and measures on the way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20_000, help="how many, a multiple of 4 (default 20000)")
    count = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "grid"
        recorded, each = 0, []
        for wanted in sorted({20, count // 100 * 4, count}):
            seconds, memory = measure(*grid(wanted // 4), "--results", folder)
            again, _ = measure(*grid(wanted // 4), "--results", folder)
            few, _ = measure(*grid(wanted // 4 + 5), "--results", folder)
            recorded, before = wanted + 20, recorded
            each.append(seconds / (wanted - before))
            print(
                f"{wanted} runs: {seconds:.2f} s for the {wanted - before} that were missing, with the table, {memory} MiB; "
                f"{again:.2f} s when all are recorded; {few:.2f} s for 20 more, {(few - again) / 20 * 1000:.1f} ms for each",
                flush=True)
        # With the start of the program, the first twenty are dearer than any.
        if each[-1] > each[0]:
            raise SystemExit(f"A run takes {each[-1] * 1000:.1f} ms where many are recorded, and {each[0] * 1000:.1f} ms where few are.")
        for title, options in (
            ("show", ["show"]), ("--dry-run", [*grid(count // 4), "--dry-run"]),
            ("--task 1/100 --dry-run", [*grid(count // 4), "--task", "1/100", "--dry-run"]),
            ("one run of another kind", ["--norm", "group", *RUN, "--seeds", "1"]),
        ):
            seconds, memory = measure(*options, "--results", folder)
            print(f"{title}: {seconds:.2f} s, {memory} MiB", flush=True)
        seconds, memory = measure("merge", folder, "--into", Path(name) / "merged")
        print(f"merge into a new folder: {seconds:.2f} s, {memory} MiB")
        sizes = {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}
        print(", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sorted(sizes.items()) if size > 100_000))
    return 0


if __name__ == "__main__":
    sys.exit(main())
