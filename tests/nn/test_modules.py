"""What modules promise beyond what they print: sharing, memory, threads of ownership."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

import chainrule as torch
from chainrule import nn


class Picklable(nn.Module):
    """At the top of a module, so that it can be pickled."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)
        self.register_buffer("count", torch.zeros(1))

    def forward(self, x):
        return self.layer(x)


def doubled(module, inputs, output):
    return output * 2


def test_a_module_is_freed_with_its_last_name():
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    net[0].register_forward_hook(doubled)
    net(torch.ones(1, 2)).sum().backward()
    seen = weakref.ref(net)
    gc.disable()
    try:
        del net
        assert seen() is None
    finally:
        gc.enable()


def test_hooks_survive_pickle_and_deepcopy():
    net = Picklable()
    net.register_forward_hook(doubled)
    x = torch.ones(1, 2)

    for twin in (pickle.loads(pickle.dumps(net)), copy.deepcopy(net)):
        np.testing.assert_array_equal(twin(x).detach().numpy(), net(x).detach().numpy())
        assert twin.layer.weight is not net.layer.weight


def test_a_handle_does_not_keep_a_module():
    net = nn.ReLU()
    handle = net.register_forward_hook(doubled)
    seen = weakref.ref(net)
    del net

    assert seen() is None
    handle.remove()


def test_a_shared_parameter_gathers_all_gradients():
    layer = nn.Linear(2, 2, bias=False)
    twice = nn.Sequential(layer, layer)
    x = torch.ones(1, 2)

    twice(x).sum().backward()
    found = layer.weight.grad.clone()
    layer.zero_grad()
    copied = nn.Sequential(copy.deepcopy(layer), copy.deepcopy(layer))
    copied(x).sum().backward()

    expected = copied[0].weight.grad + copied[1].weight.grad
    np.testing.assert_allclose(found.numpy(), expected.numpy(), 1e-6)


def test_an_optimizer_goes_on_after_a_conversion():
    net = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    net.double()
    before = net.weight.detach().clone()

    net(torch.ones(1, 2, dtype=torch.float64)).sum().backward()
    optimizer.step()

    assert net.weight.dtype is torch.float64
    np.testing.assert_allclose((before - net.weight).detach().numpy(), 0.1)


def test_a_step_is_caught_by_a_backward_that_comes_too_late():
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    loss = net(torch.ones(1, 2)).sum()
    loss.backward(retain_graph=True)
    optimizer.step()

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_zero_grad_leaves_the_object_when_asked_to():
    net = nn.Linear(2, 1)
    net(torch.ones(1, 2)).sum().backward()
    gradient = net.weight.grad

    net.zero_grad(set_to_none=False)

    assert net.weight.grad is gradient
    assert gradient.tolist() == [[0, 0]]


def test_layers_work_without_gradients():
    net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(), nn.ReLU()).eval()
    with torch.no_grad():
        assert not net(torch.ones(1, 2)).requires_grad
    with torch.inference_mode():
        assert net(torch.ones(1, 2)).is_inference()


def test_results_of_parameters_are_plain_tensors():
    parameter = nn.Parameter(torch.ones(2))

    for result in (parameter * 2, parameter.sum(), parameter[0], parameter.t(), parameter.detach()):
        assert type(result) is torch.Tensor


def test_embedding_rows_met_often_gather_all_gradients():
    table = nn.Embedding(4, 2, padding_idx=0)
    rows = torch.tensor([1, 1, 3, 0])

    table(rows).sum().backward()

    assert table.weight.grad.tolist() == [[0, 0], [2, 2], [0, 0], [1, 1]]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (nn, "Conv2d"),
        (nn, "LayerNorm"),
        (nn, "BatchNorm1d"),
        (nn.functional, "conv2d"),
        (nn.functional, "layer_norm"),
        (nn.utils, "weight_norm"),
        (torch.optim, "LBFGS"),
        (torch.optim.lr_scheduler, "CyclicLR"),
    ],
)
def test_what_is_not_there_is_named(module, name):
    with pytest.raises(AttributeError, match=f"has no attribute '{name}': chainrule does not have"):
        getattr(module, name)


@pytest.mark.parametrize("module", [nn, nn.functional, nn.utils, nn.modules, torch.optim])
def test_everything_announced_is_there(module):
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_linear_begins_as_pytorch_s_does():
    torch.manual_seed(0)
    layer = nn.Linear(3, 2)

    # Recorded from PyTorch 2.13 with this seed.
    np.testing.assert_array_equal(
        layer.weight.detach().numpy().ravel(),
        np.array(LINEAR_WEIGHT, np.float32),
    )
    np.testing.assert_array_equal(layer.bias.detach().numpy(), np.array(LINEAR_BIAS, np.float32))


LINEAR_WEIGHT = [
    -0.004322517663240433, 0.3097158372402191, -0.4751853346824646,
    -0.4248946011066437, -0.2223689705133438, 0.15482072532176971,
]  # fmt: skip
LINEAR_BIAS = [-0.011439144611358643, 0.45777493715286255]


def test_dropout_keeps_the_mean_and_stops_in_evaluation():
    layer = nn.Dropout(0.25)
    x = torch.ones(10_000)

    found = layer(x)

    assert set(found.tolist()) == {0.0, found.max().item()}
    np.testing.assert_allclose(found.max().item(), 1 / 0.75, 1e-6)
    np.testing.assert_allclose(found.mean().item(), 1, 0.05)
    assert layer.eval()(x) is x
