"""gradgradcheck: the gradient of a function as a function that is checked.

Apart from `check`, which does the checking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.autograd.backward import grad
from chainrule.autograd.gradcheck.arguments import as_tuple, needs_gradient, outputs_of
from chainrule.autograd.gradcheck.check import gradcheck
from chainrule.ops.shape import view_as_real

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chainrule._core.core import Tensor


def gradgradcheck(
    func: Callable[..., Tensor | Sequence[Tensor]],
    inputs: Tensor | Sequence,
    grad_outputs: Tensor | Sequence[Tensor] | None = None,
    *,
    eps: float = 1e-06,
    atol: float = 1e-05,
    rtol: float = 0.001,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """gradcheck of the gradient: compare second derivatives with differences of the first.

    What is checked is the function of `inputs` and `grad_outputs` that gives the gradients of
    func. `grad_outputs` are cotangents, one for each differentiable output; by default random
    ones, strided with gen_non_contig_grad_outputs. check_rev_over_rev differentiates the gradient
    by backward, check_fwd_over_rev in forward mode. The other options are those of gradcheck.

    >>> import chainrule as torch
    >>> x = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradgradcheck(torch.exp, (x,))
    True

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.gradcheck.gradgradcheck.html
    """
    _check_options(check_fwd_over_rev, check_rev_over_rev, check_undefined_grad, check_batched_grad)
    inputs = as_tuple(inputs)
    if grad_outputs is None:
        grad_outputs = [
            _random_cotangent(output, gen_non_contig_grad_outputs)
            for output in _differentiable(outputs_of(func, inputs))
        ]
    cotangents = as_tuple(grad_outputs)
    return gradcheck(
        _gradient_of(func, len(cotangents)),
        inputs + cotangents,
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        fast_mode=fast_mode,
        masked=masked,
    )


def _check_options(forward, reverse, undefined, batched) -> None:
    """AssertionError for checks that need another one."""
    for holds, complaint in (
        (
            forward or reverse,
            "Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True",
        ),
        (
            reverse or not undefined,
            "Setting check_undefined_grad=True requires check_rev_over_rev to be True",
        ),
        (
            reverse or not batched,
            "Setting check_batched_grad=True requires check_rev_over_rev to be True",
        ),
    ):
        if not holds:
            raise AssertionError(complaint)


def _gradient_of(function, count):
    """The gradients of a function, as a function of its inputs and of `count` cotangents."""

    def gradient(*arguments):
        split = len(arguments) - count
        inputs, cotangents = arguments[:split], arguments[split:]
        outputs = _differentiable(outputs_of(function, inputs))
        tensors = [value for value in inputs if needs_gradient(value)]
        found = grad(outputs, tensors, cotangents, create_graph=True, allow_unused=True)
        return tuple(part for part in found if part is not None)

    return gradient


def _differentiable(outputs) -> list[Tensor]:
    return [output for output in outputs if output.requires_grad]


def _random_cotangent(output, strided) -> Tensor:
    """Numbers from [-1, 1), those of PyTorch after the same seed; every other one of an array."""
    values = output.detach().new_empty(output.shape)
    (view_as_real(values) if values.dtype.is_complex else values).uniform_(-1, 1)
    if strided and values.ndim:
        values = values.repeat_interleave(2, dim=-1)[..., ::2]
    return values.requires_grad_()
