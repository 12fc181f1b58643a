"""nn.functional beside PyTorch: values, first and second derivatives, and the nodes they make."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch as pytorch
from tests.nn.samples import (
    ACTIVATIONS,
    ENDS,
    IN_PLACE,
    KINK_SAMPLES,
    SAMPLES,
)

import chainrule

pytestmark = pytest.mark.filterwarnings("ignore")


def results(torch, sample, dtype="float64", order=1):
    """The value of a sample, its gradients and, of order 2, those of the gradients' squares."""
    tensors = sample.tensors(torch, dtype)
    variables = [tensor for tensor in tensors if tensor.requires_grad]
    value = sample.run(torch.nn.functional, *tensors)
    if not value.requires_grad:
        return value, [], []
    weights = np.linspace(0.5, 1.5, value.numel()).reshape(value.shape)
    weights = torch.tensor(weights, dtype=value.dtype)
    first = torch.autograd.grad(
        (value * weights).sum(), variables, create_graph=order == 2, allow_unused=True
    )
    if order == 1:
        return value, first, []
    squares = sum((g * g).sum() for g in first if g is not None and g.requires_grad)
    if not isinstance(squares, torch.Tensor):
        return value, first, [None] * len(variables)
    return value, first, torch.autograd.grad(squares, variables, allow_unused=True)


def assert_alike(found, expected, rtol):
    for one, two in zip(found, expected, strict=True):
        # PyTorch gives None where a derivative is known to be zero; so may we, elsewhere.
        if one is None or two is None:
            rest = two if one is None else one
            assert rest is None or not np.any(rest.numpy(force=True))
            continue
        np.testing.assert_allclose(one.numpy(force=True), two.numpy(force=True), rtol, rtol)


def tolerance(sample):
    """PyTorch takes a sixth in float32, whatever the dtype."""
    return 1e-7 if sample.name in ("hardsigmoid", "hardswish") else 1e-12


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_values_and_gradients(sample):
    found = results(chainrule, sample)
    expected = results(pytorch, sample)

    assert_alike(found[:1], expected[:1], tolerance(sample))
    assert_alike(found[1], expected[1], tolerance(sample))


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_second_derivatives(sample):
    try:
        expected = results(pytorch, sample, order=2)
    except (NotImplementedError, RuntimeError) as error:
        pytest.skip(f"PyTorch has none: {str(error)[:60]}")
    found = results(chainrule, sample, order=2)

    assert_alike(found[2], expected[2], 1e-9)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_in_float32(sample):
    found = results(chainrule, sample, "float32")
    expected = results(pytorch, sample, "float32")

    assert str(found[0].dtype) == str(expected[0].dtype)
    assert_alike(found[:1], expected[:1], 2e-5)
    assert_alike(found[1], expected[1], 2e-5)


@pytest.mark.parametrize("sample", KINK_SAMPLES, ids=str)
def test_kinks(sample):
    found = results(chainrule, sample)
    expected = results(pytorch, sample)

    assert_alike(found[:1], expected[:1], tolerance(sample))
    assert_alike(found[1], expected[1], tolerance(sample))


# Where PyTorch's vectorized code gives NaN at infinity, we give the limit.
LIMITS = ("gelu", "gelu-approximate=tanh", "silu", "mish", "hardswish", "softsign")


@pytest.mark.parametrize("sample", KINK_SAMPLES, ids=str)
def test_infinities_and_nan(sample):
    sample.arrays, before = (np.array(ENDS),), sample.arrays
    found = results(chainrule, sample)
    expected = results(pytorch, sample)
    sample.arrays = before

    if sample.name not in LIMITS:
        assert_alike(found[:1], expected[:1], tolerance(sample))
        assert_alike(found[1], expected[1], tolerance(sample))
    assert np.isnan(found[0].detach().numpy()[2]) == np.isnan(expected[0].detach().numpy()[2])


def graph(node, depth=3):
    """The names of the nodes behind a node."""
    if node is None or depth == 0:
        return None
    return type(node).__name__, [graph(below, depth - 1) for below, _ in node.next_functions]


# Composites whose nodes differ, because PyTorch's are made of kernels that are not functions.
OTHER_NODES = (
    "bilinear", "normalize", "cosine_similarity", "pairwise_distance", "cosine_embedding_loss",
    "triplet_margin_loss", "margin_ranking_loss", "hinge_embedding_loss", "poisson_nll_loss",
    "gaussian_nll_loss", "linear-one", "linear-batches",
)  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_the_last_node_has_the_same_name(sample):
    def name(torch):
        tensors = sample.tensors(torch)
        for target in tensors[1:]:
            if target.is_floating_point() and "linear" not in sample.name:
                target.requires_grad_("prelu" in sample.name)
        value = sample.run(torch.nn.functional, *tensors)
        return type(value.grad_fn).__name__

    if sample.name.startswith(("triplet", "pairwise")):
        pytest.skip("the norm has a node of another kind")
    assert name(chainrule) == name(pytorch)


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(name):
    def run(torch):
        x = torch.linspace(-4, 4, 40, dtype=torch.float64, requires_grad=True)
        y = x * 1
        result = getattr(torch.nn.functional, name)(y, inplace=True, **ACTIVATIONS[name][0])
        assert result is y
        assert y._version == 1
        (y * y).sum().backward()
        return y, x.grad, type(y.grad_fn.next_functions[0][0]).__name__

    found, expected = run(chainrule), run(pytorch)
    assert_alike(found[:2], expected[:2], 1e-7)
    assert found[2] == expected[2]


# ------------------------------------------------------------------------------------- random


@pytest.mark.parametrize(
    "call",
    [
        lambda F, x: F.dropout1d(x, 0.3),
        lambda F, x: F.dropout2d(x, 0.3),
        lambda F, x: F.alpha_dropout(x, 0.3, True),
        lambda F, x: F.feature_alpha_dropout(x, 0.3, True),
        lambda F, x: F.rrelu(x, training=True),
        lambda F, x: F.dropout(x, 1.0),
        lambda F, x: F.alpha_dropout(x, 1.0, True),
    ],
)
def test_noise_has_the_same_distribution(call):
    """The draws of Intel's library differ from ours: compare means and shapes, not elements."""

    def run(torch):
        torch.manual_seed(0)
        x = torch.linspace(-1, 1, 4 * 500 * 8).reshape(4, 500, 8).requires_grad_()
        y = call(torch.nn.functional, x)
        y.sum().backward()
        zeros = (y == 0).to(torch.float32).mean().item()
        return y.shape, y.mean().item(), y.std().item(), x.grad.mean().item(), zeros

    found, expected = run(chainrule), run(pytorch)
    assert tuple(found[0]) == tuple(expected[0])
    np.testing.assert_allclose(found[1:], expected[1:], 0.1, 0.06)


def test_slopes_are_drawn_alike():
    def run(torch):
        torch.manual_seed(0)
        return torch.nn.functional.rrelu(torch.linspace(-1, 1, 9), training=True)

    assert_alike([run(chainrule)], [run(pytorch)], 1e-6)


# -------------------------------------------------------------------------------------- layers


@pytest.mark.parametrize("seed", range(3))
def test_layers_begin_with_the_same_weights(seed):
    def run(torch):
        torch.manual_seed(seed)
        nn = torch.nn
        layers = [
            nn.Linear(7, 5),
            nn.Linear(30, 20, bias=False),
            nn.Embedding(9, 4, padding_idx=2),
            nn.Bilinear(3, 4, 5),
            nn.Linear(2, 3, dtype=torch.float64),
        ]
        return [p for layer in layers for p in layer.parameters()]

    for one, two in zip(run(chainrule), run(pytorch), strict=True):
        np.testing.assert_array_equal(one.detach().numpy(), two.detach().numpy())


@pytest.mark.parametrize(
    "call",
    [
        lambda i, x: i.uniform_(x, -2.0, 3.0),
        lambda i, x: i.normal_(x, 1.0, 2.0),
        lambda i, x: i.trunc_normal_(x),
        lambda i, x: i.trunc_normal_(x, std=0.02),
        lambda i, x: i.trunc_normal_(x, 0.5, 2.0, -1.0, 1.0),
        lambda i, x: i.constant_(x, 3.0),
        lambda i, x: i.ones_(x),
        lambda i, x: i.zeros_(x),
        lambda i, x: i.eye_(x),
        lambda i, x: i.xavier_uniform_(x, 2.0),
        lambda i, x: i.xavier_normal_(x),
        lambda i, x: i.kaiming_uniform_(x, a=0.3, mode="fan_out"),
        lambda i, x: i.kaiming_normal_(x, nonlinearity="relu"),
        lambda i, x: i.orthogonal_(x, 2.0),
        lambda i, x: i.sparse_(x, 0.3),
        lambda i, x: i.dirac_(x.view(6, 4, 5)),
    ],
)
def test_init(call):
    def run(torch):
        torch.manual_seed(0)
        x = torch.zeros(6, 20)
        assert call(torch.nn.init, x) is not None
        return x

    found, expected = run(chainrule), run(pytorch)
    # Rounding: PyTorch's erfinv and its QR are others.
    np.testing.assert_allclose(found.numpy(), expected.numpy(), 2e-5, 2e-6)


@pytest.mark.parametrize(
    ("kind", "parameter"),
    [("linear", None), ("conv2d", None), ("sigmoid", None), ("tanh", None), ("relu", None),
     ("leaky_relu", None), ("leaky_relu", 0.5), ("selu", None)],
)  # fmt: skip
def test_gains(kind, parameter):
    found = chainrule.nn.init.calculate_gain(kind, parameter)

    assert found == pytorch.nn.init.calculate_gain(kind, parameter)


def trained(torch, loss_name):
    """The losses and weights of a small network over ten steps of Adam."""
    torch.manual_seed(0)
    nn = torch.nn
    net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 16), nn.GELU(), nn.Linear(16, 4))
    rng = np.random.default_rng(0)
    x = torch.tensor(rng.normal(size=(32, 6)), dtype=torch.float32)
    classes = torch.tensor(rng.integers(0, 4, size=32))
    target = classes
    if loss_name != "CrossEntropyLoss":
        target = nn.functional.one_hot(classes, 4).to(torch.float32)
    loss_function = getattr(nn, loss_name)()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2, weight_decay=1e-3)
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = loss_function(net(x), target)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses, [value.numpy() for value in net.state_dict().values()]


@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "MSELoss", "BCEWithLogitsLoss", "HuberLoss"])
def test_a_network_learns_alike(loss):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        losses, weights = trained(chainrule, loss)
    others, expected = trained(pytorch, loss)

    np.testing.assert_allclose(losses, others, 1e-5)
    for one, two in zip(weights, expected, strict=True):
        np.testing.assert_allclose(one, two, 1e-3, 1e-4)
