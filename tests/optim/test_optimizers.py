"""What optimizers promise beyond their formulas, which parity compares with PyTorch's."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import chainrule as torch
from tests.optim.training import IDS, SETTINGS, as_array, parameters, trained


def reference(name, settings, p, g, state):
    """One step of an algorithm as its page states it, in float64."""
    lr, decay = settings.get("lr", 1e-3), settings.get("weight_decay")
    g = -g if settings.get("maximize") else g
    state["t"] = state.get("t", 0) + 1
    if name == "SGD":
        g = g + (decay or 0) * p
        momentum = settings.get("momentum", 0)
        if momentum:
            first = "b" not in state
            new = 1 if first else 1 - settings.get("dampening", 0)
            state["b"] = momentum * state.get("b", 0) + new * g
            g = g + momentum * state["b"] if settings.get("nesterov") else state["b"]
        return p - lr * g
    decoupled = name == "AdamW" or settings.get("decoupled_weight_decay")
    decay = (0.01 if name == "AdamW" else 0) if decay is None else decay
    p, g = (p * (1 - lr * decay), g) if decoupled else (p, g + decay * p)
    beta1, beta2 = settings.get("betas", (0.9, 0.999))
    state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
    state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g * g
    state["most"] = np.maximum(state.get("most", 0), state["v"])
    v = state["most"] if settings.get("amsgrad") else state["v"]
    m = state["m"] / (1 - beta1 ** state["t"])
    return p - lr * m / (np.sqrt(v / (1 - beta2 ** state["t"])) + settings.get("eps", 1e-8))


@pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=IDS)
def test_steps_follow_the_formula(name, settings):
    params = parameters(torch, "float64")
    optimizer = getattr(torch.optim, name)(params, **settings)
    rng = np.random.default_rng(0)
    expected = [as_array(p).copy() for p in params]
    states = [{} for _ in params]
    for _ in range(4):
        for k, parameter in enumerate(params):
            gradient = rng.normal(size=parameter.shape)
            parameter.grad = torch.tensor(gradient)
            expected[k] = reference(name, settings, expected[k], gradient, states[k])
        optimizer.step()

    for parameter, values in zip(params, expected, strict=True):
        np.testing.assert_allclose(as_array(parameter), values, 1e-10, 1e-12)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
@pytest.mark.parametrize(
    "layout",
    [
        lambda x: x.t(),
        lambda x: x.t().contiguous().t(),
        lambda x: x[:, :3],
        lambda x: x[::2],
    ],
)
def test_the_layout_of_a_parameter_does_not_matter(name, layout):
    settings = {"lr": 0.1, "momentum": 0.9} if name == "SGD" else {"lr": 0.1, "amsgrad": True}

    def steps(arranged):
        whole = torch.linspace(-1, 1, 20).reshape(4, 5)
        leaf = layout(whole) if arranged else layout(whole).clone().contiguous()
        leaf = leaf.detach().requires_grad_()
        optimizer = getattr(torch.optim, name)([leaf], **settings)
        for _ in range(3):
            leaf.grad = None
            (leaf**3).sum().backward()
            optimizer.step()
        return leaf.detach().numpy()

    np.testing.assert_allclose(steps(arranged=True), steps(arranged=False), 1e-6)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
def test_a_gradient_is_only_read(name):
    p = torch.nn.Parameter(torch.ones(3))
    p.grad = torch.tensor([1.0, 2.0, 3.0])
    optimizer = getattr(torch.optim, name)([p], lr=0.1, maximize=True, weight_decay=0.1)
    for _ in range(2):
        optimizer.step()

    assert p.grad.tolist() == [1, 2, 3]
    assert p.grad._version == 0


def test_the_memory_of_a_parameter_stays_where_it_is():
    p = torch.nn.Parameter(torch.ones(3))
    shared, place = p.detach(), p.data_ptr()
    optimizer = torch.optim.Adam([p], lr=0.5)
    p.grad = torch.ones(3)

    optimizer.step()

    assert p.data_ptr() == place
    assert shared.tolist() == p.tolist()
    assert p._version == 1


def test_an_optimizer_is_freed_with_its_last_name():
    p = torch.nn.Parameter(torch.ones(3))
    optimizer = torch.optim.Adam([p])
    torch.optim.lr_scheduler.StepLR(optimizer, 1)
    p.grad = torch.ones(3)
    optimizer.step()
    seen = weakref.ref(optimizer)
    gc.disable()
    try:
        del optimizer
        assert seen() is None
    finally:
        gc.enable()


def test_a_closure_runs_with_gradients_on_and_gives_the_loss():
    p = torch.nn.Parameter(torch.tensor([2.0]))
    optimizer = torch.optim.SGD([p], lr=0.1)

    def closure():
        assert torch.is_grad_enabled()
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        loss = optimizer.step(closure)
        assert not torch.is_grad_enabled()

    assert loss.item() == 4
    np.testing.assert_allclose(p.item(), 1.6)


def test_groups_have_settings_of_their_own():
    fast, slow = (torch.nn.Parameter(torch.ones(1)) for _ in range(2))
    optimizer = torch.optim.SGD([{"params": [fast], "lr": 1.0}, {"params": slow}], lr=0.1)
    for p in (fast, slow):
        p.grad = torch.ones(1)

    optimizer.step()

    np.testing.assert_allclose([fast.item(), slow.item()], [0, 0.9], 1e-6)


def test_a_rate_that_is_a_tensor_is_read_at_every_step():
    p = torch.nn.Parameter(torch.ones(1))
    rate = torch.tensor(0.5)
    optimizer = torch.optim.SGD([p], lr=rate)
    p.grad = torch.ones(1)

    optimizer.step()
    rate.fill_(0.25)
    optimizer.step()

    assert p.item() == 0.25


def test_no_warning_where_a_step_overflows(recwarn):
    p = torch.nn.Parameter(torch.tensor([1e30]))
    p.grad = torch.tensor([1e30])
    torch.optim.Adam([p]).step()
    torch.optim.SGD([p], lr=1e30).step()

    assert not recwarn.list


def test_what_is_not_there_is_refused():
    with pytest.raises(NotImplementedError, match="differentiable=True"):
        torch.optim.SGD([torch.ones(1)], differentiable=True)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
def test_state_is_saved_by_number_and_loaded_by_parameter(name):
    settings = {"momentum": 0.9} if name == "SGD" else {"amsgrad": True}
    params, optimizer = trained(torch, name, settings, shapes=((2,), (3,)))
    saved = optimizer.state_dict()
    twins = parameters(torch, shapes=((2,), (3,)))
    other = getattr(torch.optim, name)(twins, lr=0.9, **settings)

    other.load_state_dict(saved)

    assert other.param_groups[0]["lr"] == optimizer.param_groups[0]["lr"]
    for number, (p, twin) in enumerate(zip(params, twins, strict=True)):
        assert list(other.state[twin]) == list(optimizer.state[p]) == list(saved["state"][number])


def test_a_refused_step_changes_nothing():
    """Guards a parameter whose shape changed: its state was broadcast, and the step counted."""
    x = torch.ones(3, requires_grad=True)
    adam = torch.optim.Adam([x])
    x.sum().backward()
    adam.step()
    x.data = torch.ones(1, 3)
    x.grad = torch.ones(1, 3)
    with pytest.raises(RuntimeError, match="must match the size"):
        adam.step()
    assert (x.tolist(), adam.state[x]["step"].item()) == ([[1.0, 1.0, 1.0]], 1.0)


def test_adam_goes_on_from_a_step_that_is_a_number():
    x = torch.ones(1, requires_grad=True)
    adam = torch.optim.Adam([x])
    x.sum().backward()
    adam.step()
    adam.state[x]["step"] = 1
    adam.step()
    assert adam.state[x]["step"].item() == 2.0
