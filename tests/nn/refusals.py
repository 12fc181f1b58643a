"""What nn.functional, nn.init and nn.utils refuse, warn of, or take in an unusual form.

Apart from programs.py, which is about modules: these are run in the same way.
"""

from __future__ import annotations

from tests.nn.programs import after


def x(t):
    return t.linspace(-1, 1, 12).reshape(3, 4)


def y(t):
    return t.linspace(0, 2, 12).reshape(3, 4)


def classes(t):
    return t.tensor([0, 1, 3])


def integers(t):
    return t.tensor([-1, 9])


def f(call):
    """A program that calls nn.functional."""
    return lambda t: call(t.nn.functional, t)


REFUSALS = {
    "relu of a word": f(lambda F, t: F.relu("x")),
    "relu of nothing": f(lambda F, t: F.relu(None)),
    "relu of booleans": f(lambda F, t: F.relu(t.tensor([True]))),
    "relu of complex": f(lambda F, t: F.relu(t.tensor([1j]))),
    "hardtanh of booleans": f(lambda F, t: F.hardtanh(t.tensor([True]))),
    "hardtanh upside down": f(lambda F, t: F.hardtanh(x(t), 1, -1)),
    "gelu of another kind": f(lambda F, t: F.gelu(x(t), approximate="foo")),
    "gelu by position": f(lambda F, t: F.gelu(x(t), "tanh")),
    "prelu: channels": f(lambda F, t: F.prelu(x(t), t.ones(3))),
    "prelu: number": f(lambda F, t: F.prelu(x(t), 0.5)),
    "prelu: two dimensions": f(lambda F, t: F.prelu(x(t), t.ones(2, 1))),
    "prelu: dtypes": f(lambda F, t: F.prelu(x(t), t.ones(1).double())),
    "prelu: scalar with two": f(lambda F, t: F.prelu(t.tensor(1.0), t.ones(2))),
    "prelu: scalars": f(lambda F, t: F.prelu(t.tensor(-1.0), t.tensor(0.5))),
    "rrelu upside down": f(lambda F, t: F.rrelu(x(t), 0.5, 0.3, True)),
    "threshold of a word": f(lambda F, t: F.threshold(x(t), "a", 2)),
    "softshrink below 0": f(lambda F, t: F.softshrink(x(t), -1.0)),
    "hardshrink below 0": f(lambda F, t: F.hardshrink(x(t), -1.0)),
    "celu of 0": f(lambda F, t: F.celu(x(t), 0)),
    "glu of odd": f(lambda F, t: F.glu(x(t), 0)),
    "glu of a scalar": f(lambda F, t: F.glu(t.tensor(1.0))),
    "leaky_relu in place, falling": f(
        lambda F, t: F.leaky_relu(x(t).requires_grad_() * 1, -0.5, inplace=True).sum().backward()
    ),
    "softmax without dim": f(lambda F, t: [F.softmax(t.ones(s), None).shape for s in (2, (2, 2))]),
    "log_softmax without dim": f(lambda F, t: F.log_softmax(t.zeros(2, 2, 2)).exp()[0, 0, 0]),
    "softmin without dim": f(lambda F, t: F.softmin(x(t))[0]),
    "softmax, dtype": f(lambda F, t: F.softmax(x(t), 1, dtype=t.float64).dtype),
    "Softmax2d of two": lambda t: t.nn.Softmax2d()(x(t)),
    "dropout of more than all": f(lambda F, t: F.dropout(x(t), 2.0)),
    "Dropout of more than all": lambda t: t.nn.Dropout(2.0),
    "dropout of a word": f(lambda F, t: F.dropout("x")),
    "dropout of nothing": f(lambda F, t: (lambda a: F.dropout(a, 0.5, False) is a)(x(t))),
    "dropout2d of two": f(lambda F, t: F.dropout2d(t.ones(2, 2), 1.0)),
    "dropout3d of two": f(lambda F, t: F.dropout3d(t.ones(2, 2), 1.0)),
    "dropout1d of four": f(lambda F, t: F.dropout1d(t.ones(1, 1, 1, 1))),
    "linear: sizes": f(lambda F, t: F.linear(x(t), t.ones(2, 3))),
    "linear: dtypes": f(lambda F, t: F.linear(x(t).double(), t.ones(2, 4))),
    "linear of a number": f(lambda F, t: F.linear(3, t.ones(1, 1))),
    "Linear of a list": lambda t: t.nn.Linear(2, 2)([1.0, 2.0]),
    "Linear of no inputs": lambda t: t.nn.Linear(0, 3),
    "Linear of less": lambda t: t.nn.Linear(-1, 3),
    "Bilinear of no inputs": lambda t: t.nn.Bilinear(0, 1, 1),
    "Flatten too far": lambda t: t.nn.Flatten(3)(x(t)),
    "Unflatten of a number": lambda t: t.nn.Unflatten(1, 3),
    "Unflatten of a float": lambda t: t.nn.Unflatten(1, (2.0, 3)),
    "Hardtanh, old names": lambda t: t.nn.Hardtanh(min_value=-2),
    "Hardtanh upside down": lambda t: t.nn.Hardtanh(2, 1),
    # ---- losses
    "mse: sizes that differ": f(lambda F, t: F.mse_loss(x(t), y(t)[:1])),
    "mse: sizes that do not go": f(lambda F, t: F.mse_loss(x(t), y(t)[:2])),
    "mse: reduction": f(lambda F, t: F.mse_loss(x(t), y(t), reduction="foo")),
    "mse: size_average": f(lambda F, t: F.mse_loss(x(t), y(t), size_average=False)),
    "mse: reduce": f(lambda F, t: F.mse_loss(x(t), y(t), reduce=False)[0]),
    "mse: weight": f(lambda F, t: F.mse_loss(x(t), y(t), weight=y(t)[:1])),
    "mse of integers": f(lambda F, t: F.mse_loss(integers(t), integers(t))),
    "mse with integers": f(lambda F, t: F.mse_loss(t.ones(2), integers(t))),
    "mse of two dtypes": f(lambda F, t: F.mse_loss(x(t).double(), y(t)).dtype),
    "mse of complex": f(lambda F, t: F.mse_loss(t.ones(2, dtype=t.complex64), t.ones(2))),
    "mse of nothing": f(lambda F, t: F.mse_loss(t.zeros(0), t.zeros(0))),
    "l1: reduction": f(lambda F, t: F.l1_loss(x(t), y(t), reduction="foo")),
    "l1 of complex": f(lambda F, t: F.l1_loss(t.zeros(2, dtype=t.complex64), t.ones(2))),
    "smooth_l1: beta": f(lambda F, t: F.smooth_l1_loss(x(t), y(t), beta=-1.0)),
    "smooth_l1: no beta": f(lambda F, t: F.smooth_l1_loss(x(t), y(t), beta=0)),
    "huber: delta": f(lambda F, t: F.huber_loss(x(t), y(t), delta=0)),
    "huber: reduction": f(lambda F, t: F.huber_loss(x(t), y(t), reduction="foo")),
    "cross_entropy: batch": f(lambda F, t: F.cross_entropy(x(t), classes(t)[:2])),
    "cross_entropy: class": f(lambda F, t: F.cross_entropy(x(t), t.tensor([0, 1, 4]))),
    "cross_entropy: below 0": f(lambda F, t: F.cross_entropy(x(t), t.tensor([0, 1, -1]))),
    "cross_entropy: int32": f(lambda F, t: F.cross_entropy(x(t), classes(t).int())),
    "cross_entropy: uint8": f(lambda F, t: F.cross_entropy(x(t), classes(t).to(t.uint8))),
    "cross_entropy: floats": f(lambda F, t: F.cross_entropy(x(t), classes(t).float())),
    "cross_entropy: integer shares": f(
        lambda F, t: F.cross_entropy(x(t), t.ones(3, 4, dtype=t.int64))
    ),
    "cross_entropy: all ignored": f(lambda F, t: F.cross_entropy(x(t), t.tensor([-100] * 3))),
    "cross_entropy: smoothing": f(
        lambda F, t: F.cross_entropy(x(t), classes(t), label_smoothing=2.0)
    ),
    "cross_entropy: weights": f(
        lambda F, t: F.cross_entropy(x(t), classes(t), weight=t.ones(3))
    ),
    "cross_entropy: weights of shares": f(
        lambda F, t: F.cross_entropy(x(t), y(t), weight=t.ones(3))
    ),
    "cross_entropy: dtype of weights": f(
        lambda F, t: F.cross_entropy(x(t), classes(t), weight=t.ones(4).double())
    ),
    "cross_entropy: weights that want a gradient": f(
        lambda F, t: F.cross_entropy(
            x(t), classes(t), weight=t.ones(4, requires_grad=True)
        ).backward()
    ),
    "cross_entropy: ignored shares": f(lambda F, t: F.cross_entropy(x(t), y(t), ignore_index=0)),
    "cross_entropy: reduction": f(lambda F, t: F.cross_entropy(x(t), classes(t), reduction="foo")),
    "cross_entropy of scalars": f(lambda F, t: F.cross_entropy(t.tensor(1.0), t.tensor(0))),
    "cross_entropy of a number": f(lambda F, t: F.cross_entropy(t.ones(1, 2), 1)),
    "cross_entropy of nothing": f(
        lambda F, t: F.cross_entropy(t.zeros(0, 3), t.zeros(0, dtype=t.int64))
    ),
    "cross_entropy of one": f(lambda F, t: F.cross_entropy(x(t)[0], t.tensor(1))),
    "cross_entropy of halves": f(lambda F, t: F.cross_entropy(x(t).half(), classes(t)).dtype),
    "nll of a scalar": f(lambda F, t: F.nll_loss(t.tensor(1.0), t.tensor(0))),
    "nll of one": f(lambda F, t: F.nll_loss(x(t)[0], t.tensor([1]), reduction="none")),
    "nll: several targets": f(lambda F, t: F.nll_loss(x(t), t.zeros(3, 4, dtype=t.int64))),
    "nll: sizes": f(lambda F, t: F.nll_loss(t.ones(2, 4, 5), t.zeros(2, 4, dtype=t.int64))),
    "bce: range": f(lambda F, t: F.binary_cross_entropy(x(t) * 10, y(t) / 2)),
    "bce: range of the target": f(lambda F, t: F.binary_cross_entropy(y(t) / 2, y(t) * 10)),
    "bce: sizes": f(lambda F, t: F.binary_cross_entropy(y(t) / 2, y(t)[:2])),
    "bce: dtypes": f(lambda F, t: F.binary_cross_entropy(y(t) / 2, y(t).double() / 2)),
    "bce at the ends": f(
        lambda F, t: F.binary_cross_entropy(
            t.tensor([0.0, 1.0, 0.5]), t.tensor([1.0, 0.0, 0.5]), reduction="none"
        )
    ),
    "bce: weights that want a gradient": f(
        lambda F, t: F.binary_cross_entropy(
            y(t) / 2, y(t) / 2, weight=t.ones(4, requires_grad=True)
        ).backward()
    ),
    "logits: sizes": f(lambda F, t: F.binary_cross_entropy_with_logits(x(t), y(t)[:2])),
    "logits: integers": f(
        lambda F, t: F.binary_cross_entropy_with_logits(x(t), t.ones(3, 4, dtype=t.int64))
    ),
    "logits: large": f(
        lambda F, t: F.binary_cross_entropy_with_logits(
            t.tensor([1000.0, -1000.0]), t.tensor([0.0, 0.0]), reduction="none"
        )
    ),
    "kl: mean": f(lambda F, t: F.kl_div(x(t), y(t))),
    "kl: reduction": f(lambda F, t: F.kl_div(x(t), y(t), reduction="foo")),
    "gaussian: negative": f(lambda F, t: F.gaussian_nll_loss(x(t), y(t), x(t))),
    "gaussian: sizes": f(lambda F, t: F.gaussian_nll_loss(x(t), y(t), t.ones(2))),
    "gaussian of one variance": f(lambda F, t: F.gaussian_nll_loss(x(t), y(t), 0.5)),
    "triplet: margin": f(lambda F, t: F.triplet_margin_loss(x(t), y(t), y(t), margin=-1.0)),
    "ranking: sizes": f(lambda F, t: F.margin_ranking_loss(x(t), y(t)[0], t.ones(1))),
    # ---- tables
    "embedding: out of range": f(lambda F, t: F.embedding(t.tensor([5]), x(t))),
    "embedding: below 0": f(lambda F, t: F.embedding(t.tensor([-1]), x(t))),
    "embedding of floats": f(lambda F, t: F.embedding(t.tensor([1.0]), x(t))),
    "embedding: padding": f(lambda F, t: F.embedding(t.tensor([1]), x(t), padding_idx=7)),
    "embedding: a vector": f(lambda F, t: F.embedding(t.tensor([1]), x(t)[0])),
    "embedding of int32": f(lambda F, t: F.embedding(t.tensor([1]).int(), x(t))),
    "embedding: norm": f(
        lambda F, t: (lambda w: after(F.embedding(t.tensor([0, 2, 2]), w, max_norm=1.0), w))(
            x(t).clone()
        )
    ),
    "Embedding: padding": lambda t: t.nn.Embedding(3, 4, padding_idx=5),
    "Embedding from a table": lambda t: (
        lambda e: (e, e.weight, e.weight.requires_grad)
    )(t.nn.Embedding.from_pretrained(t.ones(2, 2))),
    "Embedding from a vector": lambda t: t.nn.Embedding.from_pretrained(t.ones(2)),
    "Embedding: another shape": lambda t: t.nn.Embedding(3, 4, _weight=t.ones(2, 2)),
    # ---- how they begin
    "gain of another": lambda t: t.nn.init.calculate_gain("foo"),
    "slope of another kind": lambda t: t.nn.init.calculate_gain("leaky_relu", "x"),
    "slope that is true": lambda t: t.nn.init.calculate_gain("leaky_relu", True),
    "xavier of a vector": lambda t: t.nn.init.xavier_uniform_(t.zeros(3)),
    "kaiming: mode": lambda t: t.nn.init.kaiming_uniform_(t.zeros(3, 2), mode="x"),
    "kaiming of nothing": lambda t: t.nn.init.kaiming_uniform_(t.zeros(0, 2)),
    "eye of a vector": lambda t: t.nn.init.eye_(t.zeros(3)),
    "orthogonal of a vector": lambda t: t.nn.init.orthogonal_(t.zeros(3)),
    "sparse of a vector": lambda t: t.nn.init.sparse_(t.zeros(3), 0.1),
    "dirac of a vector": lambda t: t.nn.init.dirac_(t.zeros(3)),
    "dirac": lambda t: t.nn.init.dirac_(t.zeros(4, 2, 3), groups=2),
    "normal: std": lambda t: t.nn.init.normal_(t.zeros(3), std=-1),
    "uniform upside down": lambda t: t.nn.init.uniform_(t.zeros(3), 2, 1),
    "truncated far": lambda t: t.nn.init.trunc_normal_(t.zeros(3), mean=9).shape,
    "an old name": lambda t: t.nn.init.constant(t.zeros(2), 2.0),
    "constant of a parameter": lambda t: t.nn.init.constant_(t.nn.Parameter(t.zeros(2)), 3.0),
    "fans": lambda t: t.nn.init._calculate_fan_in_and_fan_out(t.zeros(2, 3, 4)),
    # ---- gradients
    "clip without gradients": lambda t: t.nn.utils.clip_grad_norm_(leaf(t, None), 1.0),
    "clip": lambda t: (lambda p: (t.nn.utils.clip_grad_norm_([p], 1.0), p.grad))(
        leaf(t, [3.0, 4.0])
    ),
    "clip, generator": lambda t: (
        lambda p: (t.nn.utils.clip_grad_norm_((q for q in [p]), 1.0), p.grad)
    )(leaf(t, [3.0, 4.0])),
    "clip by the largest": lambda t: (
        lambda p: (t.nn.utils.clip_grad_norm_(p, 1.0, norm_type=float("inf")), p.grad)
    )(leaf(t, [3.0, 4.0])),
    "clip nan": lambda t: t.nn.utils.clip_grad_norm_(
        leaf(t, [float("nan"), 1.0]), 1.0, error_if_nonfinite=True
    ),
    "clip, old name": lambda t: t.nn.utils.clip_grad_norm([leaf(t, [3.0, 4.0])], 1.0),
    "clip nothing": lambda t: t.nn.utils.clip_grad_norm_([], 1.0),
    "clip values": lambda t: (lambda p: (t.nn.utils.clip_grad_value_([p], 3.5), p.grad))(
        leaf(t, [3.0, 4.0])
    ),
    "as a vector": lambda t: t.nn.utils.parameters_to_vector([leaf(t, None), t.ones(2, 2)]),
    "nothing as a vector": lambda t: t.nn.utils.parameters_to_vector([]),
    "from a number": lambda t: t.nn.utils.vector_to_parameters(3, []),
    "from a vector": lambda t: (
        lambda p: after(t.nn.utils.vector_to_parameters(t.arange(2.0), [p]), p)
    )(leaf(t, None)),
    "from a short vector": lambda t: t.nn.utils.vector_to_parameters(
        t.arange(1.0), [leaf(t, None)]
    ),
    "missing utilities": lambda t: t.nn.utils.foo,
}  # fmt: skip


def leaf(t, gradient):
    p = t.nn.Parameter(t.zeros(2))
    p.grad = None if gradient is None else t.tensor(gradient)
    return p


REFUSALS |= {
    f"{name} of integers": f(lambda F, t, name=name: getattr(F, name)(integers(t)))
    for name in (
        "relu", "relu6", "gelu", "silu", "mish", "elu", "celu", "selu", "leaky_relu", "sigmoid",
        "softplus", "logsigmoid", "softsign", "hardswish", "hardsigmoid", "hardshrink",
        "softshrink", "hardtanh", "tanhshrink",
    )
}  # fmt: skip

# How each layer prints, what it keeps, and what it saves.
LAYERS = {
    "Identity": (3,), "Bilinear": (1, 2, 3), "Linear": (2, 3, False), "Dropout": (0.2,),
    "Dropout1d": (), "Dropout2d": (0.2, True), "Dropout3d": (), "AlphaDropout": (),
    "FeatureAlphaDropout": (), "ReLU": (True,), "ReLU6": (True,), "RReLU": (),
    "LeakyReLU": (0.1, True), "PReLU": (3,), "ELU": (1.0, True), "SELU": (True,), "CELU": (2.0,),
    "GELU": ("tanh",), "SiLU": (True,), "Mish": (), "Sigmoid": (), "Tanh": (), "LogSigmoid": (),
    "Softplus": (), "Softsign": (), "Softmax": (1,), "Softmax2d": (), "LogSoftmax": (),
    "Softmin": (1,), "Hardtanh": (-1.0, 1.0, True), "Hardsigmoid": (True,), "Hardswish": (True,),
    "Tanhshrink": (), "Softshrink": (), "Hardshrink": (0.3,), "Threshold": (1, 2, True),
    "GLU": (), "Flatten": (0,), "Unflatten": (1, (2, 2)), "MSELoss": (), "L1Loss": (None, False),
    "SmoothL1Loss": (), "HuberLoss": ("sum",), "CrossEntropyLoss": (), "NLLLoss": (),
    "BCELoss": (), "BCEWithLogitsLoss": (), "KLDivLoss": (), "GaussianNLLLoss": (),
    "PoissonNLLLoss": (), "SoftMarginLoss": (), "HingeEmbeddingLoss": (),
    "CosineEmbeddingLoss": (), "MarginRankingLoss": (), "TripletMarginLoss": (),
    "Embedding": (3, 4, 1), "CosineSimilarity": (), "PairwiseDistance": (),
}  # fmt: skip


def portrait(layer):
    kept = sorted(key for key in layer.__dict__ if not key.startswith("_"))
    return layer, list(layer.state_dict()), kept, getattr(layer, "__constants__", None)


REFUSALS |= {
    f"layer {name}": lambda t, name=name, arguments=arguments: portrait(
        getattr(t.nn, name)(*arguments)
    )
    for name, arguments in LAYERS.items()
} | {
    "layer with settings": lambda t: t.nn.Embedding(
        3, 4, max_norm=1.0, norm_type=3.0, scale_grad_by_freq=True
    ),
    "loss with weights": lambda t: (
        dict(t.nn.CrossEntropyLoss(t.ones(3)).state_dict()),
        dict(t.nn.BCEWithLogitsLoss(pos_weight=t.ones(2)).state_dict()),
    ),
    "losses called": lambda t: [
        t.nn.SmoothL1Loss(beta=0.5)(x(t), y(t)),
        t.nn.HuberLoss(delta=0.5)(x(t), y(t)),
        t.nn.CrossEntropyLoss(t.ones(4), label_smoothing=0.1)(x(t), classes(t)),
        t.nn.NLLLoss()(x(t), classes(t)),
        t.nn.BCELoss()(y(t) / 2, y(t) / 2),
        t.nn.KLDivLoss(reduction="sum")(x(t), y(t)),
        t.nn.GaussianNLLLoss(full=True)(x(t), y(t), t.ones(3, 4)),
        t.nn.PoissonNLLLoss()(x(t), y(t)),
        t.nn.SoftMarginLoss()(x(t), t.ones(3, 4)),
        t.nn.HingeEmbeddingLoss()(y(t), t.ones(3, 4)),
        t.nn.CosineEmbeddingLoss()(x(t), y(t), t.ones(3)),
        t.nn.MarginRankingLoss()(x(t), y(t), t.ones(3, 4)),
        t.nn.TripletMarginLoss()(x(t), y(t), y(t) + 1),
        t.nn.CosineSimilarity()(x(t), y(t)),
        t.nn.PairwiseDistance()(x(t), y(t)),
    ],
}
