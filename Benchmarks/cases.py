"""The cases that are compared: those that are listed, and those that are drawn from a seed.

A case is its name, which `bench` reads, too: see the table of names in the README.
"""
import math
import random

NORMS = ("batch", "layer", "instance", "group")
GROUPS = 4

# The sides that can do each kind, beside ours.
PEERS = {
    "norm": ("eager", "compiled", "jax"),
    "cnn": ("eager", "eager-last", "compiled", "compiled-last", "jax"),
    "rnn": ("eager", "compiled", "jax"),
    "product": ("eager", "eager-last"),
}
TITLES = {"norm": "normalizers", "cnn": "CNN", "rnn": "RNN", "product": "products"}
ALL_PEERS = tuple(dict.fromkeys(name for names in PEERS.values() for name in names))
LARGE_PRODUCT = "product/1024x1024x1024"
# An unrolled loop of more steps keeps the compiler busy for longer than the benchmark may last.
MOST_COMPILED_STEPS = 64


def shape_of(word):
    return [int(part) for part in word.split("x")]


def peers_of(case):
    """The sides that can do a case."""
    kind, *words = case.split("/")
    if kind in ("product", "gradient", "copy"):
        return ("eager",)
    if kind in ("convolution", "convolution-gradient"):
        return PEERS["product"]
    if words[0] not in {"norm": NORMS, "cnn": ("none", *NORMS), "rnn": ("none", "batch", "layer")}[kind]:
        return ()
    long = kind == "rnn" and shape_of(words[1])[0] > MOST_COMPILED_STEPS
    return tuple(name for name in PEERS[kind] if not (long and name.startswith("compiled")))


# -- Listed ----------------------------------------------------------------------------------------------------------


def listed(kind):
    return list({"norm": listed_normalizers, "cnn": listed_cnns, "rnn": listed_rnns, "product": listed_products}[kind]())


def listed_normalizers():
    for norm in NORMS:
        for shape in ("128x16x8x8", "64x32x28x28", "32x64x56x56", "64x128", "1792x128"):
            flat = shape.count("x") == 1
            if norm == "instance" and flat:
                continue
            for layout in ("channelsLast",) if flat else ("channelsFirst", "channelsLast"):
                for mode in ("forward", "both"):
                    yield f"norm/{norm}/{mode}/{layout}/{shape}"


def listed_cnns():
    for norm in ("none", *NORMS):
        for size in ("8x8/32", "28x28/64", "28x28/128"):
            yield f"cnn/{norm}/{size}"


def listed_rnns():
    for norm in ("none", "batch", "layer"):
        for size in ("8x8/32/64", "28x28/64/128", "28x28/128/128", "784x1/64/128"):
            yield f"rnn/{norm}/{size}"


def listed_products():
    """The products of the listed models, each alone, and a large one."""
    for kind in ("convolution", "convolution-gradient"):
        for batch in (64, 128):
            yield f"{kind}/{batch}x28x28x1x16"
            yield f"{kind}/{batch}x14x14x16x32"
            if kind == "convolution":  # the gradient of the second one's input
                yield f"{kind}/{batch}x14x14x32x16"
    for size in ("64x1568x10", "16x128x128", "32x128x128", "64x128x128", "1792x28x128", "3584x28x128", "50176x1x128"):
        yield f"product/{size}"
    yield from ("gradient/1792x128x128", "gradient/1792x28x128", LARGE_PRODUCT)


# -- Drawn -----------------------------------------------------------------------------------------------------------


def drawn(kind, seed, count):
    """`count` shapes or sizes of a kind, the same ones from the same seed; of products there are none.

    All draws are of `random()` of a `random.Random(seed)`, which gives the same numbers in every version of Python.
    """
    if kind == "product":
        return []
    draw = random.Random(seed).random
    cases = []
    for _ in range(count):
        cases += {"norm": draw_normalizers, "cnn": draw_cnn, "rnn": draw_rnn}[kind](draw)
    return list(dict.fromkeys(cases))


def extent(draw, first, last):
    """From `first` to `last`, each octave as likely as the others."""
    return min(int(first * math.exp(draw() * math.log((last + 1) / first))), last)


def multiple(draw, first, last):
    """The same of multiples of four for three draws of four."""
    value = extent(draw, first, last)
    return max(value // 4, 1) * 4 if draw() < 0.75 else value


def side(draw, last):
    """A third of the sides are odd."""
    value = extent(draw, 1, last)
    if draw() < 1 / 3:
        return value if value % 2 else value - 1
    return value + value % 2


def choice(draw, options):
    return options[int(draw() * len(options))]


def draw_normalizers(draw):
    """All four norms on an input of 1–512 samples, 1–1,024 channels and 1–224² positions.

    There are at least four values to every statistic of every norm, and at most 128 MB.
    """
    while True:
        shape = [extent(draw, 1, 512), extent(draw, 1, 1024), side(draw, 224), side(draw, 224)]
        if shape[2] * shape[3] >= 4 and 4 * math.prod(shape) <= 128e6:
            break
    layout = choice(draw, ("channelsFirst", "channelsLast"))
    modes = [choice(draw, ("forward", "both")) for _ in NORMS]
    return [
        f"norm/{norm}/{mode}/{layout}/{'x'.join(map(str, shape))}"
        for norm, mode in zip(NORMS, modes) if norm != "group" or shape[1] % GROUPS == 0
    ]


# A step of ours does 50 to 100 of these operations in a nanosecond on two threads: it takes below about 60 ms.
MOST_OPERATIONS = 3e9


def draw_cnn(draw):
    while True:
        norm = choice(draw, ("none", *NORMS))
        size, batch, width = extent(draw, 8, 64), extent(draw, 1, 256), multiple(draw, 4, 64)
        if norm == "group" and width % GROUPS:
            continue
        first = batch * size ** 2 * 9 * width
        second = batch * (size // 2) ** 2 * 9 * width * 2 * width
        if 2 * (2 * first + 3 * second) <= MOST_OPERATIONS:
            return [f"cnn/{norm}/{size}x{size}/{batch}/{width}"]


def draw_rnn(draw):
    while True:
        norm = choice(draw, ("none", "batch", "layer"))
        steps, inputs = extent(draw, 2, 64), extent(draw, 1, 64)
        batch, hidden = extent(draw, 1, 256), extent(draw, 8, 256)
        if 6 * steps * batch * hidden * (hidden + inputs) <= MOST_OPERATIONS:
            return [f"rnn/{norm}/{steps}x{inputs}/{batch}/{hidden}"]
