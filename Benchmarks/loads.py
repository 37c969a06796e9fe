"""How much longer the work takes beside a busy process, and on one CPU that all threads must share."""
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import cases
from sides import machine, ours, peer

CASES = ["cnn/batch/28x28/64", "rnn/none/28x28/64/128", "norm/batch/both/channelsLast/64x32x28x28",
         "norm/layer/both/channelsFirst/64x32x28x28"]


@contextlib.contextmanager
def busy_neighbour():
    """A process that computes all the time, wherever the system lets it."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        time.sleep(0.2)
        yield
    finally:
        process.kill()
        process.wait()


def compare(arguments, names):
    print(machine())
    rows = []
    for threads in arguments.threads:
        rows += beside_neighbour(arguments, names, threads) if arguments.neighbour else on_one_cpu(arguments, names, threads)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(rows, indent=1))


def sides(arguments, threads, cpu=None):
    """Ours and PyTorch's eager mode, or the peers that were asked for if not all were."""
    peers = arguments.peers if set(arguments.peers) != set(cases.ALL_PEERS) else ["eager"]
    return [ours(cpu)] + [peer(name, threads, cpu) for name in peers]


def beside_neighbour(arguments, names, threads):
    everyone = sides(arguments, threads)
    print_head(f"{threads} threads, a busy neighbour", everyone, "with", "without", arguments)
    rows = []
    for case in names:
        able = {side.name: side for side in everyone if can(side, case, threads)}
        alone, beside = {name: [] for name in able}, {name: [] for name in able}
        for _ in range(arguments.rounds):
            ask(able, case, threads, arguments, alone)
            with busy_neighbour():
                ask(able, case, threads, arguments, beside)
        rows.append(row(case, threads, everyone, beside, alone))
    close(everyone)
    return rows


def on_one_cpu(arguments, names, threads):
    if not hasattr(os, "sched_setaffinity"):
        sys.exit("--one-cpu needs a system on which a process can be confined to a CPU, such as Linux.")
    cpu = min(os.sched_getaffinity(0))
    confined, single = sides(arguments, threads, cpu), sides(arguments, 1)
    print_head(f"{threads} threads on one CPU", confined, "so", "one thread", arguments)
    rows = []
    for case in names:
        able = {side.name: side for side in confined if can(side, case, threads)}
        alone = {side.name: side for side in single if side.name in able and can(side, case, 1)}
        shared, free = {name: [] for name in able}, {name: [] for name in able}
        for _ in range(arguments.rounds):
            ask(able, case, threads, arguments, shared)
            ask(alone, case, 1, arguments, free)
        rows.append(row(case, threads, confined, shared, free))
    close(confined + single)
    return rows


def can(side, case, threads):
    """Whether a side does the case; it is prepared then."""
    if side.name != "norms" and side.name not in cases.peers_of(case):
        return False
    answer = side.ask(case, threads, 1)
    if side.name == "norms" and "mean" not in answer:
        sys.exit(f"{case}: {answer}")
    return "mean" in answer


def ask(sides, case, threads, arguments, taken):
    """Means over the whole period: what a neighbour costs comes in bursts, which a median does not see."""
    for name, side in sides.items():
        answer = side.turn(case, threads, arguments.milliseconds)
        if "mean" in answer:
            taken[name].append(answer["mean"])


def print_head(title, everyone, loaded, free, arguments):
    columns = [f"{side.name} {word}" for side in everyone for word in (loaded, free, "ratio")]
    print(f"\n{title}: milliseconds (means over {arguments.milliseconds:.0f} ms, medians of {arguments.rounds} rounds)\n")
    print(f"| case | {' | '.join(columns)} |")
    print("|---|" + "---|" * len(columns))


def row(case, threads, everyone, loaded, free):
    """Prints the ratio of each side, that of its medians."""
    cells, ratios = [], {}
    for name in (side.name for side in everyone):
        if loaded.get(name) and free.get(name):
            over, under = statistics.median(loaded[name]), statistics.median(free[name])
            ratios[name] = over / under
            cells.append(f"{over * 1e3:.3f} | {under * 1e3:.3f} | {ratios[name]:.2f}")
        else:
            cells.append("– | – | –")
    print(f"| {case} | {' | '.join(cells)} |", flush=True)
    return {"case": case, "threads": threads, "ratios": ratios, "loaded": loaded, "free": free}


def close(everyone):
    for side in everyone:
        side.close()
