"""linearize: a function's value, and its derivative as a linear function of directions.

Apart from jvp, which runs the function again for every direction. Here it runs once, on the tape:
v^T J is linear in v, and pulling back through that is J.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule._core.apply import wrap_array
from chainrule._core.modes import is_grad_enabled
from chainrule.func._arguments import check_tensors
from chainrule.func._reverse import Outside, ReverseLevel, with_node
from chainrule.func._vjp import vjp
from chainrule.transforms.filling import zeros_like
from chainrule.utils._pytree import TreeSpec, tree_flatten

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.core import Tensor


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """(output, push): func at the primals, and the map from directions to derivatives along them.

    `push(*tangents)` takes trees of the form of the primals, with their shapes and dtypes, and
    returns one of the form of the output: J v. It may be called any number of times, and func is
    not run again. RuntimeError for tangents of another form, shape or dtype.

    >>> import chainrule as torch
    >>> output, push = torch.func.linearize(torch.sin, torch.tensor(0.0))
    >>> push(torch.tensor(1.0)), push(torch.tensor(2.0))
    (tensor(1.), tensor(2.))

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.linearize.html
    """
    inputs, spec = tree_flatten(primals)
    check_tensors(inputs, "linearize")
    output, pull = vjp(func, *primals)
    outputs, form = tree_flatten(output)
    zeros = [wrap_array(zeros_like(one._array)) for one in outputs]
    with ReverseLevel() as level:
        cotangents = form.unflatten(level.input(zero) for zero in zeros)
        pulled = [with_node(found) for found in tree_flatten(pull(cotangents))[0]]

    def push(*tangents: Any) -> Any:
        vectors, found = tree_flatten(tangents)
        _check(vectors, found, inputs, spec)
        outside = Outside()
        create = is_grad_enabled() and any(map(outside.reached_from, (*pulled, *vectors)))
        pushed = level.pulled_back(pulled, vectors, zeros, True, create)
        return form.unflatten(map(outside.seen, pushed))

    return output, push


def _check(vectors: list[Any], form: TreeSpec, inputs: list[Tensor], spec: TreeSpec) -> None:
    if form != spec:
        raise RuntimeError(
            f"Expected the tangents {form} to have the same argspec as the primals {spec}"
        )
    check_tensors(vectors, "linearize")
    for place, (vector, x) in enumerate(zip(vectors, inputs)):
        for what in ("shape", "dtype"):
            its, wanted = getattr(vector, what), getattr(x, what)
            if its != wanted:
                raise RuntimeError(
                    f"tangent:{place} with {what} {its} in flattened pytree doesn't match the "
                    f"{what} {wanted} of the corresponding primal."
                )
