#!/usr/bin/env python3
"""Makes the reference numbers that ReferenceTests compares with, by PyTorch in float64.

    python3 -m venv .venv && .venv/bin/pip install torch==2.15.0 numpy==2.4.6
    .venv/bin/python Tests/Fixtures/generate.py

Inputs are not stored: both sides draw them from the package's own random streams (SplitMix64, see
Sources/Tensors/RandomStream.swift), rounded to float32, so that a Float computation starts from the same numbers.
Only what PyTorch computes is written: normalizers.json, models.json, training.json and stress.json beside this file.
"""
import json
import pathlib
import platform

import numpy
import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).parent
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
torch.set_default_dtype(torch.float64)


# -- The package's random streams ----------------------------------------------------------------------------------


def mixed(z):
    """SplitMix64's finalizer, for an integer or an array of them."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK if isinstance(z, int) else (z ^ (z >> U(30))) * U(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK if isinstance(z, int) else (z ^ (z >> U(27))) * U(0x94D049BB133111EB)
    return z ^ (z >> 31) if isinstance(z, int) else z ^ (z >> U(31))


U = numpy.uint64


def numbers(count: int, name: str, seed: int = 7) -> numpy.ndarray:
    """The first `count` numbers of 64 bits of the stream with this seed and name."""
    fnv = 0xCBF29CE484222325
    for byte in name.encode():
        fnv = (fnv ^ byte) * 0x100000001B3 & MASK
    state = mixed((seed + GOLDEN) & MASK) ^ mixed(fnv)
    return mixed(numpy.arange(1, count + 1, dtype=U) * U(GOLDEN) + U(state))


def uniform(count: int, name: str, seed: int = 7) -> numpy.ndarray:
    """The first `count` numbers in 0..1 of the stream with this seed and name."""
    return (numbers(count, name, seed) >> U(11)).astype(numpy.float64) * 2.0**-53


def dropout(x: torch.Tensor, rate: float, name: str, step: int, seed: int) -> torch.Tensor:
    """x with elements dropped by the mask of a pass, over its elements in row-major order."""
    halves = numbers((x.numel() + 1) // 2, f"dropout/{name}/step{step}", seed).view(numpy.uint32)
    kept = (halves[: x.numel()].astype(numpy.float64) * 2.0**-32 >= rate).reshape(tuple(x.shape))
    return x * torch.from_numpy(kept) / (1 - rate)


def random(shape, name: str, bound: float = 1.0, offset: float = 0.0) -> torch.Tensor:
    """A tensor uniform within `bound` of `offset`, rounded to float32, as TestSupport makes it."""
    count = int(numpy.prod(shape, dtype=numpy.int64))
    values = (offset + bound * (2 * uniform(count, name) - 1)).astype(numpy.float32)
    return torch.from_numpy(values.astype(numpy.float64)).reshape(list(shape))


def flat(tensor: torch.Tensor) -> list:
    return tensor.detach().contiguous().flatten().tolist()


# -- Normalizers ---------------------------------------------------------------------------------------------------

LAYOUTS = ("channelsFirst", "channelsLast", "timeMajor")
# The members that record running statistics.
RECORDING = ("batch", "renorm")


def to_layout(x: torch.Tensor, layout: str) -> torch.Tensor:
    """From [N, C, ...] to the layout."""
    spatial = list(range(2, x.dim()))
    order = {"channelsFirst": [0, 1] + spatial, "channelsLast": [0] + spatial + [1], "timeMajor": spatial + [0, 1]}
    return x.permute(order[layout])


def from_layout(x: torch.Tensor, layout: str) -> torch.Tensor:
    last = x.dim() - 1
    order = {
        "channelsFirst": list(range(x.dim())),
        "channelsLast": [0, last] + list(range(1, last)),
        "timeMajor": [last - 1, last] + list(range(0, last - 1)),
    }
    return x.permute(order[layout]).contiguous()


class Running:
    """What a layer that averages over the batch records."""

    def __init__(self, channels, dtype=torch.float64):
        self.mean = torch.zeros(channels, dtype=dtype)
        self.variance = torch.ones(channels, dtype=dtype)
        self.batches = 0


def normalize(norm, x, groups, scale, shift, epsilon, running=None, training=True, slope=None):
    """x is [N, C, ...]. Scale and shift are per channel for every member, as in the package."""
    if norm == "batch":
        return F.batch_norm(x, running.mean, running.variance, scale, shift, training, 0.1, epsilon)
    if norm == "instance":
        return F.instance_norm(x, weight=scale, bias=shift, eps=epsilon)
    if norm in ("layer", "group"):
        return F.group_norm(x, 1 if norm == "layer" else groups, scale, shift, epsilon)
    # PyTorch has no layer that does what the rest do: they are their papers' formulas, and autograd.
    if norm == "rms":
        sample = list(range(1, x.dim()))
        standard = x / (x.square().mean(sample, keepdim=True) + epsilon).sqrt()
    elif norm == "renorm":
        standard = renormalize(x, epsilon, running, training)
    else:
        standard = torch.tanh(slope * x)
    return along_channels(scale, x) * standard + along_channels(shift, x)


def along_channels(values, x):
    return values.reshape([1, -1] + [1] * (x.dim() - 2))


# The schedule of TestSupport: (r_max, d_max) after so many mini-batches, the last for all that follow.
RENORM_BOUNDS = [(1.0, 0.0), (1.0, 0.0), (1.25, 0.3), (1.5, 0.3)]
# How many of Batch Renormalization's r and d were at their bounds, and how many were not.
renorm_counts = {"r clipped": 0, "r free": 0, "d clipped": 0, "d free": 0}


def renormalize(x, epsilon, running, training):
    """Ioffe (2017), Algorithm 1, with σ² averaged as the unbiased variance."""
    running_mean = along_channels(running.mean.clone(), x)
    running_deviation = along_channels((running.variance + epsilon).sqrt(), x)
    if not training:
        return (x - running_mean) / running_deviation
    channel = [0] + list(range(2, x.dim()))
    mean = x.mean(channel, keepdim=True)
    variance = (x - mean).square().mean(channel, keepdim=True)
    deviation = (variance + epsilon).sqrt()
    r_max, d_max = RENORM_BOUNDS[min(running.batches, len(RENORM_BOUNDS) - 1)]
    r, d = (deviation / running_deviation).detach(), ((mean - running_mean) / running_deviation).detach()
    if r_max > 1:
        for name, value, low, high in (("r", r, 1 / r_max, r_max), ("d", d, -d_max, d_max)):
            free = int(((value > low) & (value < high)).sum())
            renorm_counts[name + " free"] += free
            renorm_counts[name + " clipped"] += value.numel() - free
    with torch.no_grad():
        values = x.numel() // x.shape[1]
        running.mean = 0.9 * running.mean + 0.1 * mean.flatten()
        running.variance = 0.9 * running.variance + 0.1 * variance.flatten() * values / (values - 1)
        running.batches += 1
    return (x - mean) / deviation * r.clamp(1 / r_max, r_max) + d.clamp(-d_max, d_max)


def check_renorm_counts(what):
    """A fixture where all of r and d, or none of them, met their bounds would say little."""
    print(f"Batch Renormalization in {what}: {renorm_counts}")
    for name in ("r", "d"):
        clipped, free = renorm_counts[name + " clipped"], renorm_counts[name + " free"]
        assert min(clipped, free) > 0.1 * (clipped + free), renorm_counts
    renorm_counts.update(dict.fromkeys(renorm_counts, 0))


def laid_out(batch, channels, positions, layout):
    return {
        "channelsFirst": [batch, channels] + positions,
        "channelsLast": [batch] + positions + [channels],
        "timeMajor": positions + [batch, channels],
    }[layout]


def normalizer_cases():
    shapes = [
        (3, 7, 7, [5]), (2, 6, 3, [3, 5]), (5, 6, 2, []), (1, 6, 3, [7]), (2, 34, 17, [3]), (13, 18, 3, []),
        (3, 2, 1, [67]), (2, 4, 2, [5, 7]),
    ]
    usual = [(1e-5, 0.0, 1.0), (1e-3, 0.5, 3.0), (1e-5, 1e4, 1.0), (1e-5, 0.0, 1e-4)]
    numbers_of = {
        # Around these, variances put r on both sides of both of its bounds.
        "renorm": [(1e-5, 0.0, 1.05), (1e-3, 0.05, 3.5), (1e-5, 1e4, 1.0), (1e-5, 0.0, 1.7)],
        # Far from zero, tanh is ±1 and its gradient nothing. There is no ε.
        "dyt": [(0.0, 0.0, 1.0), (0.0, 0.5, 3.0), (0.0, -1.0, 5.0), (0.0, 0.0, 1e-4)],
    }
    for norm in ("batch", "layer", "instance", "group", "rms", "renorm", "dyt"):
        numbers = numbers_of.get(norm, usual)
        for batch, channels, groups, positions in shapes:
            values = batch * int(numpy.prod(positions)) if norm in RECORDING else int(numpy.prod(positions))
            if norm in RECORDING + ("instance",) and values == 1:
                continue
            if norm == "instance" and not positions:
                continue
            if norm == "group" and not positions and channels == groups:
                continue
            for index, layout in enumerate(LAYOUTS):
                epsilon, offset, bound = numbers[(index + len(positions) + batch) % len(numbers)]
                yield dict(norm=norm, batch=batch, channels=channels, groups=groups, positions=positions, layout=layout,
                           epsilon=epsilon, offset=offset, bound=bound)


def normalizer_fixture(case):
    norm, groups, channels, layout = case["norm"], case["groups"], case["channels"], case["layout"]
    shape = laid_out(case["batch"], channels, case["positions"], layout)
    running = Running(channels)
    scale = random([channels], "scale", 0.5, 1.2).requires_grad_()
    shift = random([channels], "shift").requires_grad_()
    slope = random([1], "slope", 0.3, 0.7).requires_grad_()
    arguments = (groups, scale, shift, case["epsilon"], running)
    if norm in RECORDING:
        # Running statistics come from several steps.
        for step in range(2 if norm == "batch" else 3):
            earlier = random(shape, f"earlier {step}", case["bound"], case["offset"] + step)
            normalize(norm, from_layout(earlier, layout), *arguments)
    x = random(shape, "input", case["bound"], case["offset"]).requires_grad_()
    y = normalize(norm, from_layout(x, layout), *arguments, slope=slope)
    # The upstream gradient must be contiguous: given a permuted one, F.instance_norm of PyTorch 2.15 on the CPU returns
    # a gradient that neither its own formula written out nor central differences agree with.
    (y * from_layout(random(shape, "upstream"), layout)).sum().backward()
    y = to_layout(y, layout)
    inference = to_layout(normalize(norm, from_layout(x, layout), *arguments, training=False, slope=slope), layout)
    result = dict(case, output=flat(y), inputGradient=flat(x.grad), scaleGradient=flat(scale.grad),
                  shiftGradient=flat(shift.grad), inference=flat(inference), runningMean=[], runningVariance=[])
    if norm in RECORDING:
        result.update(runningMean=flat(running.mean), runningVariance=flat(running.variance))
    if norm == "dyt":
        result.update(slopeGradient=flat(slope.grad))
    return result


# -- Models --------------------------------------------------------------------------------------------------------

GROUPS = 2


def norm_parameters(parameters, prefix, channels, norm):
    if norm != "none":
        if norm == "dyt":
            parameters[prefix + ".slope"] = random([1], prefix + ".slope", 0.3, 0.7)
        parameters[prefix + ".scale"] = random([channels], prefix + ".scale", 0.5, 1.2)
        parameters[prefix + ".shift"] = random([channels], prefix + ".shift")


def normalize_in_model(norm, x, p, prefix, running):
    """Normalizes x, [N, C, ...], by the parameters under `prefix`; `running` keeps what each layer records."""
    layer = running.setdefault(prefix, Running(x.shape[1]))
    return normalize(norm, x, GROUPS, p[prefix + ".scale"], p[prefix + ".shift"], 1e-5, layer,
                     slope=p.get(prefix + ".slope"))


def cnn(norm):
    """Two blocks on 6×5 images of 2 channels: 4, then 8 channels; tanh; max-pooling while both sides are above 2."""
    parameters, inputs = {}, 2
    for block, outputs in enumerate((4, 8)):
        prefix = f"block{block}"
        parameters[prefix + ".convolution.weights"] = random([9 * inputs, outputs], prefix + ".convolution.weights", 0.4)
        if norm == "none":
            parameters[prefix + ".convolution.bias"] = random([outputs], prefix + ".convolution.bias", 0.4)
        norm_parameters(parameters, prefix + ".normalizer", outputs, norm)
        inputs = outputs
    # 6×5 is pooled to 3×2; that is not above 2 on both sides, so the second block does not pool.
    parameters["classifier.weights"] = random([3 * 2 * 8, 3], "classifier.weights", 0.4)
    parameters["classifier.bias"] = random([3], "classifier.bias", 0.4)

    def forward(p, images, running, drop=lambda x, place: x):
        signal = images.permute(0, 3, 1, 2)
        for block in range(2):
            prefix = f"block{block}"
            weights = p[prefix + ".convolution.weights"]
            kernel = weights.reshape(3, 3, signal.shape[1], weights.shape[1]).permute(3, 2, 0, 1)
            signal = F.conv2d(signal, kernel, p.get(prefix + ".convolution.bias"), padding=1)
            if norm != "none":
                signal = normalize_in_model(norm, signal, p, prefix + ".normalizer", running)
            signal = torch.tanh(signal)
            if block == 0:
                signal = F.max_pool2d(signal, 2)
            signal = drop(signal.permute(0, 2, 3, 1), prefix).permute(0, 3, 1, 2)
        features = drop(signal.permute(0, 2, 3, 1).flatten(1), "classifier")
        return features @ p["classifier.weights"] + p["classifier.bias"]

    return parameters, forward, [4, 6, 5, 2]


def rnn(norm, depth=1):
    """Layers of 6 units on 5 steps of 3 values."""
    hidden, parameters = 6, {}
    for layer in range(depth):
        inputs, name = 3 if layer == 0 else hidden, f"layer{layer}.inputToHidden"
        parameters[name + ".weights"] = random([inputs, hidden], name + ".weights", 0.7)
        if norm == "none":
            parameters[name + ".bias"] = random([hidden], name + ".bias", 0.4)
        name = f"layer{layer}.hiddenToHidden.weights"
        parameters[name] = random([hidden, hidden], name, 0.5)
        norm_parameters(parameters, f"layer{layer}.normalizer", hidden, norm)
    parameters["classifier.weights"] = random([hidden, 3], "classifier.weights", 0.7)
    parameters["classifier.bias"] = random([3], "classifier.bias", 0.4)

    def forward(p, sequences, running, drop=lambda x, place: x):
        for layer in range(depth):
            prefix = f"layer{layer}.normalizer"
            drive = sequences @ p[f"layer{layer}.inputToHidden.weights"]
            if norm == "none":
                drive = drive + p[f"layer{layer}.inputToHidden.bias"]
            if norm in ("batch", "instance", "renorm"):
                drive = normalize_in_model(norm, drive.permute(0, 2, 1), p, prefix, running).permute(0, 2, 1)
            state, states = torch.zeros(sequences.shape[0], hidden), []
            for step in range(sequences.shape[1]):
                total = drive[:, step] + state @ p[f"layer{layer}.hiddenToHidden.weights"]
                if norm in ("layer", "group", "rms", "dyt"):
                    total = normalize_in_model(norm, total, p, prefix, running)
                state = torch.tanh(total)
                states.append(state)
            if layer < depth - 1:
                # Time-major, as the package has it.
                sequences = drop(torch.stack(states), f"layer{layer}").permute(1, 0, 2)
            else:
                state = drop(state, f"layer{layer}")
        state = drop(state, "classifier")
        return state @ p["classifier.weights"] + p["classifier.bias"]

    return parameters, forward, [4, 5, 3]


def model_fixture(model, norm):
    parameters, forward, shape = {"cnn": cnn, "rnn": rnn}[model](norm)
    labels = torch.tensor([0, 2, 1, 2])

    def loss(p, step, running):
        return F.cross_entropy(forward(p, random(shape, f"batch {step}"), running), labels)

    result = dict(model=model, norm=norm, gradients={}, trained={})
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    running = {}
    if norm == "renorm":
        # Only after the warm-up is it anything but batch normalization.
        for step in (7, 8, 9):
            loss(leaves, step, running)
    first = loss(leaves, 0, running)
    first.backward()
    result["loss"] = first.item()
    result["gradients"] = {name: flat(leaf.grad) for name, leaf in leaves.items()}
    for kind in ("sgd", "adam"):
        leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
        optimizer = (torch.optim.SGD(leaves.values(), lr=0.05, momentum=0.9) if kind == "sgd"
                     else torch.optim.Adam(leaves.values(), lr=0.01))
        running = {}
        for step in range(10):
            optimizer.zero_grad()
            loss(leaves, step, running).backward()
            optimizer.step()
        result["trained"][kind] = {name: flat(leaf) for name, leaf in leaves.items()}
    return result


# -- Training -----------------------------------------------------------------------------------------------------


def training_cases():
    """What an optimizer, a loss and dropout can be told."""
    plain = dict(optimizer="sgd", learningRate=0.05, momentum=0.9, weightDecay=0.0, decaysAll=False, smoothing=0.0,
                 dropout=0.0, place="classifier")
    adam = dict(plain, optimizer="adam", learningRate=0.01)
    for model, norm in (("cnn", "batch"), ("rnn", "layer")):
        for settings in (
            dict(plain, momentum=0.5), dict(plain, momentum=0.0, weightDecay=0.3), dict(adam, momentum=0.5),
            dict(adam, weightDecay=0.5), dict(adam, momentum=0.8, weightDecay=0.5, decaysAll=True),
            dict(plain, smoothing=0.1), dict(adam, weightDecay=0.1, smoothing=0.3),
            dict(plain, dropout=0.3), dict(plain, dropout=0.3, place="layers"),
            dict(adam, momentum=0.7, weightDecay=0.2, smoothing=0.2, dropout=0.5, place="layers"),
        ):
            yield dict(model=model, norm=norm, **settings)


def training_fixture(case):
    """The losses of ten steps whose rate goes down by a tenth of the first, and the weights after them."""
    parameters, forward, shape = cnn(case["norm"]) if case["model"] == "cnn" else rnn(case["norm"], depth=2)
    labels = torch.tensor([0, 2, 1, 2])
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    decays = {True: [], False: []}
    for leaf in leaves.values():
        decays[leaf.dim() > 1 or case["decaysAll"]].append(leaf)
    groups = [dict(params=some, weight_decay=case["weightDecay"] if decay else 0.0)
              for decay, some in decays.items() if some]
    if case["optimizer"] == "sgd":
        optimizer = torch.optim.SGD([dict(group, weight_decay=0.0) for group in groups], momentum=case["momentum"])
    else:
        optimizer = torch.optim.AdamW(groups, betas=(case["momentum"], 0.999))
    running, losses = {}, []
    for step in range(10):
        def drop(x, place):
            here = (place == "classifier") == (case["place"] == "classifier")
            return dropout(x, case["dropout"], place, step, seed=0) if here and case["dropout"] > 0 else x

        rate = case["learningRate"] * (1 - step / 10)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        logits = forward(leaves, random(shape, f"batch {step}"), running, drop)
        loss = F.cross_entropy(logits, labels, label_smoothing=case["smoothing"])
        loss.backward()
        if case["optimizer"] == "sgd":
            # The weight decay of PyTorch's SGD is added to the gradient; decoupled, it is this.
            with torch.no_grad():
                for group in groups:
                    for leaf in group["params"]:
                        leaf.mul_(1 - rate * group["weight_decay"])
        optimizer.step()
        losses.append(loss.item())
    return dict(case, losses=losses, trained={name: flat(leaf) for name, leaf in leaves.items()})


# -- Stress --------------------------------------------------------------------------------------------------------


def stress_cases():
    numbers = [(0.0, 1.0), (1e2, 1.0), (1e4, 1.0), (1e6, 1.0), (0.0, 1e-6), (0.0, 1e-3), (0.0, 1e3), (0.0, 1e6),
               (1e2, 1e-3), (1e6, 1e3)]
    for norm in ("batch", "layer", "instance", "group"):
        for values in (10, 1_000, 100_000, 10_000_000):
            for offset, bound in numbers if values < 10_000_000 else [(0.0, 1.0), (1e4, 1.0), (0.0, 1e-6)]:
                # Two statistics of each, in [N, C, L].
                if norm == "batch":
                    shape = [5, 2, values // 5]
                elif norm == "layer":
                    shape = [2, 5, values // 5]
                elif norm == "instance":
                    shape = [1, 2, values]
                else:
                    shape = [1, 10, values // 5]
                yield dict(norm=norm, values=values, offset=offset, bound=bound, shape=shape)


def stress_fixture(case):
    """The largest errors of PyTorch in float32 against float64, relative to the root mean square."""
    shape, channels = case["shape"], case["shape"][1]

    def run(dtype):
        x = random(shape, "input", case["bound"], case["offset"]).to(dtype).requires_grad_()
        scale = random([channels], "scale", 0.5, 1.2).to(dtype)
        shift = random([channels], "shift").to(dtype)
        y = normalize(case["norm"], x, GROUPS, scale, shift, 1e-5, Running(channels, dtype))
        y.backward(random(shape, "upstream").to(dtype))
        return y.detach().double(), x.grad.double()

    def error(found, exact):
        return ((found - exact).abs().max() / exact.square().mean().sqrt()).item()

    exact, single = run(torch.float64), run(torch.float32)
    return dict(case, forward=error(single[0], exact[0]), backward=error(single[1], exact[1]))


def write(name, cases):
    made = {"by": f"PyTorch {torch.__version__}, NumPy {numpy.__version__}, Python {platform.python_version()}",
            "cases": cases}
    path = FOLDER / name
    path.write_text(json.dumps(made, separators=(",", ":")).replace('{"', '\n{"') + "\n")
    print(f"{name}: {len(cases)} cases, {path.stat().st_size} bytes")


def main():
    torch.set_num_threads(2)
    write("normalizers.json", [normalizer_fixture(case) for case in normalizer_cases()])
    check_renorm_counts("normalizers.json")
    norms = ("none", "batch", "layer", "instance", "group", "rms", "renorm", "dyt")
    write("models.json", [model_fixture(model, norm) for model in ("cnn", "rnn") for norm in norms])
    check_renorm_counts("models.json")
    write("training.json", [training_fixture(case) for case in training_cases()])
    write("stress.json", [stress_fixture(case) for case in stress_cases()])


if __name__ == "__main__":
    main()
