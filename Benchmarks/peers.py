#!/usr/bin/env python3
"""Runs the work of `bench` in PyTorch (eager and compiled, both memory formats) and JAX, in turn with ours, and prints ratios.

    python3 -m venv Benchmarks/.venv && Benchmarks/.venv/bin/pip install torch==2.15.0 jax==0.10.2
    Benchmarks/.venv/bin/python Benchmarks/peers.py [--filter TEXT ...] [--threads 2 1] [--rounds 7] [--json FILE]

Every side is a process of its own that answers requests, so that ours and the peers' runs take turns (A B C D, A B C D) and a change of the
machine's speed hits all of them. A ratio is the best peer's median time over ours: above 1 we are faster.
"""
import argparse
import datetime
import json
import pathlib
import statistics
import sys

import cases
import loads
from sides import machine, ours, peer


def compare(arguments):
    print(machine())
    if arguments.drawn is not None:
        print(f"drawn from seed {arguments.drawn}: {arguments.count} shapes and {arguments.models} of each model")
    rows = []
    for threads in arguments.threads:
        everyone = {"norms": ours(), **{name: peer(name, threads) for name in arguments.peers}}
        print(f"\n## {threads} thread{'s' if threads > 1 else ''}\n")
        rows += limits(everyone, threads, arguments)
        summaries = []
        for title, kind, names in tables(arguments):
            found = table(title, kind, names, everyone, threads, arguments)
            summaries.append(summary(title, found))
            print("\n{}: {} cells, geometric mean {}, smallest {}, {} below 1".format(*summaries[-1]))
            rows += found
            if arguments.json:
                pathlib.Path(arguments.json).write_text(json.dumps(rows, indent=1))
        for side in everyone.values():
            side.close()
        print(f"\n| {threads} thread{'s' if threads > 1 else ''} | cells | geometric mean | smallest | below 1 |\n|---|---|---|---|---|")
        for words in summaries:
            print(f"| {' | '.join(words)} |")


def tables(arguments):
    """Title, kind and names of each table."""
    for kind in cases.PEERS:
        for word in ("listed", "drawn"):
            if word == "listed":
                names = [] if arguments.drawn_only else cases.listed(kind)
            elif arguments.drawn is None:
                names = []
            else:
                names = cases.drawn(kind, arguments.drawn, arguments.count if kind == "norm" else arguments.models)
            names = [name for name in names if is_wanted(name, arguments)]
            if names:
                yield f"{word} {cases.TITLES[kind]}", kind, names


def is_wanted(name, arguments):
    return not arguments.filter or any(text in name for text in arguments.filter)


def limits(everyone, threads, arguments):
    """Prints what the machine can do, by ours and by PyTorch."""
    rows, words = [], []
    sides = [everyone[name] for name in ("norms", "eager") if name in everyone]
    work = [(f"copy/{1 << power}", f"copy of {8 << power >> 20} MB", 8 << power, "GB/s") for power in (17, 20, 24)]
    work.append((cases.LARGE_PRODUCT, "1024³ product", 2 << 30, "GFLOP/s"))
    for case, title, amount, unit in work:
        medians = in_turn(case, sides, threads, arguments)[0]
        rates = [f"{name} {amount / seconds / 1e9:.1f}" for name, seconds in medians.items()]
        words.append(f"{title}: {', '.join(rates)} {unit}")
        rows.append({"table": "limits", "case": case, "threads": threads, "seconds": medians})
    print("The machine's limits. " + "; ".join(words))
    return rows


def table(title, kind, names, everyone, threads, arguments):
    peers = [name for name in cases.PEERS[kind] if name in everyone]
    print(f"\n{title[0].upper()}{title[1:]}, milliseconds (median of {arguments.rounds} rounds)\n")
    print(f"| case | norms | {' | '.join(peers)} | ratio to the best | spread |")
    print("|---|" + "---|" * (len(peers) + 3))
    rows = []
    for case in names:
        able = [everyone[name] for name in ("norms", *peers) if name == "norms" or name in cases.peers_of(case)]
        medians, taken = in_turn(case, able, threads, arguments)
        others = [value for name, value in medians.items() if name != "norms"]
        ratio = min(others) / medians["norms"] if others else None
        spread = (max(taken["norms"]) - min(taken["norms"])) / medians["norms"]
        cells = [f"{medians[name] * 1e3:.3f}" if name in medians else "–" for name in ("norms", *peers)]
        print(f"| {case} | {' | '.join(cells)} | {'–' if ratio is None else f'{ratio:.2f}'} | {spread:.0%} |", flush=True)
        rows.append({"table": title, "case": case, "threads": threads, "ratio": ratio, "seconds": medians})
    return rows


def in_turn(case, sides, threads, arguments):
    """The median of each side's rounds, and all of them; a side that cannot do the case is left out."""
    taken = {side.name: [] for side in sides}
    able = []
    for side in sides:
        answer = side.ask(case, threads, 1)  # prepares and compiles, while nothing is timed
        if "median" in answer:
            able.append(side)
        elif side.name == "norms":
            sys.exit(f"{case}: {answer}")
        else:
            print(f"{side.name}, {case}: {answer['error']}", file=sys.stderr)
    for _ in range(arguments.rounds):
        for side in able:
            answer = side.turn(case, threads, arguments.milliseconds)
            if "median" in answer:
                taken[side.name].append(answer["median"])
    return {name: statistics.median(times) for name, times in taken.items() if times}, taken


def summary(title, rows):
    """Title, cells, geometric mean, smallest ratio and the cells below 1, in words."""
    ratios = [row["ratio"] for row in rows if row["ratio"] is not None]
    if not ratios:
        return title, "0", "–", "–", "0"
    mean, below = statistics.geometric_mean(ratios), sum(ratio < 1 for ratio in ratios)
    return title, str(len(ratios)), f"{mean:.2f}", f"{min(ratios):.2f}", str(below)


def positive(text):
    if not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def seed(text):
    return None if text == "none" else int(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--filter", nargs="+", default=[], help="only cases whose name contains one of these")
    parser.add_argument("--threads", type=positive, nargs="+", help="default: 2 1; of the other modes 2")
    parser.add_argument("--rounds", type=positive, default=7)
    parser.add_argument("--milliseconds", type=float, default=200, help="time for each side in each round")
    parser.add_argument("--peers", nargs="+", choices=cases.ALL_PEERS, default=list(cases.ALL_PEERS), metavar="PEER",
                        help=f"of {' '.join(cases.ALL_PEERS)}; default: all")
    parser.add_argument("--json", help="file for the numbers")
    parser.add_argument("--drawn", type=seed, default=int(datetime.date.today().strftime("%Y%m%d")), metavar="SEED",
                        help="what cases are drawn from, or none; default: today's date, %(default)s")
    parser.add_argument("--count", type=positive, default=30, metavar="N",
                        help="shapes drawn, and half as many sizes of each model; default: 30")
    parser.add_argument("--listed", action="store_true", help="only the listed cases")
    parser.add_argument("--drawn-only", action="store_true", help="only the drawn cases")
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--neighbour", action="store_true", help="with a busy process beside, against without")
    modes.add_argument("--one-cpu", action="store_true", help="confined to one CPU, against one thread")
    arguments = parser.parse_args()
    if arguments.listed and arguments.drawn_only:
        parser.error("--listed and --drawn-only leave nothing")
    if arguments.listed:
        arguments.drawn = None
    arguments.models = (arguments.count + 1) // 2
    if arguments.filter and not any(tables(arguments)):
        parser.error(f"no case's name contains {' or '.join(arguments.filter)}; Benchmarks/TABLES.md has the names")
    is_comparison = not (arguments.neighbour or arguments.one_cpu)
    arguments.threads = arguments.threads or ([2, 1] if is_comparison else [2])
    if is_comparison:
        return compare(arguments)
    names = [name for _, _, names in tables(arguments) for name in names] if arguments.filter else loads.CASES
    loads.compare(arguments, names)


if __name__ == "__main__":
    main()
