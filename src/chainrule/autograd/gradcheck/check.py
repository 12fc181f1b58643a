"""gradcheck: what is called, and the order of the checks.

Apart from the checks themselves, one a module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.autograd.gradcheck import exact, fast
from chainrule.autograd.gradcheck.arguments import (
    Options,
    as_tuple,
    check_inputs,
    check_options,
    check_outputs,
    outputs_of,
)
from chainrule.autograd.gradcheck.batched import check_batched_gradients, check_batched_tangents
from chainrule.autograd.gradcheck.parts import Part, parts_of_inputs, parts_of_outputs
from chainrule.autograd.gradcheck.report import GradcheckError
from chainrule.autograd.gradcheck.undefined import (
    check_undefined_cotangents,
    check_undefined_tangents,
    check_zero_cotangents,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chainrule._core.core import Tensor


def gradcheck(
    func: Callable[..., Tensor | Sequence[Tensor]],
    inputs: Tensor | Sequence,
    *,
    eps: float = 1e-06,
    atol: float = 1e-05,
    rtol: float = 0.001,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Compare the derivatives of func with central differences, (f(x+eps) - f(x-eps)) / (2 eps).

    `inputs` are the arguments of func, a tensor or a tuple; those that require grad are checked
    and should be float64 or complex128 (a UserWarning otherwise). They are moved in their own
    memory and put back. func returns a tensor or a tuple of tensors; complex outputs are checked
    as their imaginary and real parts. True where all is well; GradcheckError, or False with
    raise_exception=False, where

    - a Jacobian differs by more than atol + rtol * |measured|: in reverse mode
      (check_backward_ad), in forward mode (check_forward_ad), or both. fast_mode compares one
      random projection of each instead of all elements;
    - two runs of backward differ by more than nondet_tol;
    - backward makes something of cotangents that are zero or, with check_undefined_grad, absent;
    - a gradient has another dtype than its input, with check_grad_dtypes;
    - derivatives under vmap are not those computed one by one, with check_batched_grad and
      check_batched_forward_grad.

    `masked` is about sparse inputs, which are refused; dense ones are the same either way.
    ValueError where no input requires grad, RuntimeError for inputs that overlap themselves,
    NotImplementedError for sparse ones, AssertionError for options that need others.

    >>> import chainrule as torch
    >>> x = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(torch.exp, (x,))
    True

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.gradcheck.gradcheck.html
    """
    options = Options(
        eps=eps,
        atol=atol,
        rtol=rtol,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_batched_forward_grad=check_batched_forward_grad,
        check_forward_ad=check_forward_ad,
        check_backward_ad=check_backward_ad,
        fast_mode=fast_mode,
    )
    check_options(options)
    try:
        _check(func, as_tuple(inputs), options)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _check(function, inputs, options) -> None:
    check_inputs(inputs)
    outputs, mode = outputs_of(function, inputs), fast if options.fast_mode else exact
    check_outputs(outputs)
    whole = Part(function, inputs)
    if not any(output.requires_grad for output in outputs):
        mode.check_constant(whole, options)
        return
    if options.check_backward_ad:
        for part in parts_of_outputs(function, inputs, outputs):
            mode.check_backward(part, options)
    if options.check_forward_ad:
        for part in parts_of_inputs(function, inputs):
            mode.check_forward(part, options)
            if options.check_undefined_grad:
                check_undefined_tangents(part)
    _check_other_cotangents(whole, options)


def _check_other_cotangents(part, options) -> None:
    if options.check_batched_forward_grad:
        check_batched_tangents(part)
    if options.check_batched_grad:
        check_batched_gradients(part)
    if options.check_backward_ad:
        check_zero_cotangents(part)
        if options.check_undefined_grad:
            check_undefined_cotangents(part)
