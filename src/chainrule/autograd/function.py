"""Function: an operation whose forward and backward the user writes.

Apart from the table of ops: a user's Function is a node class of its own (see context).
"""

from __future__ import annotations

import functools
import warnings
from typing import TYPE_CHECKING

from chainrule._core.apply import alias_of, any_transformed
from chainrule._core.core import Tensor
from chainrule._core.cuts import mark, set_marks
from chainrule._core.modes import is_grad_enabled, switch_grad
from chainrule._core.recording import attach
from chainrule._core.writes import bump_version, rewrite
from chainrule.autograd.context import BackwardCFunction, FunctionCtx, keep, pack_kept

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "FunctionCtx", "BackwardCFunction", "FunctionMeta", "Function", "once_differentiable",
    "InplaceFunction", "NestedIOFunction",
]  # fmt: skip


class FunctionMeta(type):
    """Gives every Function class a node class of its own name."""

    def __init__(cls, name, bases, namespace):
        super().__init__(name, bases, namespace)
        cls._backward_cls = type(
            f"{name}Backward", (BackwardCFunction,), {"_function": cls, "__module__": __name__}
        )

    @property
    def _rule(cls):
        """What the class has for a backward, under either name."""
        if cls.vjp is Function.vjp:
            return cls.backward
        if cls.backward is not Function.backward:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You "
                "should only implement one of them."
            )
        return cls.vjp


class Function(FunctionCtx, metaclass=FunctionMeta):
    """An operation with a forward and a backward of your own.

    Subclass it with static methods `forward(ctx, *args)` and `backward(ctx, *grads)`, or with
    `forward(*args)` and `setup_context(ctx, inputs, output)`; call it by `apply`. backward
    (vjp is another name for it) returns one gradient (or None) per argument of forward. With
    `clear_saved_tensors_on_access`, what was saved is let go of once backward has asked for it;
    with `boxed_grads_call`, backward is given its gradients in one list, which it may empty.

    >>> import chainrule as torch
    >>> class Square(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return 2 * x * g
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> Square.apply(x).backward()
    >>> x.grad
    tensor(6.)

    See https://docs.pytorch.org/docs/2.13/autograd.html#function
    """

    generate_vmap_rule = False
    clear_saved_tensors_on_access = False
    boxed_grads_call = False

    def __init__(self, *arguments, **keywords):
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all "
            "static, so you should invoke them on the class itself, by apply().",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *arguments, **keywords):
        """Refused: Functions are not made, but applied."""
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Call the "
            f"class instead: {type(self).__name__}.apply(...)"
        )

    @staticmethod
    def forward(*arguments, **keywords):
        """The operation itself; written by the subclass."""
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep what backward needs; for a forward that is not given ctx."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx, *cotangents):
        """The cotangents of the inputs from those of the results; written by the subclass."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom "
            "autograd.Function to use it with backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx, *tangents):
        """The tangents of the results from those of the inputs; written by the subclass."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with "
            "forward mode AD."
        )

    @staticmethod
    def vmap(info, in_dims, *arguments):
        """The results for a batch, and which dimension counts its members; by the subclass."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap static method "
            "or set generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *arguments, **keywords):
        """Run forward with grad mode off, and put its result on the tape."""
        arguments = _by_position(cls, arguments, keywords)
        ctx = cls._backward_cls()
        ctx.needs_input_grad = tuple(
            isinstance(value, Tensor) and value.requires_grad for value in arguments
        )
        recording = is_grad_enabled() and any(ctx.needs_input_grad)
        before = switch_grad(False)
        try:
            if any_transformed(arguments):
                from chainrule.autograd.transformed import run_forward

                output = run_forward(cls, ctx, arguments, _run_forward)
            else:
                output = _run_forward(cls, ctx, arguments)
        finally:
            switch_grad(before)
        return _finish(ctx, arguments, output, recording)


def _by_position(cls, arguments, keywords):
    """The arguments with those passed by name in their places, so that they are tracked too.

    As in PyTorch: a forward that is not given ctx has its defaults filled in, and setup_context
    sees them; of the other kind, none may be left out before one that is passed by name.
    """
    separate = cls.setup_context is not Function.setup_context
    if not keywords and not separate:
        return arguments
    code = getattr(cls.forward, "__code__", None)
    names = () if code is None else code.co_varnames[not separate : code.co_argcount]
    _check_names(names, len(arguments), keywords)
    names = names[len(arguments) :]
    given, left = list(arguments), dict(keywords)
    if separate:
        defaults = cls.forward.__defaults__ or ()
        left = {**dict(zip(names[::-1], defaults[::-1])), **left}
    for name in names:
        if not left:
            break
        if name not in left:
            raise TypeError(
                f"forward() missing required argument: '{name}' (position {len(given)})"
            )
        given.append(left.pop(name))
    return tuple(given)


def _check_names(names, filled, keywords):
    for name in keywords:
        if name not in names:
            raise TypeError(f"forward() got an unexpected keyword argument '{name}'")
        if name in names[:filled]:
            raise TypeError(f"forward() got multiple values for argument '{name}'")


def _run_forward(cls, ctx, arguments):
    if cls.setup_context is Function.setup_context:
        if cls.forward is Function.forward:
            return cls.forward()
        return cls.forward(ctx, *arguments)
    output = cls.forward(*arguments)
    cls.setup_context(ctx, arguments, output)
    return output


def _finish(ctx, arguments, output, recording):
    """Put what forward returned on the tape, in the form in which it returned it."""
    single = not isinstance(output, tuple)
    outputs = (output,) if single else output
    inputs = [value for value in arguments if isinstance(value, Tensor)]
    _check_dirty(ctx, outputs)
    mine = {id(tensor) for tensor in inputs}
    dirty = {id(tensor) for tensor in ctx.dirty_tensors}
    constant = {id(tensor) for tensor in ctx.non_differentiable}
    results = tuple(_result(value, mine, dirty, constant, recording) for value in outputs)
    for tensor in ctx.dirty_tensors:
        bump_version(tensor)
    if recording:
        _hang(ctx, arguments, inputs, outputs, results, dirty, constant)
    ctx.dirty_tensors = ctx.non_differentiable = ()
    return results[0] if single else results


def _check_dirty(ctx, outputs):
    returned = {id(value) for value in outputs}
    for tensor in ctx.dirty_tensors:
        if id(tensor) not in returned:
            raise RuntimeError(
                "Some elements marked as dirty during the forward method were not returned as "
                "output. The inputs that are modified inplace must all be outputs of the Function."
            )
        if tensor.requires_grad and tensor.is_leaf and is_grad_enabled():
            raise RuntimeError(
                "a leaf Variable that requires grad has been used in an in-place operation."
            )


def _result(value, mine, dirty, constant, recording):
    """A tensor of its own for each result: an input returned as it is becomes a view."""
    if not isinstance(value, Tensor) or not recording:
        return value
    if id(value) in dirty:
        return value
    if id(value) in mine:
        return alias_of(value).detach() if id(value) in constant else alias_of(value)
    return value.detach() if value.requires_grad else value


def _hang(ctx, arguments, inputs, outputs, results, dirty, constant):
    places = [k for k, value in enumerate(arguments) if isinstance(value, Tensor)]
    ctx._made.inputs = [
        (place, tuple(tensor.shape), tensor.dtype) for place, tensor in zip(places, inputs)
    ]
    chosen = [
        k
        for k, value in enumerate(outputs)
        if isinstance(value, Tensor)
        and id(value) not in constant
        and (value.dtype.is_floating_point or value.dtype.is_complex)
    ]
    ctx._made.metas = [
        (tuple(v.shape), v.dtype) if isinstance(v, Tensor) else None for v in outputs
    ]
    ctx._made.places = chosen
    keep(ctx, inputs, [outputs[k] for k in chosen])
    fresh = tuple(alias_of(results[k]) if id(outputs[k]) in dirty else results[k] for k in chosen)
    attach(ctx, tuple(inputs), fresh)
    for k in set(range(len(outputs))) - set(chosen):
        _mark_constant(results[k], inputs)
    pack_kept(ctx, fresh)
    for k, value in zip(chosen, fresh):
        if value is not results[k]:
            rewrite(results[k], value)


def _mark_constant(result, inputs) -> None:
    """Note what cut off a result without a derivative: not that forward records nothing."""
    if isinstance(result, Tensor):
        set_marks(result, ())
        for tensor in inputs:
            mark(result, tensor, "non_differentiable")


class InplaceFunction(Function):
    """A Function that notes whether it is to work in place; from PyTorch's first years."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


class NestedIOFunction(Function):
    """A Function; what it did with nested arguments in PyTorch's first years, no version does."""

    def forward_extended(self, *input: object) -> None:
        """Not called by anything."""
        raise NotImplementedError

    def backward_extended(self, *grad_output: object) -> None:
        """Not called by anything."""
        raise NotImplementedError


def once_differentiable(backward: Callable) -> Callable:
    """Decorator of a backward that cannot itself be differentiated: trying to raises.

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.function.once_differentiable.html
    """

    @functools.wraps(backward)
    def once(ctx, *cotangents):
        before = switch_grad(False)
        try:
            found = backward(ctx, *cotangents)
        finally:
            switch_grad(before)
        wants = [g for g in cotangents if isinstance(g, Tensor) and g.requires_grad]
        if not before or not wants:
            return found
        found = found if isinstance(found, tuple) else (found,)
        return tuple(_Refuse.apply(g, *wants) if isinstance(g, Tensor) else g for g in found)

    return once


class _Refuse(Function):
    """A copy of a gradient that may be used, but not differentiated again."""

    @staticmethod
    def forward(ctx, gradient, *causes):
        return gradient.clone()

    @staticmethod
    def backward(ctx, *cotangents):
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable"
        )
