"""Inside strong_zero, a zero cotangent stays zero whatever it meets, and nothing else changes.

Apart from test_modes.py: this mode changes what a backward computes, not what is recorded.
"""

import threading

import numpy
import pytest

import chainrule as torch
from chainrule.autograd import grad, is_strong_zero_enabled, strong_zero

inf, nan = torch.inf, torch.nan


def cross(x, y):
    return torch.cross(x, y, dim=0)


def leaf(*values):
    return torch.tensor(values, requires_grad=True)


TRAPS = {
    "sqrt": (lambda x: torch.where(x > 0, x.sqrt(), 0.0), [0.0, 0.25]),
    "log": (lambda x: torch.where(x > 0, x.log(), 0.0), [0.0, 0.25]),
    "number below": (lambda x: torch.where(x < 9, x, x / 0), [1.0, 1.0]),
    "quotient": (lambda x: torch.where(x > 0, 1 / x, 0.0), [0.0, -0.0625]),
    "power": (lambda x: torch.where(x > 0, x**-0.5, 0.0), [0.0, -0.0625]),
    "overflow": (lambda x: torch.where(x < 9, x, torch.exp(x + 1e4)), [1.0, 1.0]),
    "number": (lambda x: torch.where(x < 9, x, x * inf), [1.0, 1.0]),
}


@pytest.mark.parametrize("name", TRAPS)
def test_the_branch_not_taken_gives_nothing(name):
    function, expected = TRAPS[name]
    x = leaf(0.0, 4.0)
    y = function(x).sum()
    (ordinary,) = grad(y, x, retain_graph=True)
    with strong_zero():
        (found,) = grad(y, x)

    assert ordinary.isnan().any()
    assert found.tolist() == expected


def test_an_infinite_slope_that_meets_no_zero_stays_infinite():
    x = leaf(0.0, nan)
    with strong_zero():
        (found,) = grad(x.sqrt().sum(), x)

    numpy.testing.assert_array_equal(found.numpy(), [inf, nan])


def test_a_nan_cotangent_stays_nan():
    x = leaf(2.0)
    with strong_zero():
        (found,) = grad(x * 3, x, torch.tensor([nan]))

    assert found.isnan().all()


@pytest.mark.parametrize("operation", [torch.matmul, torch.mv, torch.dot, cross])
def test_products_drop_the_terms_with_a_zero_of_the_cotangent(operation):
    shapes = {"matmul": [(2, 3), (3, 2)], "mv": [(2, 3), (3,)]}
    first, second = shapes.get(operation.__name__, [(3,), (3,)])
    x = torch.arange(1.0, 1 + numpy.prod(first)).reshape(first).requires_grad_()
    y = torch.arange(2.0, 2 + numpy.prod(second)).reshape(second)
    out = operation(x, y)
    g = torch.zeros_like(out)
    (expected,) = grad(out, x, g)
    y.view(-1)[0] = inf
    with strong_zero():
        (found,) = grad(operation(x, y), x, g)

    assert found.tolist() == expected.tolist()


def test_a_sum_keeps_what_meets_no_zero():
    x = torch.ones(2, 2, requires_grad=True)
    y = torch.tensor([[inf, 1.0], [2.0, 3.0]])
    with strong_zero():
        (found,) = grad(x @ y, x, torch.tensor([[0.0, 1.0], [1.0, 0.0]]))

    assert found.tolist() == [[1.0, 3.0], [inf, 2.0]]


def test_general_operations_are_given_zeros_throughout():
    x = leaf(inf, 1.0)
    out = torch.softmax(x, 0)
    with strong_zero():
        (found,) = grad(out, x, torch.zeros(2))

    assert found.tolist() == [0.0, 0.0]


def test_what_is_finite_is_the_same_to_the_bit():
    x = torch.linspace(0.1, 2, 50, dtype=torch.float64, requires_grad=True)
    w = torch.linspace(-1, 1, 100, dtype=torch.float64).reshape(50, 2).requires_grad_()

    def loss():
        return torch.softmax((x.log() * x.sin()) @ w, 0).prod() + (x**3).relu().mean()

    ordinary = grad(loss(), [x, w])
    with strong_zero():
        found = grad(loss(), [x, w])

    assert all(torch.equal(a, b) for a, b in zip(found, ordinary))


def test_a_cotangent_of_zero_can_itself_be_differentiated():
    """The product with a vector of zeros, differentiated in that vector, is the Jacobian's own."""
    x = leaf(2.0, 3.0)
    v = torch.zeros(2, requires_grad=True)
    with strong_zero():
        (pulled,) = grad(x * x, x, v, create_graph=True)
        (found,) = grad(pulled.sum(), v)

    assert found.tolist() == [4.0, 6.0]


def test_second_derivatives_stay_clear_of_the_trap():
    x = leaf(0.0, 4.0)
    with strong_zero():
        (first,) = grad(torch.where(x > 0, x.sqrt(), 0.0).sum(), x, create_graph=True)
        (second,) = grad(first.sum(), x)

    assert second.tolist() == [0.0, -0.03125]


def test_integer_and_complex_operands_are_taken():
    x = torch.tensor([1 + 1j, 2j], requires_grad=True)
    with strong_zero():
        (found,) = grad(torch.where(torch.tensor(True), x, x / 0).abs().sum(), x)
        (other,) = grad(x * torch.tensor([1, 2]), x, torch.zeros(2, dtype=torch.complex64))

    assert found.isfinite().all()
    assert other.tolist() == [0, 0]


def test_it_is_a_decorator_and_ends_with_its_function():
    @strong_zero()
    def inside():
        return is_strong_zero_enabled()

    assert inside() is True
    assert strong_zero(is_strong_zero_enabled)() is True
    assert is_strong_zero_enabled() is False


def test_it_holds_for_one_thread():
    seen = []
    with strong_zero():
        thread = threading.Thread(target=lambda: seen.append(is_strong_zero_enabled()))
        thread.start()
        thread.join()

    assert seen == [False]


def test_it_ends_with_an_error():
    with pytest.raises(ZeroDivisionError), strong_zero():
        raise ZeroDivisionError

    assert is_strong_zero_enabled() is False


def test_a_tangent_of_zero_stays_zero_in_forward_mode():
    from chainrule.autograd import forward_ad

    x = torch.tensor([0.0, 4.0])
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x, torch.tensor([0.0, 1.0]))
        ordinary = forward_ad.unpack_dual(dual.sqrt()).tangent
        with strong_zero():
            found = forward_ad.unpack_dual(dual.sqrt()).tangent

    assert ordinary.isnan().tolist() == [True, False]
    assert found.tolist() == [0.0, 0.25]
