#!/usr/bin/env python3
"""Runs the work of `bench` in PyTorch (eager and compiled) and JAX (jit), in turn with ours, and prints ratios.

    python3 -m venv Benchmarks/.venv && Benchmarks/.venv/bin/pip install torch==2.15.0 jax==0.10.2
    Benchmarks/.venv/bin/python Benchmarks/peers.py [--filter TEXT] [--threads 1 2] [--rounds 3] [--json FILE]

Every side is a process of its own that answers requests, so that ours and the peers' runs take turns (A B C D, A B C D) and a change of the
machine's speed hits all of them. A ratio is the best peer's median time over ours: above 1 we are faster.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
NORMS = ("batch", "layer", "instance", "group")
GROUPS = 4


# -- The work, in a worker process -----------------------------------------------------------------------------------


def shape_of(word):
    return [int(part) for part in word.split("x")]


def torch_normalize(norm, x, scale, shift, running=(None, None), training=True):
    """x is [N, C, ...]."""
    import torch.nn.functional as F
    if norm == "batch":
        return F.batch_norm(x, *running, scale, shift, training, 0.1, 1e-5)
    if norm == "instance":
        return F.instance_norm(x, weight=scale, bias=shift)
    if norm == "layer" and x.dim() == 2:
        return F.layer_norm(x, x.shape[1:], scale, shift)
    return F.group_norm(x, 1 if norm == "layer" else GROUPS, scale, shift)


def torch_cnn(norm, side):
    """The CNN as a function of images [N, 1, side, side] with an attribute `training`, and its parameters."""
    import torch
    import torch.nn.functional as F

    convolutions = [torch.nn.Conv2d(a, b, 3, padding=1, bias=norm == "none") for a, b in ((1, 16), (16, 32))]
    scales = [torch.nn.Parameter(torch.ones(c)) for c in (16, 32)]
    shifts = [torch.nn.Parameter(torch.zeros(c)) for c in (16, 32)]
    running = [(torch.zeros(c), torch.ones(c)) for c in (16, 32)]
    classifier = torch.nn.Linear(32 * (side // 4) ** 2, 10)

    def forward(signal):
        for convolution, scale, shift, state in zip(convolutions, scales, shifts, running):
            signal = convolution(signal)
            if norm != "none":
                signal = torch_normalize(norm, signal, scale, shift, state, forward.training)
            signal = F.max_pool2d(torch.relu(signal), 2)
        return classifier(signal.flatten(1))

    forward.training = True
    parameters = [p for module in convolutions + [classifier] for p in module.parameters()]
    return forward, parameters + (scales + shifts if norm != "none" else [])


def torch_work(case, compiled):
    import torch

    def running(channels):
        return torch.zeros(channels), torch.ones(channels)

    kind, *words = case.split("/")
    wrap = torch.compile if compiled else (lambda function: function)
    if kind == "copy":
        x = torch.rand(shape_of(words[0]))
        return lambda: x.clone()
    if kind == "norm":
        norm, mode, layout, shape = words[0], words[1], words[2], shape_of(words[3])
        x = torch.rand(shape)
        if layout == "channelsLast" and len(shape) == 4:
            x = x.to(memory_format=torch.channels_last)
        scale, shift = torch.ones(shape[1]), torch.zeros(shape[1])
        state = running(shape[1])
        forward = wrap(lambda x, scale, shift: torch_normalize(norm, x, scale, shift, state))
        if mode == "forward":
            def run():
                with torch.no_grad():
                    forward(x, scale, shift)
            return run
        upstream = torch.rand_like(x)
        leaves = [t.requires_grad_() for t in (x, scale, shift)]

        def run():
            torch.autograd.grad(forward(*leaves), leaves, upstream)
        return run
    norm = words[0]
    if kind == "cnn":
        side, batch = shape_of(words[1])[0], int(words[2])
        forward, parameters = torch_cnn(norm, side)
        return torch_step(torch, wrap(forward), parameters, torch.rand(batch, 1, side, side))
    (steps, inputs), batch, hidden = shape_of(words[1]), int(words[2]), int(words[3])
    sequences = torch.rand(steps, batch, inputs)
    classifier = torch.nn.Linear(hidden, 10)
    if norm == "none":
        cell = torch.nn.RNN(inputs, hidden)
        forward = wrap(lambda x: classifier(cell(x)[0][-1]))
        return torch_step(torch, forward, list(cell.parameters()) + list(classifier.parameters()), sequences)
    to_hidden = torch.nn.Linear(inputs, hidden, bias=False)
    recurrent = torch.nn.Parameter(torch.empty(hidden, hidden))
    torch.nn.init.orthogonal_(recurrent)
    scale, shift = torch.nn.Parameter(torch.ones(hidden)), torch.nn.Parameter(torch.zeros(hidden))
    moving = running(hidden)

    def forward(x):
        drive = to_hidden(x)
        if norm == "batch":
            drive = torch_normalize(norm, drive.reshape(-1, hidden), scale, shift, moving).reshape(drive.shape)
        state = torch.zeros(batch, hidden)
        for step in range(steps):
            total = torch.addmm(drive[step], state, recurrent)
            state = torch.tanh(torch_normalize(norm, total, scale, shift) if norm == "layer" else total)
        return classifier(state)

    parameters = [recurrent, scale, shift, *to_hidden.parameters(), *classifier.parameters()]
    return torch_step(torch, wrap(forward), parameters, sequences)


def torch_step(torch, forward, parameters, data):
    samples = data.shape[0] if data.dim() == 4 else data.shape[1]
    labels = torch.arange(samples) % 10
    optimizer = torch.optim.SGD(parameters, lr=1e-4, momentum=0.9)

    def run():
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(forward(data), labels).backward()
        optimizer.step()
    return run


def jax_work(case):
    import jax
    import jax.numpy as jnp

    def normalize(norm, x, scale, shift, channel_axis=-1):
        """Statistics of x, whose axes are batch, positions and channels in either order."""
        x = x if channel_axis == -1 else jnp.moveaxis(x, 1, -1)
        shape, channels = x.shape, x.shape[-1]
        groups = GROUPS if norm == "group" else 1
        grouped = x.reshape(shape[0], -1, groups, channels // groups)
        axes = {"batch": (0, 1), "layer": (1, 2, 3), "instance": (1,), "group": (1, 3)}[norm]
        mean = grouped.mean(axes, keepdims=True)
        variance = jnp.square(grouped - mean).mean(axes, keepdims=True)
        y = ((grouped - mean) * jax.lax.rsqrt(variance + 1e-5)).reshape(shape) * scale + shift
        return y if channel_axis == -1 else jnp.moveaxis(y, -1, 1)

    def random(*shape):
        return jax.random.uniform(jax.random.key(1), shape, minval=-0.3, maxval=0.3)

    kind, *words = case.split("/")
    if kind == "copy":
        x = random(*shape_of(words[0]))
        copy = jax.jit(lambda x: x + 0)
        return lambda: copy(x).block_until_ready()
    if kind == "norm":
        norm, mode, layout, shape = words[0], words[1], words[2], shape_of(words[3])
        first = layout == "channelsFirst"
        x = random(*(shape if first else [shape[0], *shape[2:], shape[1]]))
        scale, shift = jnp.ones(shape[1]), jnp.zeros(shape[1])

        def forward(x, scale, shift):
            return normalize(norm, x, scale, shift, 1 if first else -1)

        if mode == "forward":
            function = jax.jit(forward)
            return lambda: function(x, scale, shift).block_until_ready()
        upstream = random(*x.shape)

        def both(x, scale, shift):
            y, pull = jax.vjp(forward, x, scale, shift)
            return y, pull(upstream)

        function = jax.jit(both)
        return lambda: jax.block_until_ready(function(x, scale, shift))
    norm = words[0]
    if kind == "cnn":
        side, batch = shape_of(words[1])[0], int(words[2])
        data = random(batch, side, side, 1)
        parameters = dict(w0=random(3, 3, 1, 16), w1=random(3, 3, 16, 32), out=random(32 * (side // 4) ** 2, 10), bias=jnp.zeros(10))
        for block, channels in ((0, 16), (1, 32)):
            parameters[f"shift{block}"] = jnp.zeros(channels)
            if norm != "none":
                parameters[f"scale{block}"] = jnp.ones(channels)

        def forward(p, signal):
            for block in range(2):
                signal = jax.lax.conv_general_dilated(
                    signal, p[f"w{block}"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
                signal = (signal + p[f"shift{block}"] if norm == "none"
                          else normalize(norm, signal, p[f"scale{block}"], p[f"shift{block}"]))
                signal = jax.nn.relu(signal)
                signal = jax.lax.reduce_window(signal, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
            return signal.reshape(batch, -1) @ p["out"] + p["bias"]
    else:
        (steps, inputs), batch, hidden = shape_of(words[1]), int(words[2]), int(words[3])
        data = random(steps, batch, inputs)
        parameters = dict(wx=random(inputs, hidden), wh=random(hidden, hidden), out=random(hidden, 10), bias=jnp.zeros(10),
                          shift=jnp.zeros(hidden), scale=jnp.ones(hidden))

        def forward(p, x):
            drive = x @ p["wx"]
            if norm == "batch":
                drive = normalize(norm, drive.reshape(-1, 1, hidden), p["scale"], p["shift"]).reshape(drive.shape)
            if norm == "none":
                drive = drive + p["shift"]

            def step(state, now):
                total = now + state @ p["wh"]
                if norm == "layer":
                    total = normalize(norm, total[:, None], p["scale"], p["shift"])[:, 0]
                return jnp.tanh(total), None

            state, _ = jax.lax.scan(step, jnp.zeros((batch, hidden)), drive)
            return state @ p["out"] + p["bias"]

    labels = jnp.arange(batch) % 10

    def loss(p, data):
        return -jnp.take_along_axis(jax.nn.log_softmax(forward(p, data)), labels[:, None], 1).mean()

    @jax.jit
    def step(p, velocity, data):
        gradient = jax.grad(loss)(p, data)
        velocity = jax.tree.map(lambda v, g: 0.9 * v + g, velocity, gradient)
        return jax.tree.map(lambda w, v: w - 1e-4 * v, p, velocity), velocity

    state = [parameters, jax.tree.map(jnp.zeros_like, parameters)]

    def run():
        state[:] = step(*state, data)
        jax.block_until_ready(state)
    return run


def serve(peer, threads):
    """Answers the requests that `bench --serve` answers, too."""
    if peer == "jax":
        make = jax_work
    else:
        import torch
        torch.set_num_threads(threads)
        torch.manual_seed(1)

        def make(case):
            torch.compiler.reset()
            return torch_work(case, peer == "compiled")
    last = (None, None)
    for line in sys.stdin:
        case, _, milliseconds = line.split()
        try:
            if last[0] != case:
                last = (case, make(case))
            times = measure(last[1], float(milliseconds) / 1e3)
            answer = {"median": statistics.median(times), "minimum": min(times), "repetitions": len(times)}
        except Exception as error:  # A peer that cannot do it is a result, not the end of the benchmark.
            answer = {"error": f"{type(error).__name__}: {error}"[:200]}
        print(json.dumps(answer), flush=True)


def measure(work, seconds):
    end = time.perf_counter() + seconds
    work()
    while time.perf_counter() < end:
        work()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times


# -- The comparison --------------------------------------------------------------------------------------------------


class Side:
    def __init__(self, name, command, environment):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, env={**os.environ, **environment}, cwd=ROOT)

    def ask(self, case, threads, milliseconds):
        self.process.stdin.write(f"{case} {threads} {milliseconds}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": "the process ended"}


def sides(threads, peers):
    made = [Side("norms", [f"{bin_path()}/bench", "--serve"], {})]
    for peer in peers:
        # One thread compiles: idle helpers of the compiler would take time from the other sides.
        environment = {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads), "JAX_PLATFORMS": "cpu",
                       "TORCHINDUCTOR_COMPILE_THREADS": "1"}
        if threads == 1:
            environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        made.append(Side(peer, [sys.executable, __file__, "--serve", peer, str(threads)], environment))
    return made


def all_cases():
    shapes = ("128x16x8x8", "64x32x28x28", "32x64x56x56", "64x128", "1792x128")
    for norm in NORMS:
        for shape in shapes:
            flat = shape.count("x") == 1
            if norm == "instance" and flat:
                continue
            for layout in ("channelsLast",) if flat else ("channelsFirst", "channelsLast"):
                for mode in ("forward", "both"):
                    yield f"norm/{norm}/{mode}/{layout}/{shape}"
    for norm in ("none", *NORMS):
        for size in ("8x8/32", "28x28/64", "28x28/128"):
            yield f"cnn/{norm}/{size}"
    for norm in ("none", "batch", "layer"):
        for size in ("8x8/32/64", "28x28/64/128", "28x28/128/128", "784x1/64/128"):
            yield f"rnn/{norm}/{size}"


def bin_path():
    """Where the built programs are; builds them first."""
    subprocess.run(["swift", "build"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    path = subprocess.run(["swift", "build", "--show-bin-path"], cwd=ROOT, capture_output=True, text=True, check=True)
    return path.stdout.strip()


def geometric_mean(values):
    return statistics.geometric_mean(values) if values else float("nan")


def compare(arguments):
    print(machine())
    rows = []
    for threads in arguments.threads:
        everyone = sides(threads, arguments.peers)
        print(f"\n{threads} thread(s), milliseconds (median of {arguments.rounds} rounds)\n")
        print(f"| case | norms | {' | '.join(arguments.peers)} | ratio to the best | spread |")
        print("|---|" + "---|" * (len(arguments.peers) + 3))
        for case in all_cases():
            if arguments.filter not in case:
                continue
            taken = {side.name: [] for side in everyone}
            # An unrolled loop of 784 steps keeps the compiler busy for longer than the benchmark may last.
            asked = [side for side in everyone if not (side.name == "compiled" and "784x1" in case)]
            for side in asked:
                side.ask(case, threads, 1)  # prepares and compiles, while nothing is timed
            for _ in range(arguments.rounds):
                for side in asked:
                    time.sleep(0.05)  # until the threads of the side before look for no more work
                    answer = side.ask(case, threads, arguments.milliseconds)
                    if "median" in answer:
                        taken[side.name].append(answer["median"])
                    elif side.name == "norms":
                        sys.exit(f"{case}: {answer}")
            medians = {name: statistics.median(times) for name, times in taken.items() if times}
            best = min(value for name, value in medians.items() if name != "norms")
            ratio = best / medians["norms"]
            ours = taken["norms"]
            spread = (max(ours) - min(ours)) / medians["norms"]
            cells = [f"{medians[name] * 1e3:.3f}" if name in medians else "–" for name in ("norms", *arguments.peers)]
            print(f"| {case} | {' | '.join(cells)} | {ratio:.2f} | {spread:.0%} |", flush=True)
            rows.append({"case": case, "threads": threads, "ratio": ratio, "seconds": medians})
        for side in everyone:
            side.process.stdin.close()
        for kind, parts in (("norm", 4), ("cnn", 2), ("rnn", 3)):
            ratios = [row["ratio"] for row in rows if row["case"].startswith(kind) and row["threads"] == threads]
            if ratios:
                print(f"\n{kind}: {len(ratios)} cells, geometric mean {geometric_mean(ratios):.2f}, smallest {min(ratios):.2f}")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(rows, indent=1))


def machine():
    return f"{platform.machine()}, {os.cpu_count()} cores, {cpu_name()}, commit {commit()}, {versions()}"


def cpu_name():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def commit():
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def versions():
    from importlib.metadata import version
    return f"PyTorch {version('torch')}, JAX {version('jax')}, Python {platform.python_version()}"


def main():
    if sys.argv[1:2] == ["--serve"]:
        return serve(sys.argv[2], int(sys.argv[3]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--filter", default="", help="only cases whose name contains this")
    parser.add_argument("--threads", type=int, nargs="+", default=[2, 1])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--milliseconds", type=float, default=200, help="time for each side in each round")
    parser.add_argument("--peers", nargs="+", default=["eager", "compiled", "jax"])
    parser.add_argument("--json", help="file for the numbers")
    compare(parser.parse_args())


if __name__ == "__main__":
    main()
