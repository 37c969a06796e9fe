#!/usr/bin/env python3
"""Kills `compare` at moments drawn from a seed, again and again over one grid, and looks at what each kill leaves.

Now and then it is asked to stop instead, by a signal or a time limit, as the same command then goes on.

    swift build --product compare && python3 Tests/kills.py --kills 300 --seed 1

After each kill every file parses, and what was recorded before is there, once, unchanged. In the end the grid is completed, and
its files are those of a grid that was never killed, timings aside.
"""

import argparse
import collections
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from recorded import PROGRAM, looked_at
from workshop import PATIENCE

GRID = [
    "--norm", "none,batch,layer", "--model", "mlp,cnn", "--train-limit", "200", "--epochs", "1,20", "--learning-rate", "0.01,0.1",
    "--seeds", "2", "--quiet",
]
NAMES = ("runs.csv", "curves.csv", "outcomes.csv")


def disturbed(folder, longest, draw):
    """Trains, and stops that in some way, within `longest` seconds; says in which."""
    # Some are stopped by a limit, so that checkpoints are there.
    limit = ["--time-limit", f"{draw.uniform(1.1, 2):.2f}s"] if draw.random() < 0.2 else []
    process = subprocess.Popen(
        [PROGRAM, *GRID, *limit, "--results", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    request = draw.choice([signal.SIGINT, signal.SIGTERM]) if draw.random() < 0.2 else signal.SIGKILL
    try:
        return "limits" if process.wait(PATIENCE if limit else draw.uniform(0, longest + 0.15)) else "ends"
    except subprocess.TimeoutExpired:
        process.send_signal(request)
        code = process.wait(PATIENCE)
    if request == signal.SIGKILL:
        return "kills"
    # Before the program has said what it does with a signal, and after its end has begun, it is not heard.
    if code not in (128 + request, -request, 0):
        raise SystemExit(f"exit code {code} after signal {request}")
    return "signals"


def differ(found, expected):
    """Stops unless what is recorded is what an undisturbed grid comes to."""
    for file in NAMES:
        if found[file] != expected[file]:
            raise SystemExit(f"{file} is not that of the grid that was never killed.")


def main():
    """Kills, completes, compares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=300, help="how many kills (default 300)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default 1)")
    asked = parser.parse_args()
    draw = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as name:
        whole, killed = Path(name) / "whole", Path(name) / "killed"
        begin = time.monotonic()
        subprocess.run([PROGRAM, *GRID, "--results", whole], check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - begin
        expected = looked_at(whole, {}, NAMES)
        found, counts = {}, collections.Counter()
        # Each grid is killed until it is complete, and then begun anew.
        while counts["kills"] < asked.kills or found:
            counts[disturbed(killed, seconds / 5, draw)] += 1
            counts["checkpoints"] += len(list(killed.glob("checkpoints/*.checkpoint")))
            found = looked_at(killed, found, NAMES)
            if len(found["runs.csv"]) == len(expected["runs.csv"]):
                differ(found, expected)
                shutil.rmtree(killed)
                found = {}
                counts["grids"] += 1
        if not counts["checkpoints"]:
            raise SystemExit("No checkpoint was left: try more kills.")
        print(
            f"{counts['kills']} kills, {counts['signals']} signals and {counts['limits']} limits over {counts['grids']} grids of "
            f"{len(expected['runs.csv'])} runs, with {counts['checkpoints']} checkpoints seen: in the end every file is that of the "
            "undisturbed grid.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
