"""Function: an operation whose forward and backward the user writes.

Apart from the table of ops: a user's Function is a node class of its own, `ctx` is that node,
and what its backward returns is checked here before the engine sees it.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import alias_of, wrap_array
from chainrule._core.core import Node, Tensor, raise_freed_error
from chainrule._core.modes import is_grad_enabled, switch_grad
from chainrule._core.recording import attach, parts_of, restored
from chainrule._core.writes import bump_version, rewrite

if TYPE_CHECKING:
    from collections.abc import Callable


class FunctionCtx:
    """What a Function's forward and backward share: `ctx`, which is also the node."""

    needs_input_grad: tuple[bool, ...] = ()
    materialize_grads = True
    dirty_tensors: tuple[Tensor, ...] = ()
    non_differentiable: tuple[Tensor, ...] = ()
    to_save: tuple[Tensor | None, ...] = ()
    _kept: tuple | None = ()

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep tensors for backward, where they appear as `ctx.saved_tensors`."""
        for position, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {position} is of "
                    f"type {type(tensor).__name__}; keep other values as attributes of ctx"
                )
        self.to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Keep tensors for the function's own jvp."""
        self.saved_for_forward = tensors

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Say which inputs forward wrote to; each must be returned."""
        self.dirty_tensors = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say which results have no gradient."""
        self.non_differentiable = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward is given zeros (True, as at first) or None for unused results."""
        self.materialize_grads = value

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """What was saved, each in its place in the graph; refused once it was freed."""
        if self._kept is None:
            raise_freed_error()
        return tuple(None if kept is None else kept.unpack(self) for kept in self._kept)  # type: ignore[union-attr]


class _Kept:
    """A saved tensor without its node: where it was (an input, a result) says which that is."""

    __slots__ = ("array", "edge", "number", "own", "storage", "tensor", "version")

    def __init__(self, tensor, edge, number, own):
        self.array, self.storage, self.version = parts_of(tensor)
        self.edge, self.number, self.own = edge, number, own

    def unpack(self, node):
        if self.storage.version != self.version:
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an "
                f"inplace operation: a tensor of shape {list(self.array.shape)} saved by "
                f"{node.name()} at {node.source} is at version {self.storage.version}; expected "
                f"version {self.version} instead. It was written to at {self.storage.source}."
            )
        if self.own:
            return restored(self.array, self.storage, node, self.number)
        edge = None if self.edge is None else node.next_functions[self.edge][0]
        return restored(self.array, self.storage, edge, self.number)


class BackwardNode(Node, FunctionCtx):
    """The node of a Function; each Function class gets a subclass named after it."""

    _function: type

    def _keep(self, inputs, results):
        """Save what forward asked for, as inputs, results or values of their own."""
        places = {id(tensor): k for k, tensor in enumerate(inputs)}
        outs = {id(tensor): k for k, tensor in enumerate(results)}
        kept = []
        for tensor in self.to_save:
            if tensor is None:
                kept.append(None)
            elif id(tensor) in outs:
                kept.append(_Kept(tensor, None, outs[id(tensor)], True))
            else:
                kept.append(_Kept(tensor, places.get(id(tensor)), tensor.output_nr, False))
        self._kept = tuple(kept)
        self.to_save = ()

    def _release(self):
        self._kept = None if self._kept else self._kept

    def _backward(self, cotangents):
        """Call the user's backward and check what it returns, one entry per tensor input."""
        if self.materialize_grads:
            cotangents = [
                _zeros(meta) if g is None and meta is not None else g
                for g, meta in zip(self._spread(cotangents), self._all_metas)
            ]
        else:
            cotangents = self._spread(cotangents)
        found = self._function.backward(self, *cotangents)
        return self._checked(found if isinstance(found, tuple) else (found,))

    def _spread(self, cotangents):
        """The cotangents of differentiable results, among those of all results."""
        spread = [None] * len(self._all_metas)
        for place, g in zip(self._result_places, cotangents):
            spread[place] = g
        return spread

    def _checked(self, found):
        wanted = len(self.needs_input_grad)
        extra = found[wanted:]
        if len(found) < wanted or any(part is not None for part in extra):
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients (expected "
                f"{wanted}, got {len(found)})"
            )
        return tuple(
            self._checked_one(found[place], shape, dtype, position)
            for position, (place, shape, dtype) in enumerate(self._inputs)
        )

    def _checked_one(self, gradient, shape, dtype, position):
        if gradient is None:
            return None
        if not isinstance(gradient, Tensor):
            raise RuntimeError(f"expected Variable or None (got {type(gradient).__name__})")
        if tuple(gradient.shape) != tuple(shape):
            gradient = self._reduced(gradient, shape, position)
        if gradient.dtype is not dtype:
            if gradient.dtype.is_complex and not dtype.is_complex:
                gradient = gradient.real
            gradient = gradient.to(dtype)
        return gradient

    def _reduced(self, gradient, shape, position):
        lead = gradient.ndim - len(shape)
        fits = lead >= 0 and all(
            mine in (1, theirs) for mine, theirs in zip(shape, gradient.shape[lead:])
        )
        if not fits:
            raise RuntimeError(
                f"Function {self.name()} returned an invalid gradient at index {position} - got "
                f"{list(gradient.shape)} but expected shape compatible with {list(shape)}"
            )
        return gradient.sum_to_size(shape)


def _zeros(meta):
    shape, dtype = meta
    return wrap_array(numpy.zeros(shape, dtype.numpy))


class _FunctionMeta(type):
    """Gives every Function class a node class of its own name."""

    def __init__(cls, name, bases, namespace):
        super().__init__(name, bases, namespace)
        cls._backward_cls = type(
            f"{name}Backward", (BackwardNode,), {"_function": cls, "__module__": __name__}
        )


class Function(metaclass=_FunctionMeta):
    """An operation with a forward and a backward of your own.

    Subclass it with static methods `forward(ctx, *args)` and `backward(ctx, *grads)`, or with
    `forward(*args)` and `setup_context(ctx, inputs, output)`; call it by `apply`. backward
    returns one gradient (or None) per argument of forward.

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

    @classmethod
    def apply(cls, *arguments, **keywords):
        """Run forward with grad mode off, and put its result on the tape."""
        ctx = cls._backward_cls()
        ctx.needs_input_grad = tuple(
            isinstance(value, Tensor) and value.requires_grad for value in arguments
        )
        recording = is_grad_enabled() and any(ctx.needs_input_grad)
        before = switch_grad(False)
        try:
            output = _run_forward(cls, ctx, arguments, keywords)
        finally:
            switch_grad(before)
        return _finish(ctx, arguments, output, recording)


def _run_forward(cls, ctx, arguments, keywords):
    if cls.setup_context is Function.setup_context:
        if cls.forward is Function.forward:
            return cls.forward()
        return cls.forward(ctx, *arguments, **keywords)
    output = cls.forward(*arguments, **keywords)
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
    if recording:
        _hang(ctx, arguments, inputs, outputs, results, dirty, constant)
    for tensor in ctx.dirty_tensors:
        bump_version(tensor)
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
    ctx._inputs = [
        (place, tuple(tensor.shape), tensor.dtype) for place, tensor in zip(places, inputs)
    ]
    chosen = [
        k
        for k, value in enumerate(outputs)
        if isinstance(value, Tensor)
        and id(value) not in constant
        and (value.dtype.is_floating_point or value.dtype.is_complex)
    ]
    ctx._all_metas = [(tuple(v.shape), v.dtype) if isinstance(v, Tensor) else None for v in outputs]
    ctx._result_places = chosen
    ctx._keep(inputs, [outputs[k] for k in chosen])
    fresh = tuple(alias_of(results[k]) if id(outputs[k]) in dirty else results[k] for k in chosen)
    attach(ctx, tuple(inputs), fresh)
    for k, value in zip(chosen, fresh):
        if value is not results[k]:
            rewrite(results[k], value)


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
