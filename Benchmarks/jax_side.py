"""The cases in JAX, each a function that is compiled as a whole."""
import jax
import jax.numpy as jnp

from cases import GROUPS, shape_of


def prepare(case):
    """A function that does the case once."""
    kind, *words = case.split("/")
    return {"copy": copy, "norm": normalizer, "cnn": cnn_step, "rnn": rnn_step}[kind](words)


def random(*shape):
    return jax.random.uniform(jax.random.key(1), shape, minval=-0.3, maxval=0.3)


# -- Kernels ---------------------------------------------------------------------------------------------------------


def copy(words):
    x = random(*shape_of(words[0]))
    function = jax.jit(lambda x: x + 0)
    return lambda: function(x).block_until_ready()


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


def normalizer(words):
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


# -- Training steps --------------------------------------------------------------------------------------------------


def cnn_step(words):
    norm, side, batch = words[0], shape_of(words[1])[0], int(words[2])
    width = int(words[3]) if len(words) > 3 else 16
    parameters = dict(
        w0=random(3, 3, 1, width), w1=random(3, 3, width, 2 * width), out=random(2 * width * (side // 4) ** 2, 10),
        bias=jnp.zeros(10))
    for block, channels in ((0, width), (1, 2 * width)):
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

    return step(forward, parameters, random(batch, side, side, 1), batch)


def rnn_step(words):
    norm, (steps, inputs), batch, hidden = words[0], shape_of(words[1]), int(words[2]), int(words[3])
    parameters = dict(
        wx=random(inputs, hidden), wh=random(hidden, hidden), out=random(hidden, 10), bias=jnp.zeros(10),
        shift=jnp.zeros(hidden), scale=jnp.ones(hidden))

    def forward(p, x):
        drive = x @ p["wx"]
        if norm == "batch":
            drive = normalize(norm, drive.reshape(-1, 1, hidden), p["scale"], p["shift"]).reshape(drive.shape)
        if norm == "none":
            drive = drive + p["shift"]

        def advance(state, now):
            total = now + state @ p["wh"]
            if norm == "layer":
                total = normalize(norm, total[:, None], p["scale"], p["shift"])[:, 0]
            return jnp.tanh(total), None

        state, _ = jax.lax.scan(advance, jnp.zeros((batch, hidden)), drive)
        return state @ p["out"] + p["bias"]

    return step(forward, parameters, random(steps, batch, inputs), batch)


def step(forward, parameters, data, samples):
    labels = jnp.arange(samples) % 10

    def loss(p, data):
        return -jnp.take_along_axis(jax.nn.log_softmax(forward(p, data)), labels[:, None], 1).mean()

    @jax.jit
    def update(p, velocity, data):
        gradient = jax.grad(loss)(p, data)
        velocity = jax.tree.map(lambda v, g: 0.9 * v + g, velocity, gradient)
        return jax.tree.map(lambda w, v: w - 1e-4 * v, p, velocity), velocity

    state = [parameters, jax.tree.map(jnp.zeros_like, parameters)]

    def run():
        state[:] = update(*state, data)
        jax.block_until_ready(state)
    return run
