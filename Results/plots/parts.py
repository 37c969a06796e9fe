"""Which runs answer a claim the way its paper shows it: one panel each, by their settings."""

from collections.abc import Callable
from dataclasses import dataclass, field

from . import evaluations

# The deviation of the weights of a layer of 100 inputs where the scale is 1 (He et al., 2015).
DEVIATION = (2.0 / 100) ** 0.5


@dataclass(frozen=True)
class Part:
    """A panel of runs: what they have in common, and what is drawn of them."""

    panel: str
    # The settings that they have; a list is any of these values.
    where: dict
    # What is on the axis: a setting, or `step`.
    x: str
    metric: str = "test_accuracy"
    # Whether they are those that tuning chose, or were asked for as they are.
    is_tuned: bool = True
    # The frame of the records.
    frame: str = "runs"
    # The words of the axis and of its values.
    axis: str | None = None
    words: dict = field(default_factory=dict)
    factor: float = 1.0
    # An accuracy as the error that is left.
    is_error: bool = False
    # Whether the claim has its own number of training images.
    has_own_limit: bool = False
    # How often they are evaluated in the course of training; None is as `where` says.
    evaluations: int | None = None
    # What a row of runs is called on the axis, where no single setting says it.
    label: Callable | None = None


def place_in_time(run):
    """Where the normalizer of a recurrent network stands."""
    if run.norm == "none" or run.placement == "time-step":
        return run.norm if run.norm == "none" else f"{run.norm}, each step"
    words = {"input-path": "input path", "hidden-path": "both paths, shared", "hidden-path-per-step": "both, per step"}
    gamma = "" if run.placement == "input-path" else f", γ = {float(run.init_gamma or 1):g}"
    return words.get(run.placement, run.placement) + gamma


def as_it_comes(run):
    """The normalizer, group normalization in the number of groups that it has unasked."""
    return None if run.norm == "group" and run.groups != "4" else run.norm


def before_or_after(run):
    """Where the normalizer stands, if there is one."""
    return "none" if run.norm == "none" else run.placement


def dropout(run):
    """Where there is dropout."""
    if float(run.dropout or 0) == 0:
        return "plain"
    return "dropout" if run.dropout_at == "layers" else "dropout behind"


ONCE = str(evaluations.ONCE)
PAINTED = {"model": "cnn", "paint": "red", "inference_statistics": "moving"}

ALL = {
    "convergence": [
        Part(
            f"{model.upper()} here, {rates}",
            {"model": model, "batch_size": batch, "epochs": epochs, "placement": "before"},
            "step",
            frame="curves",
            is_tuned=rates == "best rates",
            evaluations=72,
        )
        for model, batch, epochs in (("mlp", "60", "15"), ("cnn", "32", "8"))
        for rates in ("best rates", "one rate")
    ],
    "learning-rate": [
        Part(
            f"here, {depth} layers",
            {"model": "mlp", "activation": "relu", "depth": depth, "epochs": "5", "evaluate_every": ONCE},
            "learning_rate",
            is_tuned=False,
        )
        for depth in ("4", "16")
    ],
    "init-scale": [
        Part(
            "here",
            {"model": "mlp", "activation": "relu", "depth": "5", "momentum": "0", "learning_rate": "0.01"},
            "init_scale",
            "train_accuracy",
            is_tuned=False,
            axis="deviation of the weights",
            factor=DEVIATION,
            has_own_limit=True,
        )
    ],
    "batch-size": [
        Part(
            "here, rates tuned",
            {
                "model": "cnn",
                "epochs": "4",
                "statistics_batch": "0",
                "inference_statistics": "moving",
                "paint": "none",
                "test_images": "test",
            },
            "batch_size",
            is_error=True,
        ),
        Part(
            "here, one rate scaled",
            {
                "model": "cnn",
                "epochs": "4",
                "statistics_batch": "0",
                "inference_statistics": "moving",
                "validation": "0",
                "evaluate_every": ONCE,
            },
            "batch_size",
            is_tuned=False,
            is_error=True,
        ),
    ],
    "family": [
        Part(
            "here",
            {"model": "cnn", "epochs": "8", "paint": "none", "evaluate_every": ONCE, "batch_size": "32"},
            "norm",
            is_error=True,
            label=as_it_comes,
        )
    ],
    "family-groups": [
        Part(
            "here",
            {
                "model": "cnn",
                "epochs": "8",
                "norm": "group",
                "paint": "none",
                "evaluate_every": ONCE,
                "batch_size": "32",
            },
            "groups",
            is_error=True,
        )
    ],
    "inference-statistics": [
        Part(
            f"here, batches of {size}",
            {
                "model": "cnn",
                "epochs": "4",
                "batch_size": size,
                "statistics_batch": "0",
                "paint": "none",
                "test_images": "test",
                "norm": ["batch", "renorm"],
            },
            "inference_statistics",
            axis="statistics",
            is_error=True,
        )
        for size in ("2", "8", "32")
    ],
    "regularization": [
        Part(
            "here",
            {
                "model": "mlp",
                "depth": "6",
                "activation": "relu",
                "statistics_batch": "0",
                "test_images": "test",
                "dropout_at": ["layers", "classifier"],
            },
            "what",
            label=dropout,
            has_own_limit=True,
        )
    ],
    "gradient-flow": [
        Part(
            f"here, {depth} layers",
            {
                "model": "mlp",
                "depth": depth,
                "batch_size": "60",
                "activation": "sigmoid",
                "norm_noise": "0",
                "step": "0",
                "evaluate_every": ONCE,
                "affine": "on",
                "init_gamma": "1",
                "validation": "0",
            },
            "layer",
            "gradient_norm",
            is_tuned=False,
            frame="layers",
            has_own_limit=True,
        )
        for depth in ("4", "16")
    ],
    "affine": [
        Part(
            "here",
            {"model": "mlp", "batch_size": "60", "epochs": "12", "init_gamma": "1", "evaluate_every": ONCE},
            "affine",
            words={"on": "γ, β", "scale": "γ alone", "shift": "β alone", "off": "neither"},
            axis="learned",
        )
    ],
    "covariate-shift": [
        Part(
            "here",
            PAINTED,
            "test_images",
            axis="tested on",
            words={
                "test": "as trained",
                "repainted": "another colour",
                "inverted": "inverted",
                "dimmed": "half contrast",
                "brightened": "brighter",
            },
        ),
        Part(
            "here, mended by 256",
            {"model": "cnn", "paint": "red", "inference_statistics": "batch", "evaluation_batch": "256"},
            "test_images",
            axis="tested on",
            words={
                "repainted": "another colour",
                "inverted": "inverted",
                "dimmed": "half contrast",
                "brightened": "brighter",
            },
        ),
    ],
    "placement": [
        Part(
            f"here, {activation}",
            {"model": "cnn", "activation": activation, "epochs": "5"},
            "what",
            label=before_or_after,
            evaluations=22,
        )
        for activation in ("relu", "sigmoid")
    ],
    "recurrent": [
        Part(
            f"here, {steps} steps",
            {"model": "rnn", "sequence": "pixels", "initial_noise": "0.1", "epochs": "6", "time_steps": steps},
            "what",
            label=place_in_time,
        )
        # As many as 8×8 and 28×28 pixels are shared out in.
        for steps in ("8", "16", "28", "64", "112")
    ],
    "sanity": [
        Part(
            "here",
            {"epochs": "1", "train_limit": "320", "l2": "0", "evaluate_every": ONCE},
            "model",
            "first_loss",
            is_tuned=False,
            has_own_limit=True,
        )
    ],
}
