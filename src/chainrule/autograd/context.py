"""ctx: what a Function's forward and backward share, which is also its node.

Apart from Function itself: here is what is saved, and what the user's backward returns is checked
before the engine sees it.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, cast

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Node, Packed, Tensor, raise_freed_error, source_of
from chainrule._core.modes import is_anomaly_enabled
from chainrule._core.recording import parts_of, placed_again, restored
from chainrule._core.rules import bind_functions
from chainrule.autograd.saved import SavedByFunction, SavedTensor, active_hooks, pack, unpack
from chainrule.functions.expressions import line_text
from chainrule.functions.refusals import changed_text, checksum, modified_text
from chainrule.ops.cotangents import sum_to

if TYPE_CHECKING:
    from chainrule.autograd.function import Function


class FunctionCtx:
    """What a Function's forward and backward share: `ctx`, which is also the node."""

    needs_input_grad: tuple[bool, ...] = ()
    materialize_grads = True
    dirty_tensors: tuple[Tensor, ...] = ()
    non_differentiable: tuple[Tensor, ...] = ()
    to_save: tuple[Tensor | None, ...] = ()
    saved_for_forward: tuple[Tensor | None, ...] = ()
    requires_grad = True
    # Whether results that were marked as without a gradient are given zeros too.
    _materialize_non_diff_grads = True
    _function: type[Function]
    _made: _Made

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
        """Keep tensors for the function's own jvp, where they appear as `ctx.saved_tensors`."""
        for position, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, Tensor):
                raise AssertionError(
                    "save_for_forward expects all arguments to be tensors; you should save "
                    f"non-tensors as attributes on ctx. Argument {position} is of type "
                    f"{type(tensor).__name__}"
                )
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
        if self._made.for_jvp is not None:
            return self._made.for_jvp
        kept = self._made.kept
        if kept is None:
            raise_freed_error(cast("Node", self))
        if kept is TAKEN:
            raise RuntimeError(
                "saved_tensors can only be accessed once when clear_saved_tensors_on_access=True "
                "is set on the autograd.Function. Either access saved_tensors only once, or set "
                "clear_saved_tensors_on_access=False."
            )
        saved = tuple(None if one is None else one.unpack(self) for one in kept)
        if saved and self._function.clear_saved_tensors_on_access:
            self._made.kept = TAKEN
        return saved

    @property
    def saved_variables(self) -> tuple[Tensor | None, ...]:
        """The former name of saved_tensors."""
        warnings.warn(
            "'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2
        )
        return self.saved_tensors

    @property
    def _forward_cls(self) -> type[Function]:
        return self._function

    def maybe_clear_saved_tensors(self) -> None:
        """Let go of what was saved, before the backward is over."""
        release(self)

    def mark_shared_storage(self, *pairs: tuple[Tensor, Tensor]) -> None:
        """Nothing: which tensors share memory is known."""
        warnings.warn(
            "`mark_shared_storage` is deprecated. Tensors with shared storages are automatically "
            "tracked. Note that calls to `set_()` are not tracked",
            FutureWarning,
            stacklevel=2,
        )

    @property
    def _raw_saved_tensors(self) -> tuple[SavedTensor | None, ...]:
        kept = self._made.kept
        if kept is None:
            raise_freed_error(cast("Node", self))
        return tuple(
            None if one is None else SavedByFunction(self, place) for place, one in enumerate(kept)
        )


# In place of what was saved, where a Function takes it once only.
TAKEN: tuple = (None,)


class _Kept:
    """A saved tensor without its node: where it was (an input, a result) says which that is."""

    __slots__ = ("array", "checksum", "edge", "number", "own", "packed", "storage", "version")

    def __init__(self, tensor, edge, number, own):
        self.array, self.storage, self.version = parts_of(tensor)
        self.packed: Packed | None = None  # what stands for the array, if a hook packed it
        self.edge, self.number, self.own = edge, number, own
        self.checksum = checksum(self.array) if is_anomaly_enabled() else None

    def unpack(self, node):
        origin, number = self._origin(node)
        if self.packed is not None:
            return placed_again(unpack(self.packed), origin, number)
        if self.storage.version != self.version:
            raise RuntimeError(
                modified_text(self.array, self.storage, self.version)
                + f"\n  saved by {type(node).__name__}: {self._what()}, "
                f"at {line_text(source_of(node))}"
                f"\n  overwritten at {line_text(self.storage.source)}"
                "\n  Hint: a clone() of it, taken before the write, keeps the value."
            )
        if self.checksum is not None and checksum(self.array) != self.checksum:
            raise RuntimeError(
                changed_text(self.array) + f"\n  saved by {type(node).__name__}: {self._what()}, "
                f"at {line_text(source_of(node))}"
            )
        return restored(self.array, self.storage, origin, number)

    def replace(self, packed):
        self.packed, self.array, self.storage = packed, None, None

    def _origin(self, node):
        if self.own:
            return node, self.number
        return None if self.edge is None else node.next_functions[self.edge][0], self.number

    def _what(self):
        if self.own:
            return f"its result {self.number}"
        return "a tensor of its forward" if self.edge is None else f"its operand {self.edge}"


class _Made:
    """What the machinery keeps of one application, out of the way of what users put on ctx."""

    __slots__ = ("for_jvp", "inputs", "kept", "metas", "places")

    def __init__(self):
        self.for_jvp = None  # while jvp runs, what save_for_forward was given
        self.kept = ()  # what save_for_backward was given; None once freed
        self.inputs = []  # per tensor input: its place among the arguments, shape and dtype
        self.metas = []  # per result: shape and dtype, None for what is no tensor
        self.places = []  # the places of the differentiable results among all


def _users_own(name):
    """An attribute of nodes that a program may use for itself, as it may any other name."""
    nodes = getattr(Node, name)

    def read(self):
        return self.__dict__[name] if name in self.__dict__ else nodes.__get__(self)

    def write(self, value):
        self.__dict__[name] = value

    return property(read, write)


class BackwardCFunction(Node, FunctionCtx):
    """The node of a Function; each Function class gets a subclass named after it."""

    op, source, parameters = _users_own("op"), _users_own("source"), _users_own("parameters")

    def __init__(self):
        self._made = _Made()


def keep(node, inputs, results) -> None:
    """Save what forward asked for, as inputs, results or values of their own."""
    places = {id(tensor): k for k, tensor in enumerate(inputs)}
    outs = {id(tensor): k for k, tensor in enumerate(results)}
    kept: list[_Kept | None] = []
    for tensor in node.to_save:
        if tensor is None:
            kept.append(None)
        elif id(tensor) in outs:
            kept.append(_Kept(tensor, None, outs[id(tensor)], True))
        else:
            kept.append(_Kept(tensor, places.get(id(tensor)), tensor.output_nr, False))
    node._made.kept = tuple(kept)


def pack_kept(node, results) -> None:
    """Let this thread's hooks, if any, pack what was saved; the results have their node by now."""
    if active_hooks():
        for one, tensor in zip(node._made.kept, node.to_save):
            if one is not None:
                one.replace(pack(results[one.number] if one.own else tensor))
    node.to_save = ()


def release(node) -> None:
    """Let go of what was saved, if anything was."""
    if node._made.kept and node._made.kept is not TAKEN:
        node._made.kept = None


def run(node, cotangents) -> tuple:
    """Call the user's backward and check what it returns, one entry per tensor input."""
    made = node._made
    given = [None] * len(made.metas)
    for place, g in zip(made.places, cotangents):
        given[place] = g
    if node.materialize_grads:
        given = [
            _zeros(meta) if g is None and _is_materialized(node, place, meta) else g
            for place, (g, meta) in enumerate(zip(given, made.metas))
        ]
    function = node._function
    found = (
        function._rule(node, given) if function.boxed_grads_call else (function._rule(node, *given))
    )
    return _checked(node, found if isinstance(found, tuple) else (found,))


def _is_materialized(node, place, meta):
    return meta is not None and (node._materialize_non_diff_grads or place in node._made.places)


def _checked(node, found):
    wanted = len(node.needs_input_grad)
    if len(found) < wanted or any(part is not None for part in found[wanted:]):
        raise RuntimeError(
            f"function {Node.name(node)} returned an incorrect number of gradients (expected "
            f"{wanted}, got {len(found)})"
        )
    return tuple(
        _checked_one(node, found[place], shape, dtype, position)
        for position, (place, shape, dtype) in enumerate(node._made.inputs)
    )


def _checked_one(node, gradient, shape, dtype, position):
    if gradient is None:
        return None
    if not isinstance(gradient, Tensor):
        raise RuntimeError(f"expected Variable or None (got {type(gradient).__name__})")
    if tuple(gradient.shape) == shape and gradient.dtype is dtype:
        return gradient
    lead = gradient.ndim - len(shape)
    if lead < 0 or any(m not in (1, g) for m, g in zip(shape, gradient.shape[lead:])):
        raise RuntimeError(
            f"Function {Node.name(node)} returned an invalid gradient at index {position} - got "
            f"{list(gradient.shape)} but expected shape compatible with {list(shape)}"
        )
    return sum_to(gradient, shape, dtype)


def _zeros(meta):
    shape, dtype = meta
    return wrap_array(numpy.zeros(shape, dtype.numpy))


bind_functions(run, release)
