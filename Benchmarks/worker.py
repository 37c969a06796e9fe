#!/usr/bin/env python3
"""A peer in a process of its own: answers the requests that `bench --serve` answers.

    python worker.py PEER THREADS
"""
import json
import statistics
import sys
import time


def preparation(peer, threads):
    """The function that prepares a case."""
    if peer == "jax":
        import jax_side
        return jax_side.prepare
    import torch_side
    torch_side.start(threads)
    compiled, last = peer.startswith("compiled"), peer.endswith("-last")
    return lambda case: torch_side.prepare(case, compiled, last)


def measure(work, seconds):
    """The times of repetitions, and their mean with all that lies between them, after a warm-up as long."""
    end = time.perf_counter() + seconds
    work()
    while time.perf_counter() < end:
        work()
    times, begin = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() < begin + seconds:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    mean = (time.perf_counter() - begin) / len(times)
    return {"median": statistics.median(times), "mean": mean, "minimum": min(times), "repetitions": len(times)}


def serve(peer, threads):
    prepare = preparation(peer, threads)
    case, work = None, None
    for line in sys.stdin:
        asked, _, milliseconds = line.split()
        try:
            if case != asked:
                case, work = None, None  # gives the memory of the case before back
                case, work = asked, prepare(asked)
            answer = measure(work, float(milliseconds) / 1e3)
        except Exception as error:  # A peer that cannot do it is a result, not the end of the benchmark.
            answer = {"error": f"{type(error).__name__}: {error}"[:200]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
