"""The cases in PyTorch: eager or compiled, the CNN's images in the default memory format or in `channels_last`.

Where PyTorch has two ways to do a case, both are tried while nothing is timed, and the faster one is taken.
"""
import time

import torch
import torch.nn.functional as F

from cases import GROUPS, shape_of


def start(threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    # As JAX does: gradients through hundreds of time steps become so small that arithmetic with them is slow.
    torch.set_flush_denormal(True)


def prepare(case, compiled, last):
    """A function that does the case once."""
    kind, *words = case.split("/")
    wrap = torch.compile if compiled else (lambda function: function)

    def make(way):
        torch.compiler.reset()
        if kind == "copy":
            return copy(words)
        if kind == "norm":
            return normalizer(words, wrap, way)
        if kind == "cnn":
            return cnn_step(words, wrap, last, way)
        if kind == "rnn":
            return rnn_step(words, wrap, way)
        return product(kind, words, last)

    return fastest(make, ways(kind, words, compiled))


def ways(kind, words, compiled):
    if kind in ("norm", "cnn") and words[0] == "instance":
        return "instance_norm", "group_norm"
    if kind == "rnn" and words[0] == "none" and not compiled:
        return "nn.RNN", "loop"
    return (None,)


def fastest(make, ways):
    if len(ways) == 1:
        return make(ways[0])

    def seconds(way):
        work, times = make(way), []
        work()
        end = time.perf_counter() + 0.1
        while len(times) < 3 or time.perf_counter() < end:
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        return sorted(times)[len(times) // 2]

    return make(min(ways, key=seconds))


# -- Kernels ---------------------------------------------------------------------------------------------------------


def copy(words):
    x = torch.rand(shape_of(words[0]))
    target = torch.empty_like(x)
    return lambda: target.copy_(x)


def torch_normalize(norm, x, scale, shift, running=(None, None), training=True, way=None):
    """x is [N, C, ...]."""
    if norm == "batch":
        return F.batch_norm(x, *running, scale, shift, training, 0.1, 1e-5)
    if norm == "instance":
        if way == "group_norm":
            return F.group_norm(x, x.shape[1], scale, shift)
        return F.instance_norm(x, weight=scale, bias=shift)
    if norm == "layer" and x.dim() == 2:
        return F.layer_norm(x, x.shape[1:], scale, shift)
    return F.group_norm(x, 1 if norm == "layer" else GROUPS, scale, shift)


def statistics(channels):
    return torch.zeros(channels), torch.ones(channels)


def normalizer(words, wrap, way):
    norm, mode, layout, shape = words[0], words[1], words[2], shape_of(words[3])
    x = torch.rand(shape)
    if layout == "channelsLast" and len(shape) == 4:
        x = x.to(memory_format=torch.channels_last)
    scale, shift, running = torch.ones(shape[1]), torch.zeros(shape[1]), statistics(shape[1])
    forward = wrap(lambda x, scale, shift: torch_normalize(norm, x, scale, shift, running, way=way))
    if mode == "forward":
        def run():
            with torch.no_grad():
                forward(x, scale, shift)
        return run
    upstream = torch.rand_like(x)
    leaves = [t.requires_grad_() for t in (x, scale, shift)]
    return lambda: torch.autograd.grad(forward(*leaves), leaves, upstream)


def product(kind, words, last):
    """The product of matrices or the convolution alone, without a graph for gradients."""
    sizes = shape_of(words[0])
    if kind == "product":
        a, b = torch.rand(sizes[:2]), torch.rand(sizes[1:])
        return lambda: torch.mm(a, b)
    if kind == "gradient":
        a, b = torch.rand(sizes[0], sizes[1]), torch.rand(sizes[0], sizes[2])
        return lambda: torch.mm(a.t(), b)
    samples, height, width, channels, outputs = sizes
    memory = torch.channels_last if last else torch.contiguous_format
    x, weights, upstream = (torch.rand(shape).to(memory_format=memory) for shape in (
        (samples, channels, height, width), (outputs, channels, 3, 3), (samples, outputs, height, width)))
    if kind == "convolution":
        return lambda: F.conv2d(x, weights, padding=1)
    # The gradient of the weights, and of nothing else.
    return lambda: torch.ops.aten.convolution_backward(
        upstream, x, weights, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, [False, True, False])


# -- Training steps --------------------------------------------------------------------------------------------------


def torch_cnn(norm, side, width=16, last=False, way=None):
    """The CNN as a function of images [N, 1, side, side] with an attribute `training`, and its parameters."""
    widths = (width, 2 * width)
    memory = torch.channels_last if last else torch.contiguous_format
    convolutions = [torch.nn.Conv2d(a, b, 3, padding=1, bias=norm == "none").to(memory_format=memory)
                    for a, b in zip((1, width), widths)]
    scales = [torch.nn.Parameter(torch.ones(c)) for c in widths]
    shifts = [torch.nn.Parameter(torch.zeros(c)) for c in widths]
    running = [statistics(c) for c in widths]
    classifier = torch.nn.Linear(2 * width * (side // 4) ** 2, 10)

    def forward(signal):
        for convolution, scale, shift, state in zip(convolutions, scales, shifts, running):
            signal = convolution(signal)
            if norm != "none":
                signal = torch_normalize(norm, signal, scale, shift, state, forward.training, way)
            signal = F.max_pool2d(torch.relu(signal), 2)
        # In the order of memory: the classifier's weights stand in any.
        return classifier((signal.permute(0, 2, 3, 1) if last else signal).flatten(1))

    forward.training = True
    parameters = [p for module in convolutions + [classifier] for p in module.parameters()]
    return forward, parameters + (scales + shifts if norm != "none" else [])


def cnn_step(words, wrap, last, way):
    norm, side, batch = words[0], shape_of(words[1])[0], int(words[2])
    width = int(words[3]) if len(words) > 3 else 16
    forward, parameters = torch_cnn(norm, side, width, last, way)
    images = torch.rand(batch, 1, side, side)
    return step(wrap, forward, parameters, images.to(memory_format=torch.channels_last) if last else images, batch)


def rnn_step(words, wrap, way):
    norm, (steps, inputs), batch, hidden = words[0], shape_of(words[1]), int(words[2]), int(words[3])
    sequences = torch.rand(steps, batch, inputs)
    classifier = torch.nn.Linear(hidden, 10)
    if way == "nn.RNN":
        cell = torch.nn.RNN(inputs, hidden)
        torch.nn.init.orthogonal_(cell.weight_hh_l0)
        parameters = [*cell.parameters(), *classifier.parameters()]
        return step(wrap, lambda x: classifier(cell(x)[0][-1]), parameters, sequences, batch)
    to_hidden = torch.nn.Linear(inputs, hidden, bias=norm == "none")
    recurrent = torch.nn.Parameter(torch.empty(hidden, hidden))
    torch.nn.init.orthogonal_(recurrent)
    scale, shift = torch.nn.Parameter(torch.ones(hidden)), torch.nn.Parameter(torch.zeros(hidden))
    running = statistics(hidden)

    def forward(x):
        drives = to_hidden(x)
        if norm == "batch":
            drives = torch_normalize(norm, drives.reshape(-1, hidden), scale, shift, running).reshape(drives.shape)
        state = torch.zeros(batch, hidden)
        # Taken apart once: an index at each step would add a gradient of all steps at each.
        for drive in drives.unbind(0):
            total = torch.addmm(drive, state, recurrent)
            state = torch.tanh(torch_normalize(norm, total, scale, shift) if norm == "layer" else total)
        return classifier(state)

    parameters = [recurrent, *to_hidden.parameters(), *classifier.parameters()]
    return step(wrap, forward, parameters + ([scale, shift] if norm != "none" else []), sequences, batch)


def step(wrap, forward, parameters, data, samples):
    labels = torch.arange(samples) % 10
    optimizer = torch.optim.SGD(parameters, lr=1e-4, momentum=0.9, fused=True)
    loss = wrap(lambda data: F.cross_entropy(forward(data), labels))

    def run():
        optimizer.zero_grad()
        loss(data).backward()
        optimizer.step()
    return run
