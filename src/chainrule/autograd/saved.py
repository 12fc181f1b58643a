"""Hooks on what nodes save for backward: packed when it is saved, unpacked when it is read.

Apart from the hooks on gradients, which see other values at another time. The core asks one flag
of the thread; what it then puts in the place of a saved array is made and taken apart here.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from chainrule._core.core import Packed, Tensor, raise_freed_error
from chainrule._core.modes import switch_grad, switch_packing
from chainrule._core.operation import bind_late
from chainrule.functions.identity import without_history

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


class _Hooks(threading.local):
    """This thread's hooks, of which the last are used, and why there may be no more."""

    def __init__(self):
        self.active = []
        self.refusals = []


_hooks = _Hooks()


class saved_tensors_hooks:
    """Inside, `pack_hook` is given every tensor saved for backward, and `unpack_hook` its result.

    `pack_hook(tensor)` may return anything (a file name, a copy in half precision);
    `unpack_hook` makes of that a tensor of the same values when backward, or a program reading
    `grad_fn._saved_self`, needs it. Of nested pairs the innermost is used. The pack hook must not
    write to its tensor; grad mode is off while it runs. Holds for this thread only.

    >>> import chainrule as torch
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> pack = lambda t: t.item()
    >>> with torch.autograd.graph.saved_tensors_hooks(pack, torch.tensor):
    ...     y = x.exp()
    >>> y.backward()
    >>> x.grad
    tensor(7.3891)

    See https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.saved_tensors_hooks
    """

    def __init__(
        self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]
    ) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        _check_callable("_push_saved_tensors_default_hooks", self.pack_hook, self.unpack_hook)
        if _hooks.refusals:
            raise RuntimeError(_hooks.refusals[-1])
        _hooks.active.append(self)
        switch_packing(True)

    def __exit__(self, *exception: object) -> None:
        _hooks.active.pop()
        switch_packing(bool(_hooks.active))

    def _before_write(self, tensor: Tensor) -> None:
        """Called when a tensor is about to be written to; for those who share what was saved."""


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Inside, entering saved_tensors_hooks raises RuntimeError(error_message).

    Raises the same at once where such hooks are active already.

    >>> import chainrule as torch
    >>> with torch.autograd.graph.disable_saved_tensors_hooks("no hooks here"):
    ...     torch.autograd.graph.saved_tensors_hooks(str, eval).__enter__()
    Traceback (most recent call last):
    RuntimeError: no hooks here

    See https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.disable_saved_tensors_hooks
    """
    if not isinstance(error_message, str):
        raise TypeError(
            "_saved_tensors_hooks_disable(): incompatible function arguments. error_message must "
            f"be a str, but got {type(error_message).__name__}"
        )
    if _hooks.active:
        raise RuntimeError(error_message)
    _hooks.refusals.append(error_message)
    try:
        yield
    finally:
        _hooks.refusals.pop()


class save_on_cpu(saved_tensors_hooks):
    """Inside, saved tensors are copied to main memory, and copied back when backward needs them.

    All of chainrule's memory is main memory: what the copies keep is that a saved tensor may be
    written to afterwards. `pin_memory` needs a GPU, and raises RuntimeError.

    >>> import chainrule as torch
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> with torch.autograd.graph.save_on_cpu():
    ...     y = x.exp()
    >>> y.sum().backward()
    >>> x.grad
    tensor([2.7183, 7.3891])

    See https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.save_on_cpu
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        def pack(tensor):
            if pin_memory:
                raise RuntimeError(
                    "Cannot access accelerator device when none is available: pin_memory=True "
                    f"asks for memory pinned for {device_type}"
                )
            return without_history(tensor).clone()

        super().__init__(pack, lambda kept: kept)


# --------------------------------------------------------------------- what the core calls


def pack(tensor: Tensor) -> Packed:
    """What this thread's innermost hook makes of a tensor that is being saved."""
    innermost = _hooks.active[-1]
    return _packed(tensor, innermost.pack_hook, innermost.unpack_hook)


def before_write(tensor: Tensor) -> None:
    """Tell this thread's hooks that a tensor is about to be written to."""
    for hooks in _hooks.active:
        hooks._before_write(tensor)


def hooks_for_a_thread() -> Callable[[], None]:
    """What gives a new thread, once called in it, the hooks that this one has now."""
    active, refusals = list(_hooks.active), list(_hooks.refusals)

    def take() -> None:
        _hooks.active, _hooks.refusals = active, refusals
        switch_packing(bool(active))

    return take


def active_hooks() -> list[saved_tensors_hooks]:
    """This thread's hooks for what is saved, the innermost last."""
    return _hooks.active


def _check_callable(name, pack_hook, unpack_hook):
    if not callable(pack_hook) or not callable(unpack_hook):
        raise TypeError(
            f"{name}(): incompatible function arguments. Expected two callables, but got "
            f"{type(pack_hook).__name__} and {type(unpack_hook).__name__}"
        )


def _packed(tensor, pack_hook, unpack_hook) -> Packed:
    version = tensor._version
    mode = switch_grad(False)
    try:
        value = pack_hook(tensor)
    finally:
        switch_grad(mode)
    if tensor._version != version:
        raise RuntimeError(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input "
            "to pack hook cannot be modified by in-place operations as this can lead to "
            "unexpected side-effects. A clone() of the input may be written to."
        )
    return Packed(value, unpack_hook, tensor.dtype)


def unpack(packed: Packed) -> Tensor:
    """The tensor that the unpack hook makes of what the pack hook returned."""
    tensor = packed.unpack(packed.value)
    if not isinstance(tensor, Tensor):
        raise TypeError(
            "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
            f"{type(tensor).__name__}"
        )
    return tensor if tensor.dtype is packed.kind else without_history(tensor).to(packed.kind)


# --------------------------------------------------------------- a saved tensor, seen from outside


class SavedTensor:
    """What `grad_fn._raw_saved_self` is: a saved tensor that may be given hooks of its own."""

    __slots__ = ("_node", "_position")

    def __init__(self, node: Any, position: int) -> None:
        self._node, self._position = node, position

    @property
    def data(self) -> Any:
        """What the pack hook returned, the tensor itself where there is none; None once freed."""
        if self._freed:
            return None
        value = self._value
        return value.value if isinstance(value, Packed) else self._tensor(True)

    @property
    def unpack_hook(self) -> Callable[[Any], Tensor] | None:
        """The hook that makes a tensor of `data`, None where there is none."""
        value = None if self._freed else self._value
        return value.unpack if isinstance(value, Packed) else None

    def unpack(self) -> Tensor:
        """The saved tensor, in its place in the graph."""
        return self._tensor(True)

    def register_hooks(
        self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]
    ) -> None:
        """Pack what is saved, now, with `pack_hook`, to be unpacked when it is read."""
        _check_callable("register_hooks", pack_hook, unpack_hook)
        if self._freed:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor after it has been freed. Specify "
                "retain_graph=True for the backward before it."
            )
        if isinstance(self._value, Packed):
            raise RuntimeError(
                "Calling register_hooks on a saved tensor whose hooks have already been set. "
                "Hint: only one pair of hooks is allowed at a time."
            )
        self._replace(_packed(self._tensor(False), pack_hook, unpack_hook))

    @property
    def _freed(self):
        try:
            return self._value is None
        except RuntimeError:
            return True

    @property
    def _value(self):
        return self._node._saved_value(self._position)

    def _tensor(self, attach):
        return self._node._saved_tensor(self._position, attach)

    def _replace(self, packed):
        self._node._replace_saved(self._position, packed)


class SavedByFunction(SavedTensor):
    """The same for what a Function saved: an entry of `ctx._raw_saved_tensors`."""

    __slots__ = ()

    @property
    def _value(self):
        kept = self._node._made.kept
        if kept is None:
            raise_freed_error(self._node)
        one = kept[self._position]
        return one.array if one.packed is None else one.packed

    def _tensor(self, attach):
        kept = self._node._made.kept
        if kept is None:
            raise_freed_error(self._node)
        found = kept[self._position].unpack(self._node)
        return found if attach else without_history(found)

    def _replace(self, packed):
        self._node._made.kept[self._position].replace(packed)


bind_late({"pack": pack, "unpack": unpack, "before_write": before_write, "raw_saved": SavedTensor})
