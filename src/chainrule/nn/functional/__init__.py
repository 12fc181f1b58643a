"""The functions behind the layers: activations, losses, dropout, linear maps.

Apart from `chainrule.functions`, because these are PyTorch's `torch.nn.functional`: functions
of tensors with the settings that layers keep, and no state of their own.
"""

from __future__ import annotations

from chainrule.functions.activation import (
    celu,
    celu_,
    elu,
    elu_,
    gelu,
    glu,
    logsigmoid,
    mish,
    selu,
    selu_,
    silu,
    softplus,
    softsign,
    tanhshrink,
)
from chainrule.functions.counting import one_hot
from chainrule.functions.linear_layer import linear
from chainrule.functions.rectified import (
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    hardtanh_,
    leaky_relu,
    leaky_relu_,
    prelu,
    relu6,
    relu_,
    rrelu_,
    softshrink,
    threshold,
    threshold_,
)
from chainrule.nn.functional._activation import (
    gumbel_softmax,
    log_softmax,
    relu,
    rrelu,
    sigmoid,
    softmax,
    softmin,
    tanh,
)
from chainrule.nn.functional._bilinear import bilinear
from chainrule.nn.functional._classification import cross_entropy, nll_loss
from chainrule.nn.functional._distance import (
    cosine_embedding_loss,
    cosine_similarity,
    margin_ranking_loss,
    normalize,
    pairwise_distance,
    triplet_margin_loss,
)
from chainrule.nn.functional._dropout import (
    alpha_dropout,
    dropout,
    dropout1d,
    dropout2d,
    dropout3d,
    feature_alpha_dropout,
)
from chainrule.nn.functional._embedding import embedding
from chainrule.nn.functional._probabilities import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    kl_div,
)
from chainrule.nn.functional._regression import (
    gaussian_nll_loss,
    hinge_embedding_loss,
    huber_loss,
    l1_loss,
    mse_loss,
    poisson_nll_loss,
    smooth_l1_loss,
    soft_margin_loss,
)

__all__ = [
    "alpha_dropout",
    "bilinear",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "celu",
    "celu_",
    "cosine_embedding_loss",
    "cosine_similarity",
    "cross_entropy",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "elu",
    "elu_",
    "embedding",
    "feature_alpha_dropout",
    "gaussian_nll_loss",
    "gelu",
    "glu",
    "gumbel_softmax",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "leaky_relu",
    "leaky_relu_",
    "linear",
    "log_softmax",
    "logsigmoid",
    "margin_ranking_loss",
    "mish",
    "mse_loss",
    "nll_loss",
    "normalize",
    "one_hot",
    "pairwise_distance",
    "poisson_nll_loss",
    "prelu",
    "relu",
    "relu6",
    "relu_",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "soft_margin_loss",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
    "threshold_",
    "triplet_margin_loss",
]


def __getattr__(name: str) -> object:
    raise AttributeError(
        f"module 'torch.nn.functional' has no attribute '{name}': chainrule does not have it (yet)"
    )
