#!/usr/bin/env python3
"""Kills `compare` at moments drawn from a seed, again and again over one grid, and looks at what each kill leaves.

Now and then it is asked to stop instead, by a signal or a time limit, as the same command then goes on.

    swift build --product compare && python3 Tests/kills.py --kills 300 --seed 1

After each kill every file parses, and what was recorded before is there, once, unchanged. In the end the grid is completed, and
its files are those of a grid that was never killed, timings aside.
"""

import argparse
import collections
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from recorded import PROGRAM, looked_at
from workshop import OUT_OF_TIME, PATIENCE

GRID = [
    "--norm", "none,batch,layer", "--model", "mlp,cnn", "--train-limit", "200", "--epochs", "1,20", "--learning-rate", "0.01,0.1",
    "--quiet",
]
NAMES = ("runs.csv", "curves.csv", "outcomes.csv")


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
        # As many runs as make the kills fall into the middle of the grid.
        grid = [*GRID, "--seeds", str(max(asked.kills // 40, 2))]
        subprocess.run([PROGRAM, *grid, "--results", whole], check=True, stdout=subprocess.DEVNULL)
        expected = looked_at(whole, {}, NAMES)
        seconds = time.monotonic() - begin
        found, counts = {}, collections.Counter()
        while counts["killed"] < asked.kills:
            # Some are stopped by a limit first, so that checkpoints are there.
            limit = ["--time-limit", f"{draw.uniform(1.1, 2):.2f}s"] if draw.random() < 0.2 else []
            process = subprocess.Popen(
                [PROGRAM, *grid, *limit, "--results", killed], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            moment = PATIENCE if limit else draw.uniform(0, 1.5 * seconds / asked.kills + 0.15)
            request = draw.choice([signal.SIGINT, signal.SIGTERM]) if draw.random() < 0.2 else signal.SIGKILL
            try:
                counts["out of time" if process.wait(moment) else "complete"] += 1
            except subprocess.TimeoutExpired:
                process.send_signal(request)
                code = process.wait(PATIENCE)
                # Before the program has said what it does with a signal, and after its end has begun, it is not heard.
                # A limit below the time of one epoch is an error.
                if request != signal.SIGKILL and code not in (128 + request, -request, 0, OUT_OF_TIME, os.EX_USAGE if limit else 0):
                    raise SystemExit(f"exit code {code} after signal {request}")
                counts["killed" if request == signal.SIGKILL else "asked to stop"] += 1
            counts["checkpoints"] += len(list(killed.glob("checkpoints/*.checkpoint")))
            found = looked_at(killed, found, NAMES)
        recorded = len(found["runs.csv"])
        subprocess.run([PROGRAM, *grid, "--results", killed], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = looked_at(killed, found, NAMES)
        if not counts["checkpoints"]:
            raise SystemExit("No checkpoint was left: try more kills.")
        for file in NAMES:
            if found[file] != expected[file]:
                raise SystemExit(f"{file} is not that of the grid that was never killed.")
        print(
            f"{counts['killed']} kills, {counts['asked to stop']} signals, {counts['out of time']} limits "
            f"with {counts['checkpoints']} checkpoints seen ({counts['complete']} times the grid was complete before), after which {recorded} of "
            f"{len(expected['runs.csv'])} runs were recorded; completed, every file is that of the undisturbed grid.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
