"""The columns that `compare` writes, by file; `swift run compare columns` says what they hold."""

from dataclasses import dataclass

SETTINGS = """
model norm data seed batch_size learning_rate optimizer groups activation placement init_scale width depth epochs clip momentum
weight_decay weight_decay_of schedule warm_up dropout dropout_at label_smoothing epsilon decay affine init_gamma train_limit
validation last_batch evaluate_every sequence time_steps initial_noise norm_noise statistics_batch l2 paint inference_statistics
evaluation_batch test_images test_limit
""".split()

# Those that change nothing without a normalizer: runs that differ in one of them still differ in the normalizer alone.
OF_NORMALIZER = {
    "groups",
    "placement",
    "epsilon",
    "decay",
    "affine",
    "init_gamma",
    "statistics_batch",
    "inference_statistics",
    "evaluation_batch",
}

RUN_NUMBERS = """
steps train_loss train_accuracy validation_loss validation_accuracy test_loss test_accuracy guess_accuracy
best_validation_accuracy best_epoch test_accuracy_at_best epochs_to_90 reached_90 parameters seconds samples_per_second first_loss
""".split()

CURVE_NUMBERS = """
step epoch train_loss train_accuracy validation_loss validation_accuracy test_loss test_accuracy gradient_norm elapsed_seconds
""".split()

LAYER_NUMBERS = """
step time_step mean deviation p15 p50 p85 linear_share drift output_size gradient_norm weight_norm effective_rate
""".split()

LANDSCAPE_NUMBERS = """
step loss loss_low loss_high gradient_norm gradient_change gradient_change_relative smoothness
""".split()

DIFFERENCE_NUMBERS = """
runs test_accuracy half_width is_baseline difference low high degrees_of_freedom seeds images seed_floor told_from_best
""".split()

VERDICT_WORDS = """
claim question norm data fingerprint train_limit quantity unit form rule verdict remarks version numerics
""".split()

VERDICT_NUMBERS = "first second effect low high delta comparisons seeds".split()

STATUSES = ("finished", "collapsed", "diverged")

# Those whose values are words; the other ones are numbers.
OF_WORDS = set("""
model norm data optimizer activation placement weight_decay_of schedule dropout_at affine last_batch sequence paint
inference_statistics test_images
""".split())

# Whole numbers that have their own exact one among the floating-point ones.
MOST_WHOLE = 2**53
# Thirty years of seconds.
MOST_SECONDS = 1e9


@dataclass(frozen=True)
class Range:
    """The numbers that can stand in a column."""

    low: float
    high: float
    is_whole: bool = False
    # Whether nothing can stand there, too.
    is_optional: bool = True

    @property
    def text(self):
        """What is expected, in words."""
        kind = "a whole number" if self.is_whole else "a number"
        bounds = f"of {self.low:g} or more" if self.high == MOST_WHOLE else f"from {self.low:g} to {self.high:g}"
        return f"{kind} {bounds}{' or nothing' if self.is_optional else ''}"


SHARE, COUNT, FLAG = Range(0, 1), Range(0, MOST_WHOLE, is_whole=True), Range(0, 1, is_whole=True)
PLACE = Range(0, MOST_WHOLE, is_whole=True, is_optional=False)
EPOCHS, TIME = Range(0, MOST_WHOLE), Range(0, MOST_SECONDS)
RANGES = {
    **dict.fromkeys(
        "train_accuracy validation_accuracy test_accuracy guess_accuracy best_validation_accuracy test_accuracy_at_best "
        "linear_share".split(),
        SHARE,
    ),
    **dict.fromkeys("steps parameters images runs seeds comparisons time_step".split(), COUNT),
    **dict.fromkeys("step trial".split(), PLACE),
    **dict.fromkeys("reached_90 is_baseline told_from_best".split(), FLAG),
    **dict.fromkeys("epoch best_epoch epochs_to_90 half_width samples_per_second".split(), EPOCHS),
    **dict.fromkeys("seconds elapsed_seconds".split(), TIME),
}

# What a number is of, for an axis: its unit in brackets.
UNITS = {
    "train_loss": "nats",
    "validation_loss": "nats",
    "test_loss": "nats",
    "first_loss": "nats",
    "loss": "nats",
    "seconds": "s",
    "elapsed_seconds": "s",
    "samples_per_second": "1/s",
    "epochs": "epochs",
    "best_epoch": "epochs",
    "epochs_to_90": "epochs",
    "batch_size": "images",
    "train_limit": "images",
    "evaluation_batch": "images",
    "statistics_batch": "images",
    "time_steps": "steps",
    "warm_up": "steps",
    "depth": "layers",
    "width": "units",
    "steps": "steps",
    "step": "steps",
    "epoch": "epochs",
}


def title(column):
    """A column's name in words."""
    return {"epochs_to_90": "epochs to 90 %"}.get(column, column.replace("_", " "))


def axis_title(column):
    """A column's name in words, with its unit."""
    name, unit = title(column), UNITS.get(column)
    if unit is None or unit in name.split():
        return name
    return f"{name} ({unit})"
