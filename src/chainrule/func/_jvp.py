"""jvp: a function's value and its derivative along a direction, by forward mode.

Apart from linearize, which runs the function once for any number of directions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule._core.core import Tensor
from chainrule.func._arguments import check_outputs, seen_aux, with_aux
from chainrule.func._inside import noted
from chainrule.transforms.crossing import in_memory_of, make_dual, primal_part, tangent_part
from chainrule.transforms.dual import DualLevel
from chainrule.utils._pytree import TreeSpec, tree_flatten

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = "jvp(f, primals, tangents)"


def jvp(
    func: Callable[..., Any],
    primals: Any,
    tangents: Any,
    *,
    strict: bool = False,
    has_aux: bool = False,
) -> tuple[Any, ...]:
    """(output, J v) or (output, J v, aux): func at the primals, and its derivative along v.

    `primals` is a tuple of trees of tensors and `tangents`, v, one of the same form and shapes; J v
    has the form of the output. It is zero where the output does not depend on the primals, or, with
    `strict`, a RuntimeError. RuntimeError for tangents of another form, and other things than
    tensors; ValueError for tensors of integers.

    >>> import chainrule as torch
    >>> torch.func.jvp(torch.sin, (torch.tensor(0.0),), (torch.tensor(2.0),))
    (tensor(0.), tensor(2.))

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.jvp.html
    """
    return pushed_forward(noted(func), primals, tangents, strict, has_aux)


def pushed_forward(
    func: Callable[..., Any],
    primals: Any,
    tangents: Any,
    strict: bool = False,
    has_aux: bool = False,
) -> tuple[Any, ...]:
    """`jvp`, for functions that may do all that is allowed outside a transform."""
    values, directions, spec = _checked(primals, tangents)
    level = DualLevel()
    with level:
        inputs = [
            in_memory_of(x, make_dual(x, t, within=level)) for x, t in zip(values, directions)
        ]
        found, aux = with_aux(func(*spec.unflatten(inputs)), has_aux, _NAME)
        outputs, form = tree_flatten(found)
        check_outputs(outputs, _NAME)
        if strict:
            _check_dependent(outputs, level)
        results = (
            form.unflatten(primal_part(output, within=level) for output in outputs),
            form.unflatten(tangent_part(output, level=level) for output in outputs),
        )
        if has_aux:
            return *results, seen_aux(aux, lambda x: primal_part(x, within=level))
    return results


def _checked(primals: Any, tangents: Any) -> tuple[list[Tensor], list[Tensor], TreeSpec]:
    """The tensors to start from, the directions, and their form."""
    if not isinstance(primals, tuple):
        raise RuntimeError(
            f"{_NAME}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals)."
        )
    values, spec = tree_flatten(primals)
    directions, form = tree_flatten(tangents)
    if spec != form:
        raise RuntimeError(
            f"{_NAME}: Expected primals and tangents to have the same python structure. For "
            "example, if primals is a tuple of 3 tensors, tangents also must be. Got primals with "
            f"structure {spec} and tangents with structure {form}"
        )
    for what, tensors in (("primals", values), ("tangents", directions)):
        if not tensors:
            raise RuntimeError(f"{_NAME}: Expected {what} to contain at least one Tensor.")
        for x in tensors:
            if not isinstance(x, Tensor):
                raise RuntimeError(
                    f"{_NAME}: Expected {what} to only contain Tensors, got {type(x)}"
                )
    for x, t in zip(values, directions):
        _check_pair(x, t)
    return values, directions, spec


def _check_pair(x: Tensor, t: Tensor) -> None:
    for what, tensor in (("primal", x), ("tangent", t)):
        if not (tensor.is_floating_point() or tensor.is_complex()):
            raise ValueError(
                f"Expected {what} to be floating point or complex, but got: {tensor.dtype}"
            )
    if x.shape != t.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original "
            f"Tensor, this is not supported. Tensor is of size {list(x.shape)} while the given "
            f"forward gradient is of size {list(t.shape)}."
        )


def _check_dependent(outputs: list[Tensor], level: DualLevel) -> None:
    for output in outputs:
        if not level.holds(output._array):
            raise RuntimeError(
                "jvp(f, primals, tangents, strict=True): The output of f is independent of the "
                "inputs. This is not allowed with strict=True."
            )
