#!/usr/bin/env python3
"""Trains a grid of many tiny runs, and measures what each takes where few and where many are recorded.

    swift build --product compare && python3 Tests/grid.py --runs 20000

A run is some milliseconds of training: what grows is what recording and reading cost.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from measured import measured

NORMS = "none,batch,layer,rms"
RUN = "--model mlp --depth 1 --width 8 --train-limit 40 --batch-size 20 --epochs 1 --quiet".split()


def grid(seeds):
    """The options of a grid with so many seeds."""
    return ["--norm", NORMS, *RUN, "--seeds", str(seeds)]


def tell(title, taken):
    """Prints what something took."""
    print(f"{title}: {taken.seconds:.2f} s, {taken.memory >> 20} MiB", flush=True)


def main():
    """Fills a folder, and measures on the way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20_000, help="how many, a multiple of 4 (default 20000)")
    count = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "grid"
        recorded, each = 0, []
        for wanted in sorted({20, max(count // 100 * 4, 20), count}):
            first = measured(*grid(wanted // 4), "--results", folder)
            again = measured(*grid(wanted // 4), "--results", folder).seconds
            few = measured(*grid(wanted // 4 + 5), "--results", folder).seconds
            recorded, before = wanted + 20, recorded
            each.append(first.seconds / (wanted - before))
            print(
                f"{wanted} runs: {first.seconds:.2f} s for the {wanted - before} that were missing, with the table, {first.memory >> 20} MiB; "
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
            tell(title, measured(*options, "--results", folder))
        tell("merge into a new folder", measured("merge", folder, "--into", Path(name) / "merged"))
        sizes = {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}
        print(", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sorted(sizes.items()) if size > 100_000))
    return 0


if __name__ == "__main__":
    sys.exit(main())
