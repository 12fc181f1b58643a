"""vjp: a function's value, and the map that pulls cotangents of it back to its arguments.

Apart from grad, which is for one number and has the cotangent 1; jacrev and hessian use this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule._core.core import Tensor
from chainrule._core.modes import is_grad_enabled
from chainrule.func._arguments import check_outputs, seen_aux, with_aux
from chainrule.func._reverse import Outside, ReverseLevel, with_node
from chainrule.utils._pytree import TreeSpec, tree_flatten, treespec_pprint

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = "vjp(f, *primals)"


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """(output, pull) or (output, pull, aux): func at the primals, and its transposed derivative.

    `pull(cotangents)` takes a tree of the output's form and returns a tuple, one entry for each
    primal: v^T J. It may be called any number of times, unless with `retain_graph=False`. Primals
    and output are trees of tensors, of real or complex numbers. RuntimeError for other outputs and
    for cotangents of another form or shape; ValueError for primals other than tensors.

    >>> import chainrule as torch
    >>> output, pull = torch.func.vjp(lambda x: x**2, torch.tensor([1.0, 2.0]))
    >>> pull(torch.tensor([1.0, 10.0]))
    (tensor([ 2., 40.]),)

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.vjp.html
    """
    inputs, spec = tree_flatten(primals)
    with ReverseLevel() as level:
        found = func(*spec.unflatten([level.input(x) for x in inputs]))
        found, aux = with_aux(found, has_aux, _NAME)
        outputs, form = tree_flatten(found)
        check_outputs(outputs, _NAME)
        _check_differentiable(outputs)
        outputs = [with_node(output) for output in outputs]
    outside = Outside()
    pull = _pull(level, inputs, spec, outputs, form)
    seen = form.unflatten(map(outside.seen, outputs))
    return (seen, pull, seen_aux(aux, outside.seen)) if has_aux else (seen, pull)


def _pull(
    level: ReverseLevel, inputs: list[Tensor], spec: TreeSpec, outputs: list[Tensor], form: TreeSpec
) -> Callable[..., Any]:
    """The map from cotangents of the outputs to those of the inputs."""

    def pull(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        values, found = tree_flatten(cotangents)
        if found != form:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of "
                f"outputs to the function. cotangents: {treespec_pprint(found)}, primal output: "
                f"{treespec_pprint(form)}"
            )
        outside = Outside()
        wanted = is_grad_enabled() if create_graph is None else create_graph
        create = wanted and any(
            isinstance(x, Tensor) and outside.reached_from(x) for x in (*outputs, *values)
        )
        gradients = level.pulled_back(outputs, values, inputs, retain_graph, create)
        return spec.unflatten(map(outside.seen, gradients))

    return pull


def _check_differentiable(outputs: list[Tensor]) -> None:
    for output in outputs:
        if not (output.is_floating_point() or output.is_complex()):
            raise RuntimeError(
                "vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got "
                f"Tensor with dtype {output.dtype}"
            )
