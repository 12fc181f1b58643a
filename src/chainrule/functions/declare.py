"""How a public function is declared: its method, in-place and out= forms come from here.

Apart from the functions themselves, so that an op is one record in `ops` and one line or one
short function in `functions`, whatever forms PyTorch gives it.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor, bind_method
from chainrule._core.front import Front
from chainrule._core.modes import is_grad_enabled
from chainrule._core.promotion import can_cast
from chainrule._core.writes import in_place_call, overwrite, replace_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.operation import Op

PUBLIC: dict[str, Callable] = {}  # every function of the `chainrule` namespace declared here


def public(function: Callable) -> Callable:
    """Decorator: a function of the top namespace (`torch.exp`)."""
    PUBLIC[function.__name__] = function
    return function


def method(function: Callable | None = None, *, name: str | None = None) -> Callable:
    """Decorator: also (or, without @public, only) a method of Tensor; may rename it."""
    if function is None:
        return lambda function: method(function, name=name)
    bind_method(name or function.__name__, function)
    return function


def attribute(function: Callable) -> Callable:
    """Decorator: a read-only property of Tensor."""
    bind_method(function.__name__, property(function))
    return function


def deliver(result, out, name: str):  # noqa: ANN201  (what it was given)
    """What a function with out= returns: the result, or `out` with the result written into it."""
    if out is None:
        return result
    if isinstance(out, (tuple, list)):
        if len(out) != len(result):
            raise TypeError(
                f"{name}(): argument 'out' must hold {len(result)} tensors, not {len(out)}"
            )
        return type(result)(*(deliver(part, o, name) for part, o in zip(result, out)))
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type_name(out)}")
    if is_grad_enabled() and (result.requires_grad or out.requires_grad):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic "
            "differentiation, but one of the arguments requires grad."
        )
    if not can_cast(result.dtype, out.dtype):
        raise RuntimeError(
            f"result type {result.dtype.legacy} can't be cast to the desired output type "
            f"{out.dtype.legacy}"
        )
    if out.shape != result.shape:
        _resize(out, result.shape)
    return overwrite(out, result._array)


def _resize(out: Tensor, shape) -> None:
    """Give out= another shape; one that held something is probably a mistake."""
    if out._array.size:
        warnings.warn(
            "An output with one or more elements was resized since it had shape "
            f"{list(out.shape)}, which does not match the required output shape {list(shape)}. "
            "This behavior is deprecated; out.resize_(0) before the call makes it silent.",
            stacklevel=4,
        )
    replace_array(out, numpy.empty(shape, out.dtype.numpy))


def type_name(value) -> str:
    """The name of a value's type as PyTorch's messages have it: int, numpy.ndarray."""
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def pointwise(
    op: Op, summary: str, example: str = "", result: str = "", name: str | None = None,
    in_place: bool = True,
) -> Callable:  # fmt: skip
    """The public forms of an op of one tensor: function, method, and in-place where it has one."""
    name = name or op.name

    def function(input: Tensor, *, out: Tensor | None = None) -> Tensor:
        if not isinstance(input, Tensor):
            raise TypeError(
                f"{name}(): argument 'input' (position 1) must be Tensor, not {type_name(input)}"
            )
        return deliver(op(input), out, name)

    doc = _document(name, summary, "the result has the input's shape", example, result)
    function = Front(op, _named(function, name, doc))
    bind_method(name, function)
    if in_place:
        written = _named(
            lambda input: in_place_call(op, input, (), None), name + "_", _in_place_doc(name)
        )
        bind_method(written.__name__, written)
        PUBLIC[written.__name__] = written
    return public(function)


def pairwise(
    op: Op, summary: str, example: str = "", result: str = "", name: str | None = None,
    in_place: bool = True, numbers: bool = True, written: Op | None = None,
) -> Callable:  # fmt: skip
    """The public forms of an elementwise op of two operands.

    `numbers`: whether PyTorch takes a Python number for `other`. `written`: the op of the
    in-place form, where that is another one.
    """
    name = name or op.name
    kinds = (Tensor, int, float, complex, bool, numpy.generic) if numbers else Tensor

    def function(input: Tensor, other, *, out: Tensor | None = None) -> Tensor:
        for position, value in ((1, input), (2, other)):
            if not isinstance(value, kinds):
                raise TypeError(
                    f"{name}(): argument '{('input', 'other')[position - 1]}' (position "
                    f"{position}) must be Tensor, not {type_name(value)}"
                )
        if not isinstance(input, Tensor) and not isinstance(other, Tensor):
            input = wrap_array(numpy.asarray(input))
        return deliver(op(input, other), out, name)

    doc = _document(name, summary, "shapes broadcast and types promote", example, result)
    function = _named(function, name, doc)
    function = Front(op, function) if numbers else function
    bind_method(name, function)
    if in_place:
        op_in_place = written or op

        def in_place_form(input: Tensor, other) -> Tensor:
            if not numbers and not isinstance(other, Tensor):
                raise TypeError(
                    f"{name}_(): argument 'other' (position 1) must be Tensor, not "
                    f"{type_name(other)}"
                )
            return op_in_place.in_place(input, other)

        bind_method(name + "_", _named(in_place_form, name + "_", _in_place_doc(name)))
    return public(function)


def _document(name, summary, shapes, arguments, result):
    """The docstring of a generated function: what it is, an example, where to read more."""
    call = f"torch.{name}({arguments})"
    example = f"\n\n>>> import chainrule as torch\n>>> {call}\n{result}" if result else ""
    page = f"https://docs.pytorch.org/docs/2.13/generated/torch.{name}.html"
    errors = "TypeError for what is no tensor."
    return f"{summary} Elementwise: {shapes}. {errors}{example}\n\nSee {page}"


def _in_place_doc(name):
    return f"torch.{name}, written into the tensor itself, whose type the result must fit."


def _named(function, name, doc):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    function.__module__ = "chainrule"
    return function


def alias(function: Callable, *names: str) -> None:
    """Other names of a public function (torch.absolute for torch.abs), methods included."""
    for name in names:
        PUBLIC[name] = function
        for ending in ("", "_"):
            bound = Tensor.__dict__.get(function.__name__ + ending)
            if bound is not None:
                bind_method(name + ending, bound)
