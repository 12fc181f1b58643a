"""jacrev, jacfwd and hessian: all derivatives of all outputs, by all inputs.

Apart from vjp and jvp, which take one vector: these take all vectors of a basis, at once.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from chainrule.func._arguments import Argnums, check_tensors, chosen, one_or_all, partial_in
from chainrule.func._basis import forward_blocks, reverse_blocks
from chainrule.func._jvp import jvp
from chainrule.func._vjp import vjp
from chainrule.utils._pytree import TreeSpec, tree_flatten

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.core import Tensor


def jacrev(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable[..., Any]:
    """The function that returns the Jacobian of func, by reverse mode, or (Jacobian, aux).

    The Jacobian has the form of func's output and in it, for each tensor, that of the arguments in
    the places `argnums`; its tensors have the shape of the output followed by that of the input.
    `chunk_size` rows are computed at a time, all by default. RuntimeError for complex tensors (see
    `vjp`), ValueError for a chunk_size below 1.

    >>> import chainrule as torch
    >>> torch.func.jacrev(lambda x: x**2)(torch.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.jacrev.html
    """
    if not (chunk_size is None or chunk_size > 0):
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def jacobian(*args: Any) -> Any:
        primals = chosen(args, argnums)
        output, pull, *aux = vjp(partial_in(func, argnums, args), *primals, has_aux=has_aux)
        outputs, form = tree_flatten(output)
        inputs, spec = tree_flatten(primals)
        _check_real(inputs, "jacrev", "inputs")
        _check_real(outputs, "jacrev", "outputs")
        rows = reverse_blocks(_on_lists(pull, form), outputs, inputs, chunk_size)
        found = form.unflatten(one_or_all(argnums, spec.unflatten(row)) for row in rows)
        return (found, *aux) if has_aux else found

    return jacobian


def jacfwd(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    randomness: str = "error",
) -> Callable[..., Any]:
    """The function that returns the Jacobian of func, by forward mode, or (Jacobian, aux).

    The result is that of `jacrev`; it is found faster where there are fewer inputs than outputs.
    `randomness` is that of `vmap`, which runs func once for all vectors of the basis.

    >>> import chainrule as torch
    >>> torch.func.jacfwd(lambda x: x**2)(torch.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.jacfwd.html
    """

    @functools.wraps(func)
    def jacobian(*args: Any) -> Any:
        primals = chosen(args, argnums)
        inputs, spec = tree_flatten(primals)
        check_tensors(inputs, "jacfwd")
        _check_real(inputs, "jacfwd", "inputs")
        chosen_func = partial_in(func, argnums, args)

        def push(*tangents: Tensor) -> tuple[Any, ...]:
            return jvp(chosen_func, primals, spec.unflatten(tangents), has_aux=has_aux)[1:]

        form, rows, aux = forward_blocks(push, inputs, randomness)
        _check_real([row[0] for row in rows], "jacfwd", "outputs")
        found = form.unflatten(one_or_all(argnums, spec.unflatten(row)) for row in rows)
        return (found, *aux) if has_aux else found

    return jacobian


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that returns the second derivatives of func: forward mode over reverse.

    Its tensors have the shape of the output, followed by that of one input, and of another.

    >>> import chainrule as torch
    >>> torch.func.hessian(lambda x: (x**3).sum())(torch.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.hessian.html
    """
    return jacfwd(jacrev(func, argnums), argnums)


def _on_lists(pull: Callable[..., Any], form: TreeSpec) -> Callable[..., list[Tensor]]:
    """The pull of a vjp, of a list of cotangents, to a list of them."""
    return lambda *cotangents: tree_flatten(pull(form.unflatten(cotangents)))[0]


def _check_real(tensors: list[Tensor], name: str, which: str) -> None:
    for place, tensor in enumerate(tensors):
        if tensor.is_complex():
            raise RuntimeError(
                f"{name}: Expected all {which} to be real but received complex tensor at "
                f"flattened input idx: {place}"
            )
