"""The columns that `compare` writes, by file; `swift run compare columns` says what they hold."""

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
