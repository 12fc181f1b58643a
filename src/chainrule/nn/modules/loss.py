"""The losses as layers, under the name PyTorch gives their module.

Apart from where they are defined, by what they compare: numbers, classes, or several inputs.
"""

from chainrule.nn.modules._classification_losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HingeEmbeddingLoss,
    KLDivLoss,
    NLLLoss,
    SoftMarginLoss,
)
from chainrule.nn.modules._loss import (
    _Loss,
    _WeightedLoss,
)
from chainrule.nn.modules._ranking_losses import (
    CosineEmbeddingLoss,
    MarginRankingLoss,
    TripletMarginLoss,
)
from chainrule.nn.modules._regression_losses import (
    GaussianNLLLoss,
    HuberLoss,
    L1Loss,
    MSELoss,
    PoissonNLLLoss,
    SmoothL1Loss,
)

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "GaussianNLLLoss",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "MSELoss",
    "MarginRankingLoss",
    "NLLLoss",
    "PoissonNLLLoss",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "TripletMarginLoss",
    "_Loss",
    "_WeightedLoss",
]
