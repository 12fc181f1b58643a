"""The functions of torch.nn.functional on numbers: what to call, and on which arrays.

Apart from the tests, which ask one thing each of every sample: its value, its derivatives, the
name of its node, beside PyTorch or by finite differences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

KINKS = [-7.0, -6.0, -3.0, -2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.0, 3.0, 6.0, 7.0, 25.0, 100.0]
ENDS = [-np.inf, np.inf, np.nan]


@dataclass
class Sample:
    """A call `run(F, *tensors)`; floating tensors are those that are differentiated."""

    name: str
    run: Callable
    arrays: tuple[np.ndarray, ...]
    smooth: bool = True  # its gradient is its slope: no kink is near, none is left out

    def __str__(self):
        return self.name

    def tensors(self, torch, dtype="float32", requires_grad=True):
        """The arrays as tensors, the floating ones of the dtype asked for."""
        return [
            torch.tensor(array, dtype=getattr(torch, dtype), requires_grad=requires_grad)
            if array.dtype.kind == "f"
            else torch.tensor(array)
            for array in self.arrays
        ]


def numbers(*shape, seed=0, low=None, high=None):
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape) if low is None else rng.uniform(low, high, size=shape)


X = numbers(3, 4)
Y = numbers(3, 4, seed=1)
POSITIVE = numbers(3, 4, seed=2, low=0.1, high=2.0)
P = numbers(3, 4, seed=3, low=0.05, high=0.95)
Q = numbers(3, 4, seed=4, low=0.05, high=0.95)
DISTRIBUTION = P / P.sum(1, keepdims=True)
SIGNS = np.where(numbers(3, 4, seed=5) > 0, 1, -1)
ROWS = np.where(numbers(3, seed=6) > 0, 1, -1)
CLASSES = np.array([0, 3, 1])
SOME_IGNORED = np.array([2, -100, 1])
WEIGHTS = np.array([0.5, 1.0, 2.0, 0.25])
IMAGE = numbers(2, 4, 5, seed=7)
IMAGE_CLASSES = np.array([[0, 1, 2, 3, 0], [3, 2, -100, 1, 1]])
TABLE = numbers(5, 3, seed=8)

# -------------------------------------------------------------------------------- activations

# name: settings to try besides the defaults.
ACTIVATIONS = {
    "relu": [{}],
    "relu6": [{}],
    "leaky_relu": [{}, {"negative_slope": 0.3}],
    "elu": [{}, {"alpha": 0.5}],
    "selu": [{}],
    "celu": [{}, {"alpha": 0.5}],
    "gelu": [{}, {"approximate": "tanh"}],
    "silu": [{}],
    "mish": [{}],
    "sigmoid": [{}],
    "tanh": [{}],
    "logsigmoid": [{}],
    "softplus": [{}, {"beta": 2.0, "threshold": 1.0}],
    "softsign": [{}],
    "hardtanh": [{}, {"min_val": -0.3, "max_val": 2.0}],
    "hardsigmoid": [{}],
    "hardswish": [{}],
    "tanhshrink": [{}],
    "softshrink": [{}, {"lambd": 0.2}],
    "hardshrink": [{}, {"lambd": 0.2}],
    "threshold": [{"threshold": 0.1, "value": 9.0}],
    "rrelu": [{}],
    "glu": [{}, {"dim": 1}],
    "softmax": [{"dim": 1}, {"dim": 0}],
    "softmin": [{"dim": -1}],
    "log_softmax": [{"dim": 1}],
    "normalize": [{}, {"p": 1.0, "dim": 0}],
}
IN_PLACE = (
    "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "silu", "mish", "hardtanh",
    "hardsigmoid", "hardswish", "threshold", "rrelu",
)  # fmt: skip
ALONG_A_DIMENSION = ("glu", "softmax", "softmin", "log_softmax", "normalize")


def called(name, settings):
    return lambda F, *tensors: getattr(F, name)(*tensors, **settings)


def shown(name, settings):
    return name + "".join(f"-{key}={value}" for key, value in settings.items())


ACTIVATION_SAMPLES = [
    Sample(shown(name, settings), called(name, settings), (X,))
    for name, several in ACTIVATIONS.items()
    for settings in several
] + [
    Sample("prelu", called("prelu", {}), (X, np.array([0.25]))),
    Sample("prelu-channels", called("prelu", {}), (X, np.array([0.25, 0.5, -1.0, 0.1]))),
]
KINK_SAMPLES = [
    Sample(shown(name, settings), called(name, settings), (np.array(KINKS),), smooth=False)
    for name, several in ACTIVATIONS.items()
    for settings in several
    if name not in ALONG_A_DIMENSION
]

# ------------------------------------------------------------------------------------- losses

REDUCTIONS = ("none", "mean", "sum")


def each_reduction(name, arrays, smooth=True, label="", **settings):
    return [
        Sample(
            f"{name}{label}-{reduction}",
            called(name, {**settings, "reduction": reduction}),
            arrays,
            smooth,
        )
        for reduction in REDUCTIONS
    ]


LOSS_SAMPLES = [
    *each_reduction("mse_loss", (X, Y)),
    *each_reduction("l1_loss", (X, Y)),
    *each_reduction("smooth_l1_loss", (X, Y)),
    *each_reduction("smooth_l1_loss", (X, Y), label="-beta", beta=0.3),
    *each_reduction("huber_loss", (X, Y), label="-delta", delta=0.7),
    *each_reduction("gaussian_nll_loss", (X, Y, POSITIVE)),
    *each_reduction("gaussian_nll_loss", (X, Y, POSITIVE[:, :1]), label="-full", full=True),
    *each_reduction("poisson_nll_loss", (X, POSITIVE)),
    *each_reduction(
        "poisson_nll_loss", (POSITIVE, Q * 3), label="-full", full=True, log_input=False
    ),
    *each_reduction("soft_margin_loss", (X, SIGNS)),
    *each_reduction("hinge_embedding_loss", (X, SIGNS)),
    *each_reduction("cross_entropy", (X, CLASSES)),
    *each_reduction("cross_entropy", (X, SOME_IGNORED), label="-ignored"),
    *each_reduction("cross_entropy", (X, SOME_IGNORED), label="-smoothed", label_smoothing=0.1),
    *each_reduction("cross_entropy", (X, DISTRIBUTION), label="-distribution"),
    *each_reduction(
        "cross_entropy", (X, DISTRIBUTION), label="-distribution-smoothed", label_smoothing=0.2
    ),
    *each_reduction("cross_entropy", (IMAGE, IMAGE_CLASSES), label="-image"),
    *each_reduction("cross_entropy", (X[0], CLASSES[0]), label="-one"),
    *each_reduction("nll_loss", (X, CLASSES)),
    *each_reduction("nll_loss", (IMAGE, IMAGE_CLASSES), label="-image"),
    *each_reduction("binary_cross_entropy", (P, Q)),
    *each_reduction("binary_cross_entropy_with_logits", (X, Q)),
    *each_reduction("kl_div", (X, DISTRIBUTION)),
    *each_reduction("kl_div", (X, np.log(DISTRIBUTION)), label="-log", log_target=True),
    *each_reduction("cosine_embedding_loss", (X, Y, ROWS)),
    *each_reduction("cosine_embedding_loss", (X, Y, ROWS), label="-margin", margin=0.1),
    *each_reduction("margin_ranking_loss", (X, Y, SIGNS)),
    *each_reduction("triplet_margin_loss", (X, Y, POSITIVE)),
    *each_reduction("triplet_margin_loss", (X, Y, POSITIVE), label="-swap", swap=True, p=3.0),
    Sample("kl_div-batchmean", called("kl_div", {"reduction": "batchmean"}), (X, DISTRIBUTION)),
    Sample("mse_loss-broadcast", called("mse_loss", {}), (X, Y[:1])),
]


def weighed(name, weights, arrays, key="weight", **settings):
    """A loss with a weight, which is not differentiated."""

    def run(F, *tensors):
        weight = tensors[0].detach().new_tensor(weights)
        return getattr(F, name)(*tensors, **{key: weight}, **settings)

    label = "-".join(str(value) for value in settings.values())
    return Sample(f"{name}-{key}-{label}", run, arrays)


LOSS_SAMPLES += [
    weighed(name, weights, arrays, key, reduction=reduction)
    for name, weights, arrays, key in (
        ("cross_entropy", WEIGHTS, (X, SOME_IGNORED), "weight"),
        ("cross_entropy", WEIGHTS, (X, DISTRIBUTION), "weight"),
        ("cross_entropy", WEIGHTS, (IMAGE, IMAGE_CLASSES), "weight"),
        ("nll_loss", WEIGHTS, (X, CLASSES), "weight"),
        ("binary_cross_entropy", WEIGHTS, (P, Q), "weight"),
        ("binary_cross_entropy_with_logits", WEIGHTS, (X, Q), "weight"),
        ("binary_cross_entropy_with_logits", WEIGHTS, (X, Q), "pos_weight"),
        ("mse_loss", POSITIVE, (X, Y), "weight"),
        ("l1_loss", POSITIVE, (X, Y), "weight"),
        ("huber_loss", POSITIVE, (X, Y), "weight"),
    )
    for reduction in REDUCTIONS
] + [
    weighed("cross_entropy", WEIGHTS, (X, SOME_IGNORED), label_smoothing=0.1, reduction=reduction)
    for reduction in REDUCTIONS
]

# ------------------------------------------------------------------------------------ the rest

OTHER_SAMPLES = [
    Sample("linear", called("linear", {}), (X, numbers(2, 4, seed=9), numbers(2, seed=10))),
    Sample("linear-no-bias", called("linear", {}), (X, numbers(2, 4, seed=9))),
    Sample("linear-one", called("linear", {}), (X[0], numbers(2, 4, seed=9), numbers(2, seed=10))),
    Sample(
        "linear-batches",
        called("linear", {}),
        (numbers(2, 3, 4), numbers(2, 4, seed=9), numbers(2, seed=10)),
    ),
    Sample("bilinear", called("bilinear", {}), (X, Y, numbers(5, 4, 4, seed=11), numbers(5))),
    Sample("embedding", called("embedding", {}), (np.array([[1, 4], [1, 0]]), TABLE)),
    Sample(
        "embedding-padding",
        called("embedding", {"padding_idx": -1}),
        (np.array([4, 1, 4]), TABLE),
        smooth=False,
    ),
    Sample(
        "embedding-by-frequency",
        called("embedding", {"scale_grad_by_freq": True}),
        (np.array([4, 1, 4]), TABLE),
        smooth=False,
    ),
    Sample("cosine_similarity", called("cosine_similarity", {}), (X, Y)),
    Sample("pairwise_distance", called("pairwise_distance", {}), (X, Y)),
    Sample(
        "pairwise_distance-keepdim", called("pairwise_distance", {"p": 3, "keepdim": True}), (X, Y)
    ),
]

SAMPLES = [*ACTIVATION_SAMPLES, *LOSS_SAMPLES, *OTHER_SAMPLES]
