"""grad and grad_and_value: a function's gradient as a function.

Apart from vjp, which is for functions of more than one number.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from chainrule._core.core import Tensor
from chainrule.func._arguments import Argnums, chosen, one_or_all, replaced, seen_aux, with_aux
from chainrule.func._reverse import Outside, ReverseLevel, with_node
from chainrule.utils._pytree import tree_flatten, tree_leaves

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = "grad_and_value(f)(*args)"


def grad_and_value(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """The function that returns (gradient, value) of func, or (gradient, (value, aux)).

    func returns a tensor of no dimensions; with `has_aux`, that and a tree of further tensors. The
    gradient is with respect to the arguments in the places `argnums`, which may be trees of
    tensors, and has their form. It is zero where the value does not depend on them. RuntimeError
    for another value, or arguments of integers; ValueError for arguments other than tensors.

    >>> import chainrule as torch
    >>> torch.func.grad_and_value(lambda x: x**2)(torch.tensor(3.0))
    (tensor(6.), tensor(9.))

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.grad_and_value.html
    """

    @functools.wraps(func)
    def differentiated(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        primals, spec = tree_flatten(chosen(args, argnums))
        with ReverseLevel() as level:
            own = spec.unflatten([level.input(primal) for primal in primals])
            found = func(*replaced(args, argnums, own), **kwargs)
            value, aux = with_aux(found, has_aux, _NAME)
            value = with_node(_checked(value))
        outside = Outside()
        create = outside.reached_from(value)
        retain = create or (has_aux and _any_reaches(aux, outside))
        gradients = level.pulled_back([value], None, primals, retain, create)
        gradient = one_or_all(argnums, spec.unflatten(map(outside.seen, gradients)))
        value = outside.seen(value)
        return gradient, (value, seen_aux(aux, outside.seen)) if has_aux else value

    return differentiated


def grad(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that returns the gradient of func, or (gradient, aux).

    Everything is as in `grad_and_value`, but for the value, which is left out. Nests to any order,
    within itself and the other transforms; inside, grad mode is on, whatever it is outside.

    >>> import chainrule as torch
    >>> torch.func.grad(torch.sin)(torch.tensor(0.0))
    tensor(1.)
    >>> torch.func.grad(torch.func.grad(lambda x: x**3))(torch.tensor(2.0))
    tensor(12.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.grad.html
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return differentiated


def _checked(value: Any) -> Tensor:
    if not isinstance(value, Tensor):
        raise RuntimeError(f"{_NAME}: Expected f(*args) to return a Tensor, got {type(value)}")
    if value.ndim:
        raise RuntimeError(
            f"{_NAME}: Expected f(*args) to return a scalar Tensor, got tensor with {value.ndim} "
            "dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
        )
    return value


def _any_reaches(aux: Any, outside: Outside) -> bool:
    tensors = (leaf for leaf in tree_leaves(aux) if isinstance(leaf, Tensor))
    return any(map(outside.reached_from, tensors))
