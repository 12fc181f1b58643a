"""vjp, jvp, vhp, hvp: products of a vector with the Jacobian or the Hessian, without either.

Apart from jacobian and hessian, which compute all of it. Forward products come from reverse mode
twice: v^T J is linear in v, and its derivative by v is J.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule._core.core import Tensor
from chainrule.autograd.functional._tuples import (
    OUTPUTS,
    as_tuple,
    check_first,
    check_may_be_left_out,
    check_outputs,
    check_vector,
    filled,
    finished,
    gradients,
    like_given,
    prepared,
    single_output,
)
from chainrule.autograd.modes import enable_grad, is_grad_enabled, set_grad_enabled
from chainrule.functions import zeros_like

if TYPE_CHECKING:
    from collections.abc import Callable

Tensors = Tensor | tuple[Tensor, ...]

_INDEPENDENT = "The output of the user-provided function is independent of input {}."
_NO_TANGENT = (
    "The gradient with respect to the input is independent of entry {} in the grad_outputs when "
    "using the double backward trick to compute forward mode gradients."
)
_JACOBIAN_CONSTANT = "The jacobian of the user-provided function is independent of input {}."
_HESSIAN_CONSTANT = (
    "The hessian of the user-provided function is independent of entry {} in the grad_jacobian."
)


def vjp(
    func: Callable[..., Tensors],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """(func(*inputs), v^T J): the product of v and the Jacobian.

    v has the form of the output, the product that of `inputs`; v may be left out for an output of
    one element. What does not depend on an input gives zeros, or with `strict` a RuntimeError.

    >>> import chainrule as torch
    >>> x = torch.tensor([1.0, 2.0])
    >>> torch.autograd.functional.vjp(lambda x: x**2, x, torch.ones(2))
    (tensor([1., 4.]), tensor([2., 4.]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.vjp.html
    """
    with enable_grad():
        several, primals = _inputs(inputs, "vjp", create_graph)
        several_out, outputs = as_tuple(func(*primals), OUTPUTS, "vjp")
        check_outputs(outputs, strict)
        which = "user-provided function returns"
        vector = _vector(v, outputs, several_out, "vjp", create_graph, which)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = gradients(outputs, primals, vector, create_graph)
        product = filled(found, primals, strict, create_graph, _INDEPENDENT)
    return _returned(outputs, several_out, product, several, create_graph)


def jvp(
    func: Callable[..., Tensors],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """(func(*inputs), J v): the product of the Jacobian and v.

    v has the form of `inputs`, the product that of the output; v may be left out for an input of
    one element. It costs two backward passes: `func.jvp` and `forward_ad` need none.

    >>> import chainrule as torch
    >>> x = torch.tensor([1.0, 2.0])
    >>> torch.autograd.functional.jvp(lambda x: x**2, x, torch.ones(2))
    (tensor([1., 4.]), tensor([2., 4.]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.jvp.html
    """
    with enable_grad():
        several, primals = _inputs(inputs, "jvp", create_graph)
        vector = _vector(v, primals, several, "jvp", create_graph)
        several_out, outputs = as_tuple(func(*primals), OUTPUTS, "jvp")
        check_outputs(outputs, strict)
        cotangents = tuple(zeros_like(output, requires_grad=True) for output in outputs)
        pulled = gradients(outputs, primals, cotangents, create_graph=True)
        check_first(pulled, strict, hessian=False)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = gradients(pulled, cotangents, vector, create_graph)
        product = filled(found, outputs, strict, create_graph, _NO_TANGENT)
    return _returned(outputs, several_out, product, several_out, create_graph)


def vhp(
    func: Callable[..., Tensor],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """(func(*inputs), v^T H): the product of v and the Hessian of a function of one number.

    v and the product have the form of `inputs`; v may be left out for an input of one element.

    >>> import chainrule as torch
    >>> x = torch.tensor([1.0, 2.0])
    >>> torch.autograd.functional.vhp(lambda x: (x**3).sum(), x, torch.ones(2))
    (tensor(9.), tensor([ 6., 12.]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.vhp.html
    """
    with enable_grad():
        several, primals = _inputs(inputs, "vhp", create_graph)
        vector = _vector(v, primals, several, "vhp", create_graph)
        output = single_output(func(*primals), "vhp", strict)
        first = gradients((output,), primals, create_graph=True)
        check_first(first, strict, hessian=True)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = gradients(first, primals, vector, create_graph)
        product = filled(found, primals, strict, create_graph, _JACOBIAN_CONSTANT, "hessian")
    return _returned((output,), False, product, several, create_graph)


def hvp(
    func: Callable[..., Tensor],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """(func(*inputs), H v): the product of the Hessian of a function of one number, and v.

    As `vhp`, for the Hessian is symmetric, and dearer by one backward pass.

    >>> import chainrule as torch
    >>> x = torch.tensor([1.0, 2.0])
    >>> torch.autograd.functional.hvp(lambda x: (x**3).sum(), x, torch.ones(2))
    (tensor(9.), tensor([ 6., 12.]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.hvp.html
    """
    with enable_grad():
        several, primals = _inputs(inputs, "hvp", create_graph)
        vector = _vector(v, primals, several, "hvp", create_graph)
        output = single_output(func(*primals), "hvp", strict)
        first = gradients((output,), primals, create_graph=True)
        check_first(first, strict, hessian=True)
        cotangents = tuple(zeros_like(x, requires_grad=True) for x in primals)
        second = gradients(first, primals, cotangents, create_graph=True)
        check_first(second, strict, hessian=True)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = gradients(second, cotangents, vector, create_graph)
        product = filled(found, primals, strict, create_graph, _HESSIAN_CONSTANT, "hessian")
    return _returned((output,), False, product, several, create_graph)


def _inputs(inputs: Tensors, name: str, create_graph: bool) -> tuple[bool, tuple[Tensor, ...]]:
    several, given = as_tuple(inputs, "inputs", name)
    return several, prepared(given, create_graph, need_graph=True)


def _vector(
    v: Tensors | None,
    like: tuple[Tensor, ...],
    several: bool,
    name: str,
    create_graph: bool,
    which: str = "input to the user-provided function is",
) -> tuple[Tensor, ...] | None:
    """The vector of a product, checked; None stands for 1."""
    if v is None:
        check_may_be_left_out(like, which)
        return None
    vector = prepared(as_tuple(v, "v", name)[1], create_graph, need_graph=False)
    check_vector(vector, like, several)
    return vector


def _returned(
    outputs: tuple[Tensor, ...],
    several_out: bool,
    product: tuple[Tensor, ...],
    several: bool,
    create_graph: bool,
) -> tuple[Any, Any]:
    return (
        like_given(finished(outputs, create_graph), several_out),
        like_given(finished(product, create_graph), several),
    )
