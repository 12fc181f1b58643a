"""A result requires grad exactly if it depends on something outside that does."""

import gc
import weakref

import pytest

import chainrule as torch
from chainrule.func import grad, grad_and_value, jacrev, vjp


def cube(x):
    return (x**3).sum()


def test_a_plain_gradient_is_a_constant():
    gradient, value = grad_and_value(cube)(torch.tensor([1.0, 2.0]))

    assert (gradient.requires_grad, value.requires_grad) == (False, False)
    assert gradient.is_leaf
    assert value.is_leaf


def test_the_argument_stays_as_it_was():
    x = torch.tensor([1.0, 2.0])
    grad(cube)(x)

    assert not x.requires_grad
    assert x.grad is None


def test_an_argument_that_requires_grad_is_differentiated_through():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    grad(cube)(x).sum().backward()

    assert x.grad.tolist() == [6.0, 12.0]


def test_so_is_what_the_function_captures():
    w = torch.tensor(3.0, requires_grad=True)
    grad(lambda x: (w * x) ** 2)(torch.tensor(2.0)).backward()

    assert w.grad == 24.0


def test_a_gradient_under_no_grad_is_a_constant():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with torch.no_grad():
        gradient, value = grad_and_value(cube)(x)

    assert (gradient.requires_grad, value.requires_grad) == (False, False)


def test_in_inference_mode_an_argument_may_require_grad():
    with torch.inference_mode():
        found = torch.func.grad(lambda x: (x**3).sum())(torch.ones(2, requires_grad=True))

    assert (found.tolist(), found.requires_grad) == ([3.0, 3.0], False)


def test_inference_mode_makes_no_difference():
    with torch.inference_mode():
        x = torch.tensor([1.0, 2.0])
        gradient = grad(cube)(x)

    assert gradient.tolist() == [3.0, 12.0]
    assert grad(cube)(x).tolist() == [3.0, 12.0]


def test_what_an_inner_level_left_behind_is_not_outside():
    x, y = torch.tensor(2.0), torch.tensor(3.0)
    found = grad(lambda y: grad(lambda x: x * x * y)(x))(y)

    assert found == 4.0
    assert not found.requires_grad


def test_a_vjp_within_a_gradient_leaves_nothing_behind():
    x = torch.tensor(2.0)

    def f(y):
        out, pull = vjp(lambda x: x * x * y, x)
        return out + pull(torch.ones(()))[0]

    found = grad(f)(torch.tensor(3.0))

    assert found == 8.0
    assert not found.requires_grad


def test_parts_of_aux_are_told_apart():
    w = torch.tensor(3.0, requires_grad=True)
    _, (mixed, own) = grad(lambda x: (x**2, (x**2 * w, x * 2)), has_aux=True)(torch.tensor(2.0))

    assert (mixed.requires_grad, own.requires_grad) == (True, False)
    mixed.backward()
    assert w.grad == 4.0


def test_the_graph_is_freed():
    x = torch.tensor([1.0, 2.0])
    alive = []

    def f(x):
        y = x.exp()
        alive.append(weakref.ref(y._array))  # which the graph saves
        return y.sum()

    gc.disable()
    try:
        grad(f)(x)
        jacrev(f)(x)
        assert [one() for one in alive] == [None, None]
    finally:
        gc.enable()


def test_a_chain_of_many_operations():
    def f(x):
        for _ in range(100_000):
            x = x + 1
        return x

    assert grad(f)(torch.tensor(1.0)) == 1.0


@pytest.mark.parametrize("transform", [grad, jacrev])
def test_a_failing_function_leaves_the_modes_as_they_were(transform):
    def f(x):
        raise KeyError("stop")

    with torch.no_grad(), pytest.raises(KeyError):
        transform(f)(torch.ones(2))

    assert torch.is_grad_enabled()
    x = torch.ones(2, requires_grad=True)
    x.sum().backward()  # would be refused inside a transform
    assert x.grad.tolist() == [1.0, 1.0]


def test_threads_do_not_see_each_others_transforms():
    import threading

    found = []

    def other():
        x = torch.ones((), requires_grad=True)
        (x * 2).backward()
        found.append(x.grad.item())

    def f(x):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        return x.sum()

    grad(f)(torch.ones(2))

    assert found == [2.0]
