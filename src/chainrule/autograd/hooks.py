"""Hooks on tensors and nodes, and retain_grad: registering them, and running them.

Apart from the engine, which only asks whether there are any. Order, as in PyTorch: hooks of a
result, then retain_grad, then the node's prehooks, its rule, its posthooks; a leaf's hooks see
its total, and its post-accumulate hooks run when .grad holds it.
"""

from __future__ import annotations

import weakref
from _thread import RLock
from collections import OrderedDict

from chainrule._core.core import Node, Tensor
from chainrule._core.core import bind_node_method as node_method
from chainrule.functions.declare import attribute, method
from chainrule.functions.expressions import origin_text
from chainrule.functions.identity import refuse_in_transform
from chainrule.functions.refusals import cut_text

# Two threads may register hooks on one tensor at the same time: both stay.
_registering = RLock()


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook away again.

    Also a context manager that removes the hook at its end.
    """

    next_id = 0

    def __init__(self, hooks_dict, *, extra_dict=None):
        self.hooks_dict_ref = weakref.ref(hooks_dict)
        with _registering:
            self.id = RemovableHandle.next_id
            RemovableHandle.next_id += 1
        self.extra_dict = extra_dict

    def remove(self) -> None:
        """Take the hook away; a second time does nothing."""
        hooks = self.hooks_dict_ref()
        if hooks is not None:
            hooks.pop(self.id, None)
        if self.extra_dict is not None:
            self.extra_dict.pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.remove()


def _add(hooks: OrderedDict, hook) -> RemovableHandle:
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle


def _dict(owner, name) -> OrderedDict:
    with _registering:
        found = getattr(owner, name)
        if found is None:
            found = OrderedDict()
            setattr(owner, name, found)
        return found


# ------------------------------------------------------------------------------- registering


@method
def register_hook(self, hook) -> RemovableHandle:
    """Call `hook(grad)` when a gradient of this tensor is computed; what it returns replaces it.

    Raises RuntimeError for a tensor that does not require grad.

    >>> import chainrule as torch
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> handle = x.register_hook(lambda g: g * 10)
    >>> (x * 3).backward()
    >>> x.grad
    tensor(30.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.register_hook.html
    """
    if not self.requires_grad:
        raise RuntimeError(
            "cannot register a hook on a tensor that doesn't require gradient: this one has shape "
            f"{list(self.shape)}{cut_text(self)}"
        )
    if self.is_leaf:
        return _add(_dict(self._extra, "hooks"), hook)
    by_result = _dict(self.grad_fn._extra, "tensor_hooks")
    return _add(by_result.setdefault(self.output_nr, OrderedDict()), hook)


@method
def register_post_accumulate_grad_hook(self, hook) -> RemovableHandle:
    """Call `hook(tensor)` each time a gradient was added to this leaf's .grad.

    Raises RuntimeError for tensors that do not require grad or are not leaves.

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.register_post_accumulate_grad_hook.html
    """
    if not self.requires_grad:
        raise RuntimeError(
            "cannot register a hook on a tensor that doesn't require gradient: this one has shape "
            f"{list(self.shape)}{cut_text(self)}"
        )
    if not self.is_leaf:
        raise RuntimeError(
            "post accumulate grad hooks cannot be registered on non-leaf tensors: this one is "
            + origin_text(self)
        )
    return _add(_dict(self._extra, "post_accumulate"), hook)


@method
def retain_grad(self) -> None:
    """Let a tensor that is no leaf have its .grad filled too.

    Raises RuntimeError for a tensor that does not require grad.

    >>> import chainrule as torch
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> y = x * x
    >>> y.retain_grad()
    >>> (y * 5).backward()
    >>> y.grad
    tensor(5.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.retain_grad.html
    """
    refuse_in_transform("retain_grad")
    if not self.requires_grad:
        raise RuntimeError(
            "can't retain_grad on Tensor that has requires_grad=False: this one has shape "
            f"{list(self.shape)}{cut_text(self)}"
        )
    if self.is_leaf:
        return
    self._extra.retains_grad = True
    _dict(self.grad_fn._extra, "retained")[self.output_nr] = weakref.ref(self)


@attribute
def retains_grad(self) -> bool:
    """Whether this tensor is no leaf and has its .grad filled all the same."""
    return self._extra_or_none is not None and self._extra.retains_grad


def _register_posthook(self, fn):
    """Call `fn(grad_inputs, grad_outputs)` after this node ran; it may replace the former."""
    return _add(_dict(self._extra, "hooks"), fn)


def _register_prehook(self, fn):
    """Call `fn(grad_outputs)` before this node runs; what it returns replaces them."""
    return _add(_dict(self._extra, "prehooks"), fn)


node_method("register_hook", _register_posthook)
node_method("register_prehook", _register_prehook)


# ----------------------------------------------------------------------------------- running


def run_tensor_hooks(by_result, g) -> object:
    """Run the hooks of a node's results; g is a cotangent, or a list of them."""
    if not isinstance(g, list):
        hooks = by_result.get(0)
        return _run(hooks, g) if hooks else g
    return [_run(by_result[k], part) if k in by_result else part for k, part in enumerate(g)]


def _run(hooks, g):
    for hook in list(hooks.values()):
        replaced = hook(g)
        if replaced is not None:
            g = _checked(hook, g, replaced)
    return g


def _name(hook):
    return getattr(hook, "__name__", type(hook).__name__)


def _checked(hook, before, after):
    name = _name(hook)
    if not isinstance(after, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(after).__name__}'")
    if before is not None and after.shape != before.shape:
        raise RuntimeError(
            f"hook '{name}' has changed the size of value: from {list(before.shape)} to "
            f"{list(after.shape)}"
        )
    if before is not None and after.dtype is not before.dtype:
        raise RuntimeError(
            f"hook '{name}' has changed the type of value: was {before.dtype}, got {after.dtype}"
        )
    return after


def retain(retained, g) -> None:
    """Fill .grad of the tensors that asked to retain it."""
    for number, reference in retained.items():
        tensor = reference()
        part = g[number] if isinstance(g, list) else g
        if tensor is not None and part is not None:
            _fill(tensor, part)


def _fill(tensor, g):
    if tensor._grad is None:
        tensor._grad = g if g.requires_grad else g.detach().clone()
    else:  # a new tensor: the user may hold the old one
        tensor._grad = tensor._grad + g


def run_prehooks(node: Node, g) -> object:
    """Run a node's prehooks on the cotangents of its results."""
    parts = tuple(g) if isinstance(g, list) else (g,)
    for hook in list(node._extra.prehooks.values()):
        parts = _all_checked(hook, parts, hook(parts))
    return list(parts) if isinstance(g, list) else parts[0]


def run_posthooks(node: Node, cotangents, g) -> object:
    """Run a node's posthooks on the cotangents it computed."""
    given = tuple(g) if isinstance(g, list) else (g,)
    found = tuple(cotangents)
    for hook in list(node._extra.hooks.values()):
        found = _all_checked(hook, found, hook(found, given))
    return found


def _all_checked(hook, before, after):
    """What a node's hook returned in the place of a tuple: another of that length, or None."""
    if after is None:
        return before
    if not isinstance(after, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(after).__name__}'")
    if len(after) != len(before):
        raise RuntimeError(
            f"hook '{_name(hook)}' has returned an incorrect number of values (got {len(after)}, "
            f"but expected {len(before)})"
        )
    return tuple(
        new if new is None or new is old else _checked(hook, old, new)
        for old, new in zip(before, after)
    )
