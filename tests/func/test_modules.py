"""Modules as functions of their weights: what is replaced, and that it is put back."""

import pytest

import chainrule as torch
from chainrule import nn
from chainrule.func import functional_call, grad, stack_module_state, vmap


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2, bias=False)
        self.b = nn.Linear(2, 2, bias=False)
        self.b.weight = self.a.weight

    def forward(self, x):
        return self.b(self.a(x))


class Counting(nn.Module):
    def __init__(self, grows):
        super().__init__()
        self.grows = grows
        self.register_buffer("count", torch.zeros(()))

    def forward(self, x):
        if self.grows:
            self.count = self.count + 1
        return x + self.count


class Failing(nn.Linear):
    def forward(self, x):
        raise KeyError("stop")


def test_what_is_not_named_stays():
    layer = nn.Linear(2, 2)
    found = functional_call(layer, {"weight": torch.zeros(2, 2)}, torch.ones(1, 2))

    assert torch.equal(found[0], layer.bias)


@pytest.mark.parametrize("kind", [nn.Linear, Failing])
def test_the_module_is_left_as_it_was(kind):
    layer = kind(2, 2)
    before = dict(layer.named_parameters())
    try:
        functional_call(layer, {"weight": torch.zeros(2, 2)}, torch.ones(1, 2))
    except KeyError:
        pass

    assert list(layer._parameters) == ["weight", "bias"]
    assert all(layer.get_parameter(name) is one for name, one in before.items())


@pytest.mark.parametrize("name", ["a.weight", "b.weight"])
def test_tied_weights_are_replaced_together(name):
    found = functional_call(Tied(), {name: 3 * torch.eye(2)}, torch.ones(1, 2))

    assert found.tolist() == [[9.0, 9.0]]


def test_or_each_by_itself():
    module = Tied()
    module.a.weight.data.copy_(torch.eye(2))
    weights = {"a.weight": 3 * torch.eye(2)}
    found = functional_call(module, weights, torch.ones(1, 2), tie_weights=False)

    assert found.tolist() == [[3.0, 3.0]]


def test_a_buffer_the_module_replaces_goes_to_the_dict():
    module, buffers = Counting(grows=True), {"count": torch.tensor(5.0)}
    found = functional_call(module, buffers, torch.ones(()))

    assert (found, module.count, buffers["count"]) == (7.0, 0.0, 6.0)


def test_strict_names_what_is_wrong():
    with pytest.raises(RuntimeError, match="reparametrizing for Linear") as raised:
        functional_call(nn.Linear(1, 1), {"foo": torch.ones(1)}, torch.ones(1), strict=True)

    assert "Unexpected key(s): 'foo'." in str(raised.value)
    assert "Missing key(s): 'bias', 'weight'." in str(raised.value)


def test_gradients_by_the_weights():
    layer = nn.Linear(2, 1)
    x = torch.tensor([[1.0, 2.0]])
    found = grad(lambda weights: functional_call(layer, weights, x).sum())(
        dict(layer.named_parameters())
    )

    assert found["weight"].tolist() == [[1.0, 2.0]]
    assert found["bias"].tolist() == [1.0]
    assert layer.weight.grad is None


def test_an_ensemble():
    models = [nn.Linear(2, 1) for _ in range(3)]
    parameters, buffers = stack_module_state(models)
    x = torch.ones(4, 2)
    found = vmap(lambda p, b: functional_call(models[0], (p, b), (x,)))(parameters, buffers)

    for one, model in zip(found, models, strict=True):
        torch.testing.assert_close(one, model(x))


def test_stacked_parameters_are_leaves_of_their_own():
    parameters, buffers = stack_module_state([nn.Linear(2, 1), nn.Linear(2, 1)])

    assert all(one.is_leaf and one.requires_grad for one in parameters.values())
    assert buffers == {}


@pytest.mark.parametrize(
    ("models", "phrase"),
    [
        ([], "Expected at least one model, got 0"),
        ([nn.ReLU(), nn.ReLU().eval()], "same training/eval mode"),
        ([nn.ReLU(), nn.Tanh()], "same class"),
        ([nn.Linear(1, 1), nn.Linear(1, 1).requires_grad_(False)], "same .requires_grad"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_models_that_cannot_be_stacked(models, phrase):
    with pytest.raises(RuntimeError, match=phrase):
        stack_module_state(models)


def test_running_statistics_are_given_up():
    class Normal(nn.Module):
        def __init__(self):
            super().__init__()
            self.track_running_stats = True
            self.register_buffer("running_mean", torch.zeros(2))

    root = nn.Sequential(Normal(), nn.ReLU())

    assert torch.func.replace_all_batch_norm_modules_(root) is root
    assert not root[0].track_running_stats
    assert root[0].running_mean is None


def test_the_former_name_warns():
    with pytest.warns(FutureWarning, match="stateless.functional_call` is deprecated"):
        nn.utils.stateless.functional_call(nn.ReLU(), {}, torch.ones(1))
