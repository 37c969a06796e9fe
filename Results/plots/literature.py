"""What the papers found, as it was read: the numbers beside ours. Nothing stands here that was recalled or computed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Numbers of a paper: for each normalizer or row pairs of a place on the axis and what was found there."""

    claim: str
    # Who, when, where in the paper, on what.
    source: str
    # A word or two over the panel.
    panel: str
    # What the axes are.
    x: str
    y: str
    # Normalizer → (x, y) pairs.
    points: dict
    # Read off a plot, so that digits after the second are the reader's.
    is_off_plot: bool = False


IOFFE = "Ioffe & Szegedy 2015"
SAITO_SCALES = [
    1,
    0.54,
    0.29,
    0.158,
    0.086,
    0.046,
    0.025,
    0.0136,
    0.0074,
    0.0040,
    0.0022,
    0.0012,
    6.3e-4,
    3.4e-4,
    1.8e-4,
    1e-4,
]
SAITO_PLAIN = [
    0.097,
    0.097,
    0.979,
    0.823,
    0.235,
    0.116,
    0.116,
    0.116,
    0.116,
    0.117,
    0.116,
    0.117,
    0.116,
    0.116,
    0.117,
    0.116,
]
SAITO_BATCH = [
    0.419,
    0.498,
    0.630,
    0.763,
    0.890,
    0.950,
    0.990,
    1.0,
    1.0,
    0.998,
    0.999,
    0.831,
    0.804,
    0.595,
    0.618,
    0.523,
]

ALL = [
    Finding(
        "convergence",
        f"{IOFFE}, Fig. 1a: MNIST, three sigmoid layers of 100, batches of 60",
        IOFFE,
        "steps",
        "test accuracy",
        {"none": [(7500, 0.90), (50000, 0.973)], "batch": [(4000, 0.95), (50000, 0.982)]},
        is_off_plot=True,
    ),
    Finding(
        "learning-rate",
        "Bjorck et al. 2018: CIFAR-10, ResNet-110",
        "Bjorck et al. 2018",
        "learning rate",
        "test accuracy",
        {"none": [(0.0001, 0.820)], "batch": [(0.0001, 0.813), (0.003, 0.904), (0.1, 0.932)]},
        is_off_plot=True,
    ),
    Finding(
        "init-scale",
        "Saito, Deep Learning from Scratch, ch. 6, the recorded run of its notebook: 1,000 MNIST images",
        "Saito, ch. 6",
        "deviation of the weights",
        "train accuracy",
        {"none": list(zip(SAITO_SCALES, SAITO_PLAIN)), "batch": list(zip(SAITO_SCALES, SAITO_BATCH))},
    ),
    Finding(
        "batch-size",
        "Wu & He 2018, Table 2: ImageNet, ResNet-50, 8 workers (columns 16 to 4 at second hand)",
        "Wu & He 2018",
        "images a worker",
        "validation error",
        {
            "batch": [(32, 0.236), (16, 0.237), (8, 0.248), (4, 0.273), (2, 0.347)],
            "group": [(32, 0.241), (16, 0.242), (8, 0.240), (4, 0.242), (2, 0.241)],
        },
    ),
    Finding(
        "family",
        "Wu & He 2018, Table 1: ImageNet, ResNet-50, 32 images a worker",
        "Wu & He 2018",
        "norm",
        "validation error",
        {
            "batch": [("batch", 0.236)],
            "group": [("group", 0.241)],
            "layer": [("layer", 0.253)],
            "instance": [("instance", 0.284)],
        },
    ),
    Finding(
        "family-groups",
        "Wu & He 2018, Table 3: ImageNet, ResNet-50",
        "Wu & He 2018",
        "groups",
        "validation error",
        {"group": [(64, 0.246), (32, 0.241), (16, 0.246), (8, 0.244), (4, 0.246), (2, 0.247), (1, 0.253)]},
    ),
    Finding(
        "inference-statistics",
        "Wu & Johnson 2021: ImageNet, ResNet-50, statistics over 2 images",
        "Wu & Johnson 2021",
        "statistics",
        "validation error",
        {"batch": [("population", 0.325), ("batch", 0.260)]},
        is_off_plot=True,
    ),
    Finding(
        "regularization",
        "Garbin et al. 2020: CIFAR-10, the best of the tried rates",
        "Garbin et al. 2020",
        "what",
        "test accuracy",
        {"none": [("plain", 0.804), ("dropout", 0.758)], "batch": [("plain", 0.845), ("dropout", 0.809)]},
    ),
    Finding(
        "gradient-flow",
        "Nielsen, Neural Networks and Deep Learning, ch. 5: MNIST, four sigmoid layers of 30",
        "Nielsen, ch. 5",
        "layer",
        "norm of the gradient",
        {"none": [(1, 0.003), (2, 0.017), (3, 0.070), (4, 0.285)]},
    ),
    Finding(
        "affine",
        "Mishkin et al. 2016: ImageNet at 128 pixels, CaffeNet, one run each",
        "Mishkin et al. 2016",
        "affine",
        "test accuracy",
        {"batch": [("on", 0.478), ("off", 0.474)]},
    ),
    Finding(
        "placement",
        "Mishkin et al. 2016: ImageNet at 128 pixels, CaffeNet with scale and bias, one run each",
        "Mishkin et al. 2016",
        "placement",
        "test accuracy",
        {"batch": [("before", 0.478), ("after", 0.493)], "none": [("none", 0.471)]},
    ),
    Finding(
        "covariate-shift",
        "Schneider et al. 2020: ImageNet-C, ResNet-50; mended: all statistics of the corrupted images",
        "Schneider et al. 2020",
        "what",
        "mean corruption error",
        {"batch": [("as trained", 0.767), ("mended", 0.622)], "group": [("as trained", 0.724)]},
    ),
    Finding(
        "recurrent",
        "Cooijmans et al. 2016, Table 1: MNIST pixel by pixel, LSTM of 100; statistics of each step, γ = 0.1",
        "Cooijmans et al. 2016",
        "what",
        "test accuracy",
        {"none": [("in order", 0.989), ("permuted", 0.902)], "batch": [("in order", 0.990), ("permuted", 0.954)]},
    ),
    Finding(
        "sanity",
        "CS231n, Neural networks 3: softmax, small weights",
        "CS231n",
        "what",
        "first loss",
        {"none": [("linear", 2.302)]},
    ),
]


def of(claim):
    """What was read for a claim."""
    return [finding for finding in ALL if finding.claim == claim]
