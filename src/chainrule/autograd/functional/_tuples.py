"""Tuples of tensors that go in and come out: checked, prepared for the tape, and taken off it.

Apart from the products and the Jacobians, which treat their arguments alike. With `create_graph`
an input that requires grad is used as a view, so that results depend on it; all others are leaves
of the call's own. In strict mode what does not depend on the inputs is an error, not zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from chainrule._core.core import Tensor
from chainrule.autograd.backward import grad
from chainrule.functions import zeros_like

if TYPE_CHECKING:
    from collections.abc import Sequence

OUTPUTS = "outputs of the user-provided function"


def as_tuple(value: Any, what: str, name: str) -> tuple[bool, tuple[Tensor, ...]]:
    """(whether it was a tuple, the tensors); TypeError for anything but one or several tensors."""
    is_tuple = isinstance(value, tuple)
    values = value if is_tuple else (value,)
    for place, one in enumerate(values):
        if not isinstance(one, Tensor):
            which = f"the value at index {place}" if is_tuple else f"the given {what}"
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but "
                f"{which} has type {type(one)}."
            )
    return is_tuple, values


def like_given(values: Any, is_tuple: bool) -> Any:
    """A tuple, or the one tensor in it where none was given."""
    return tuple(values) if is_tuple else values[0]


def prepared(
    tensors: tuple[Tensor, ...], create_graph: bool, need_graph: bool
) -> tuple[Tensor, ...]:
    """The tensors as what is differentiated by (or, without need_graph, as constants)."""
    return tuple(
        x.view_as(x) if create_graph and x.requires_grad else x.detach().requires_grad_(need_graph)
        for x in tensors
    )


def finished(tensors: tuple[Tensor, ...], create_graph: bool) -> tuple[Tensor, ...]:
    """The results, as constants unless they are to be differentiated further."""
    return tensors if create_graph else tuple(x.detach() for x in tensors)


def gradients(
    outputs: Sequence[Tensor | None],
    inputs: tuple[Tensor, ...],
    cotangents: Sequence[Tensor] | None = None,
    create_graph: bool = False,
    retain_graph: bool | None = None,
) -> tuple[Tensor | None, ...]:
    """The gradients of the outputs that have any, None where an input has none."""
    chosen = [
        (output, None if cotangents is None else cotangents[k])
        for k, output in enumerate(outputs)
        if output is not None and output.requires_grad
    ]
    if not chosen:
        return (None,) * len(inputs)
    roots, seeds = zip(*chosen)
    return tuple(grad(roots, inputs, seeds, retain_graph, create_graph, allow_unused=True))


def check_vector(v: tuple[Tensor, ...], like: tuple[Tensor, ...], is_tuple: bool) -> None:
    """Refuse a vector v that has not the form of what it is multiplied with."""
    if len(v) != len(like):
        if is_tuple:
            raise RuntimeError(
                f"v is a tuple of invalid length: should be {len(like)} but got {len(v)}."
            )
        raise RuntimeError("The given v should contain a single Tensor.")
    for place, (one, other) in enumerate(zip(v, like)):
        if one.shape != other.shape:
            which = f"Entry {place} in v" if is_tuple else "v"
            raise RuntimeError(
                f"{which} has invalid size: should be {other.shape} but got {one.shape}."
            )


def check_may_be_left_out(like: tuple[Tensor, ...], which: str) -> None:
    """Refuse to take 1 for a vector v that is not given, where that is no single number."""
    if len(like) != 1 or like[0].numel() != 1:
        raise RuntimeError(
            f"The vector v can only be None if the {which} a single Tensor with a single element."
        )


def single_output(found: Any, name: str, strict: bool) -> Tensor:
    """A function's output, which must be one tensor of one element."""
    is_tuple, (output, *_) = as_tuple(found, OUTPUTS, name)
    check_outputs((output,), strict)
    if is_tuple:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if output.numel() != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {name} should contain a single element"
        )
    return output


# --------------------------------------------------------------------------------- strict mode


def check_outputs(outputs: tuple[Tensor, ...], strict: bool) -> None:
    """In strict mode, refuse outputs that do not depend on the inputs."""
    for place, output in enumerate(outputs):
        if strict and not output.requires_grad:
            raise RuntimeError(
                f"Output {place} of the user-provided function does not require gradients. The "
                "outputs must be computed in a differentiable manner from the input when running "
                "in strict mode."
            )


def check_first(found: tuple[Tensor | None, ...], strict: bool, hessian: bool) -> None:
    """In strict mode, refuse first derivatives that do not depend on what they are derived by."""
    for place, gradient in enumerate(found if strict else ()):
        if gradient is None:
            _refuse(f"The output of the user-provided function is independent of input {place}.")
        if gradient.requires_grad:
            continue
        if hessian:
            raise RuntimeError(
                "While computing the hessian, found that the jacobian of the user-provided "
                f"function with respect to input {place} is independent of the input. This is not "
                "allowed in strict mode. You should ensure that your function is twice "
                "differentiable and that the jacobian depends on the inputs (this would be "
                "violated by a linear function for example)."
            )
        raise RuntimeError(
            f"The gradient with respect to input {place} is independent of the inputs of the "
            "user-provided function. This is not allowed in strict mode."
        )


def filled(
    found: tuple[Tensor | None, ...],
    like: tuple[Tensor, ...],
    strict: bool,
    create_graph: bool,
    absent: str,
    derivative: str = "jacobian",
) -> tuple[Tensor, ...]:
    """The derivatives, zeros for those there are not; refused in strict mode.

    `absent` says what it means that one is missing, with `{}` for its place.
    """
    parts = []
    for place, (part, x) in enumerate(zip(found, like)):
        if part is None:
            if strict:
                _refuse(absent.format(place))
            part = zeros_like(x)
        elif strict and create_graph and not part.requires_grad:
            refuse_constant(place, derivative)
        parts.append(part)
    return tuple(parts)


def refuse_constant(place: int, derivative: str) -> NoReturn:
    """A derivative that is to be differentiated again, and is a constant."""
    raise RuntimeError(
        f"The {derivative} of the user-provided function is independent of input {place}. This "
        "is not allowed in strict mode when create_graph=True."
    )


def _refuse(what: str) -> NoReturn:
    raise RuntimeError(f"{what} This is not allowed in strict mode.")
