"""Tangents where PyTorch has none to compare with: nested levels, and what is refused."""

import copy

import numpy as np
import pytest

import chainrule as torch
from chainrule.autograd import forward_ad


def numbers(tensor):
    return tensor.detach().numpy()


def dual(primal, tangent, level=None):
    return forward_ad.make_dual(torch.tensor(primal), torch.tensor(tangent), level=level)


def derivative(function, at):
    """By forward mode, in a level of its own."""
    with forward_ad.dual_level() as level:
        x = forward_ad.make_dual(at, torch.ones_like(at), level=level)
        tangent = forward_ad.unpack_dual(function(x), level=level).tangent
        return torch.zeros_like(at) if tangent is None else tangent


def test_perturbations_are_not_confused():
    """d/dx (x * d/dy (x + y)) is 1: the classic that a single epsilon gets wrong."""
    found = derivative(
        lambda x: x * derivative(lambda y: x + y, torch.tensor(1.0)), torch.tensor(1.0)
    )

    assert found.item() == 1.0


def test_the_third_derivative_by_three_levels():
    f = lambda x: x**5  # noqa: E731

    found = derivative(
        lambda x: derivative(lambda y: derivative(f, y), x), torch.tensor(2.0, dtype=torch.float64)
    )

    assert found.item() == 60 * 2.0**2


def test_a_level_is_unpacked_by_its_number():
    with forward_ad.dual_level() as outer, forward_ad.dual_level() as inner:
        x = dual(3.0, 1.0, level=outer)
        y = forward_ad.make_dual(x, torch.tensor(10.0), level=inner)
        product = y * y

        assert forward_ad.unpack_dual(product, level=inner).tangent.tolist() == 60.0
        assert forward_ad.unpack_dual(product, level=outer).tangent is not None


def test_levels_are_left_innermost_first():
    outer = forward_ad.enter_dual_level()
    inner = forward_ad.enter_dual_level()
    with pytest.raises(RuntimeError, match="not the last one that was created"):
        forward_ad.exit_dual_level(level=outer)
    forward_ad.exit_dual_level(level=inner)
    forward_ad.exit_dual_level(level=outer)


def test_the_gradient_inside_a_level_is_a_dual():
    """It was the tangent part, as if the backward came from outside."""
    p = torch.tensor([1.0, 2.0], requires_grad=True)
    with forward_ad.dual_level():
        d = forward_ad.make_dual(p, torch.tensor([3.0, 5.0]))
        (g,) = torch.autograd.grad((d**3).sum(), p)
        found = forward_ad.unpack_dual(g)

    assert found.primal.tolist() == [3.0, 12.0]
    assert found.tangent.tolist() == [18.0, 60.0]


def test_a_backward_inside_a_level_through_its_own_tangent_is_refused():
    p = torch.tensor([1.0], requires_grad=True)
    with forward_ad.dual_level():
        square = forward_ad.make_dual(p, torch.ones(1)) ** 2
        mixed = square * forward_ad.unpack_dual(square).tangent
        with pytest.raises(NotImplementedError, match="enter a level of its own"):
            torch.autograd.grad(mixed.sum(), p)


def test_a_dual_of_a_result_is_not_written_to():
    """Its history is that of the primal, which has no place for the tangent's."""
    p = torch.tensor([1.0], requires_grad=True) * 2
    with forward_ad.dual_level():
        d = forward_ad.make_dual(p, torch.ones(1))
        with pytest.raises(RuntimeError, match="clone"):
            d.mul_(2)
        assert forward_ad.unpack_dual(d.clone().mul_(2)).tangent.tolist() == [2.0]


def views():
    whole = torch.zeros(2, 3)
    return whole, [whole[0], whole[:, 1], whole.t(), whole.view(-1), whole[1:, ::2]]


def test_all_views_of_a_constant_see_the_tangents_written_into_it():
    """Views made before the write, which themselves were not written to, showed none."""
    whole, seen = views()
    tangent = torch.arange(6.0).reshape(2, 3)
    with forward_ad.dual_level():
        whole.copy_(forward_ad.make_dual(torch.ones(2, 3), tangent))
        expected = [tangent[0], tangent[:, 1], tangent.t(), tangent.view(-1), tangent[1:, ::2]]
        for view, slopes in zip(seen, expected, strict=True):
            assert forward_ad.unpack_dual(view).tangent.tolist() == slopes.tolist()


def test_a_write_through_a_view_is_seen_by_the_others():
    whole, (row, column, *_) = views()
    with forward_ad.dual_level():
        row.copy_(forward_ad.make_dual(torch.ones(3), torch.tensor([1.0, 2.0, 3.0])))

        assert forward_ad.unpack_dual(whole).tangent.tolist() == [[1, 2, 3], [0, 0, 0]]
        assert forward_ad.unpack_dual(column).tangent.tolist() == [2, 0]


@pytest.mark.parametrize(
    "cut",
    [torch.Tensor.detach, lambda x: x.data, copy.deepcopy, copy.copy, torch.nn.Parameter],
)
def test_what_cuts_off_a_graph_cuts_off_the_tangent(cut):
    with forward_ad.dual_level():
        found = cut(dual([1.0], [2.0]))

        assert forward_ad.unpack_dual(found).tangent is None


@pytest.mark.parametrize("function", [torch.sin, torch.exp, lambda x: x.cumsum(0) * x[0]])
def test_switched_off_and_on_again(function):
    x = torch.tensor([0.5, 2.0], dtype=torch.float64)
    h = 1e-6
    with forward_ad.dual_level():
        d = forward_ad.make_dual(x, torch.ones(2, dtype=torch.float64))
        with forward_ad._set_fwd_grad_enabled(False):
            assert forward_ad.unpack_dual(function(d)).tangent is None
            with forward_ad._set_fwd_grad_enabled(True):
                found = forward_ad.unpack_dual(function(d)).tangent

    expected = (numbers(function(x + h)) - numbers(function(x - h))) / (2 * h)
    np.testing.assert_allclose(numbers(found), expected, rtol=1e-7)
