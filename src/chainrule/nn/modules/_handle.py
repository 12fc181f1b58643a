"""RemovableHandle: what registering a hook gives back.

Apart from modules and optimizers, because both hand it out.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import OrderedDict
    from collections.abc import Callable, Iterable


class RemovableHandle:
    """Takes its hook back: by `remove()`, or at the end of a `with` block.

    >>> import chainrule as torch
    >>> layer = torch.nn.ReLU()
    >>> handle = layer.register_forward_hook(lambda module, inputs, output: output * 10)
    >>> layer(torch.tensor([1.0]))
    tensor([10.])
    >>> handle.remove()
    >>> layer(torch.tensor([1.0]))
    tensor([1.])
    """

    next_id = 0

    def __init__(self, hooks: dict, *, extra_dict: Iterable[dict] | dict = ()) -> None:
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1
        tables = [extra_dict] if isinstance(extra_dict, dict) else extra_dict
        # Weak: a handle somebody keeps must not keep the module alive.
        self._tables = tuple(weakref.ref(table) for table in (hooks, *tables))

    def remove(self) -> None:
        """Take the hook back; a second time does nothing."""
        for reference in self._tables:
            table = reference()
            if table is not None:
                table.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def register(
    hooks: OrderedDict,
    hook: Callable,
    prepend: bool = False,
    marks: Iterable[OrderedDict] = (),
) -> RemovableHandle:
    """Put a hook into a table, last or first, and its number into tables of marks."""
    handle = RemovableHandle(hooks, extra_dict=marks)
    hooks[handle.id] = hook
    for mark in marks:
        mark[handle.id] = True
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle
