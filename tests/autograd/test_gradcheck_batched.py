"""gradcheck finds derivatives that vmap cannot run, or computes otherwise.

Apart from the other tests of gradcheck: these derivatives are right one by one.
"""

import pytest
from tests.autograd.derivatives import custom, double, points

import chainrule as torch
from chainrule.autograd import gradcheck, gradgradcheck

ForNumbers = custom(
    lambda x: x * 2,
    lambda g, x: torch.tensor([part.item() * 2 for part in g], dtype=torch.float64),
    lambda t, x: torch.tensor([part.item() * 2 for part in t], dtype=torch.float64),
)


@pytest.mark.parametrize("point", [double(0.5, 2.0), points(1 + 2j, 2.0)], ids=str)
@pytest.mark.parametrize("function", [torch.exp, lambda x: (x**3, x.sum()), lambda x: x @ x])
def test_what_vmap_can_run_passes(function, point):
    assert gradcheck(
        function,
        (point,),
        check_batched_grad=True,
        check_forward_ad=True,
        check_batched_forward_grad=True,
    )
    assert gradgradcheck(function, (point,), check_batched_grad=True)


@pytest.mark.parametrize(
    "options",
    [
        {"check_batched_grad": True},
        {"check_forward_ad": True, "check_batched_forward_grad": True},
    ],
)
def test_what_vmap_cannot_run_is_found(options):
    point = double(1.0, 2.0)

    assert gradcheck(ForNumbers.apply, (point,), check_forward_ad=True)
    with pytest.raises(RuntimeError, match="While computing batched gradients, got: "):
        gradcheck(ForNumbers.apply, (point,), **options)
