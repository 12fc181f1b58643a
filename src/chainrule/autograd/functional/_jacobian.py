"""jacobian and hessian: all derivatives of a function's outputs by its inputs.

Apart from the products, which need one or two backward passes; these need one an output element,
or, forward, one an input element.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule.autograd.functional._tuples import (
    OUTPUTS,
    as_tuple,
    check_first,
    check_outputs,
    finished,
    gradients,
    like_given,
    prepared,
    refuse_constant,
    single_output,
)
from chainrule.autograd.modes import enable_grad
from chainrule.func._basis import forward_blocks, reverse_blocks
from chainrule.func._jvp import pushed_forward
from chainrule.functions import stack, zeros_like

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.core import Tensor

    Tensors = Tensor | tuple[Tensor, ...]


def jacobian(
    func: Callable[..., Tensors],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The derivatives of func's outputs by its inputs, at `inputs`.

    A tensor of the shape of the output followed by that of the input: one, or a tuple where there
    are several inputs or outputs, or a tuple of tuples, by output and then by input. With
    `create_graph` it can be differentiated further. What does not depend on an input gives zeros,
    or with `strict` a RuntimeError. `strategy="forward-mode"` needs `vectorize`, and allows
    neither `create_graph` nor `strict`.

    >>> import chainrule as torch
    >>> torch.autograd.functional.jacobian(lambda x: x**2, torch.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.jacobian.html
    """
    _check_strategy(strategy)
    if strategy == "forward-mode":
        _check_forward(create_graph, strict, vectorize)
        return _forward_jacobian(func, inputs)
    with enable_grad():
        several, given = as_tuple(inputs, "inputs", "jacobian")
        primals = prepared(given, create_graph, need_graph=True)
        several_out, outputs = as_tuple(func(*primals), OUTPUTS, "jacobian")
        check_outputs(outputs, strict)
        if vectorize:
            _check_vectorized(strict)
            rows = _vectorized(outputs, primals, create_graph)
        else:
            rows = [
                _row(place, output, primals, create_graph, strict)
                for place, output in enumerate(outputs)
            ]
        found = [like_given(finished(row, create_graph), several) for row in rows]
    return like_given(found, several_out)


def hessian(
    func: Callable[..., Tensor],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a function of one number, at `inputs`.

    A tensor of the shape of the input twice; for a tuple of inputs a tuple of tuples of them. The
    options are those of `jacobian`, which is applied twice: the inner time always by reverse mode.

    >>> import chainrule as torch
    >>> torch.autograd.functional.hessian(lambda x: (x**3).sum(), torch.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.hessian.html
    """
    several, given = as_tuple(inputs, "inputs", "hessian")
    _check_strategy(outer_jacobian_strategy)

    def first(*primals: Tensor) -> tuple[Tensor, ...]:
        if outer_jacobian_strategy == "forward-mode":
            primals = tuple(x.requires_grad_() for x in primals)
        found = jacobian(
            lambda *x: single_output(func(*x), "hessian", strict).squeeze(),
            primals,
            create_graph=True,
        )
        check_first(found, strict, hessian=True)
        return found

    found = jacobian(
        first,
        given,
        create_graph,
        strict,
        vectorize,
        outer_jacobian_strategy,
    )
    return found if several else found[0][0]


# --------------------------------------------------------------------------------- reverse mode


def _row(
    place: int, output: Tensor, primals: tuple[Tensor, ...], create_graph: bool, strict: bool
) -> tuple[Tensor, ...]:
    """The derivatives of one output by each input, an element of the output at a time."""
    elements = output.reshape(-1)
    parts = []
    for k in range(output.numel()):
        found = gradients((elements[k],), primals, None, create_graph, retain_graph=True)
        parts.append(_filled(place, found, primals, create_graph, strict))
    if not parts:
        raise RuntimeError(
            f"stack expects a non-empty TensorList: output {place} of the user-provided function "
            f"has no elements, but shape {list(output.shape)}; vectorize=True allows that"
        )
    return tuple(
        stack(column).view(output.shape + x.shape) for column, x in zip(zip(*parts), primals)
    )


def _filled(place, found, primals, create_graph, strict):
    """Zeros where an output does not depend on an input; refused in strict mode."""
    parts = []
    for k, (part, x) in enumerate(zip(found, primals)):
        if part is None and strict:
            raise RuntimeError(
                f"Output {place} of the user-provided function is independent of input {k}. This "
                "is not allowed in strict mode."
            )
        if part is not None and strict and create_graph and not part.requires_grad:
            refuse_constant(k, "jacobian")
        parts.append(zeros_like(x) if part is None else part)
    return parts


def _vectorized(
    outputs: tuple[Tensor, ...], primals: tuple[Tensor, ...], create_graph: bool
) -> list[tuple[Tensor, ...]]:
    """The derivatives of each output by each input, all elements at once."""

    def pull(*cotangents: Tensor) -> list[Tensor]:
        found = gradients(outputs, primals, cotangents, create_graph)
        return [zeros_like(x) if part is None else part for part, x in zip(found, primals)]

    return [tuple(row) for row in reverse_blocks(pull, outputs, primals)]


def _check_vectorized(strict: bool) -> None:
    if strict:
        raise RuntimeError(
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not "
            "supported together. Please either set `strict=False` or `vectorize=False`."
        )


# --------------------------------------------------------------------------------- forward mode


def _check_strategy(strategy: str) -> None:
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your '
            'function has more outputs than inputs, "forward-mode" tends to be more performant. '
            f'Otherwise, prefer to use "reverse-mode". Found {strategy!r}.'
        )


def _check_forward(create_graph: bool, strict: bool, vectorize: bool) -> None:
    for name, given, error in (
        ("create_graph", create_graph, NotImplementedError),
        ("strict", strict, RuntimeError),
    ):
        if given:
            raise error(
                f'torch.autograd.functional.jacobian: `{name}=True` and `strategy="forward-mode"` '
                f"are not supported together (yet). Please either set `{name}=False` or "
                '`strategy="reverse-mode"`.'
            )
    if not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian is"
            "only implemented for `vectorize=True`."
        )


def _forward_jacobian(func: Callable[..., Tensors], inputs: Tensors) -> Any:
    """The derivatives by all elements of the inputs at once, each with a tangent of its own."""
    several, primals = as_tuple(inputs, "inputs", "jacobian")
    several_out = False

    def checked(*values: Tensor) -> tuple[Tensor, ...]:
        nonlocal several_out
        several_out, outputs = as_tuple(func(*values), OUTPUTS, "jacobian")
        return outputs

    def push(*tangents: Tensor) -> tuple[Any, ...]:
        return pushed_forward(checked, primals, tangents)[1:]

    _, rows, _ = forward_blocks(push, primals, "error")
    return like_given([like_given(row, several) for row in rows], several_out)
