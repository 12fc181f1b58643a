"""allow_mutation_on_saved_tensors: what was saved is copied when somebody writes to it.

Apart from the hooks on saved tensors, on which it is built, because it also sees the writes.
"""

from __future__ import annotations

import contextlib
import weakref
from typing import TYPE_CHECKING

from chainrule._core.apply import wrap_array
from chainrule._core.recording import parts_of
from chainrule.autograd.saved import active_hooks, saved_tensors_hooks

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Entry:
    """A saved array: shared with its tensor until that is written to, then a copy."""

    __slots__ = ("__weakref__", "array", "storage", "version")

    def __init__(self, tensor):
        self.array, self.storage, self.version = parts_of(tensor)

    def copy(self):
        self.array, self.storage = self.array.copy(), None

    def read(self):
        if self.storage is not None and self.storage.version != self.version:
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an "
                f"inplace operation: a tensor of shape {list(self.array.shape)} was written to "
                f"at {self.storage.source} in a way that allow_mutation_on_saved_tensors does "
                "not see."
            )
        return wrap_array(self.array)


class _Watch(saved_tensors_hooks):
    """What one `allow_mutation_on_saved_tensors` knows of what was saved inside it."""

    def __init__(self):
        super().__init__(self._pack, self._unpack)
        self.left = False
        self.saved = {}  # id of a storage -> what was saved of it and is still needed

    def _pack(self, tensor):
        entry = _Entry(tensor)
        self.saved.setdefault(id(entry.storage), weakref.WeakSet()).add(entry)
        return entry

    def _unpack(self, entry):
        if self.left:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context in "
                "which the graph was originally recorded."
            )
        return entry.read()

    def _before_write(self, tensor):
        """Copy what was saved of this memory."""
        _, storage, _ = parts_of(tensor)
        for entry in self.saved.pop(id(storage), ()):
            if entry.storage is storage:
                entry.copy()

    def clear(self) -> None:
        """Forget what was saved: a write to it is then refused by backward."""
        self.saved.clear()


@contextlib.contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_Watch]:
    """Inside, tensors that were saved for backward may be written to in place.

    What was saved is copied at the first write to it, so it costs memory only then; a write
    through NumPy is not seen. Backward must run inside too, else AssertionError. Contexts cannot
    be nested (RuntimeError). Holds for this thread only.

    >>> import chainrule as torch
    >>> with torch.autograd.graph.allow_mutation_on_saved_tensors():
    ...     x = torch.ones(2, requires_grad=True)
    ...     y = x.clone()
    ...     loss = (y**2).sum()
    ...     y.sin_()
    ...     loss.backward()
    tensor([0.8415, 0.8415], grad_fn=<SinBackward0>)
    >>> x.grad
    tensor([2., 2.])

    See https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.allow_mutation_on_saved_tensors
    """
    if any(isinstance(hooks, _Watch) for hooks in active_hooks()):
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    watch = _Watch()
    try:
        with watch:
            yield watch
    finally:
        watch.left = True
        watch.clear()
