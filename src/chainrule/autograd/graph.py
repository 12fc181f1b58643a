"""torch.autograd.graph: the graph itself, its nodes and edges, and what they save.

Apart from backward, which runs through the graph and asks for none of this.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from chainrule._core.core import Node, Tensor, node_of
from chainrule._core.engine import is_running, will_run
from chainrule._core.modes import current_run
from chainrule._core.writes import bump_version
from chainrule.autograd.backward import GradientEdge
from chainrule.autograd.hooks import RemovableHandle
from chainrule.autograd.mutation import allow_mutation_on_saved_tensors
from chainrule.autograd.saved import (
    disable_saved_tensors_hooks,
    save_on_cpu,
    saved_tensors_hooks,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from typing import Literal

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "region_activation_memory_budget",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
    "set_override_stale_capture_stream",
    "set_warn_on_accumulate_grad_stream_mismatch",
]


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The place in the graph where the gradient of a tensor flows.

    It can stand for the tensor in autograd.grad and backward(inputs=...) without keeping its
    memory. Raises RuntimeError for a tensor that does not require grad.

    >>> import chainrule as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> edge = torch.autograd.graph.get_gradient_edge(x)
    >>> torch.autograd.grad(x * x, edge)
    (tensor(6.),)

    See https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.get_gradient_edge
    """
    if not tensor.requires_grad:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require "
            f"gradients: this one has shape {list(tensor.shape)}"
        )
    return GradientEdge(node_of(tensor), tensor.output_nr)


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Count a write to each tensor's memory, made by means that autograd does not see.

    What was saved before it then refuses to be used. Raises RuntimeError for what is no tensor.

    >>> import chainrule as torch
    >>> x = torch.ones(2)
    >>> torch.autograd.graph.increment_version(x)
    >>> x._version
    1

    See https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.increment_version
    """
    if not isinstance(tensor, Iterable):
        raise RuntimeError(
            f"increment_version expect a Iterable[Tensor] as input, but got {type(tensor).__name__}"
        )
    tensors = (tensor,) if isinstance(tensor, Tensor) else tuple(tensor)
    for one in tensors:
        if not isinstance(one, Tensor):
            raise RuntimeError(
                "increment_version expects each element of the iterable to be a tensor, but got "
                f"{type(one).__name__}"
            )
    for one in tensors:
        bump_version(one)


# ---------------------------------------------------------------------- hooks on several tensors


class _MultiHandle(RemovableHandle):
    """What registering one hook on several tensors returns: `remove()` takes all away."""

    def __init__(self, handles: tuple[RemovableHandle, ...]) -> None:
        self.handles = handles

    def remove(self) -> None:
        """Take the hook away from every tensor."""
        for handle in self.handles:
            handle.remove()


class _Passes:
    """What a hook keeps of each backward pass that is under way; of those that ended, nothing."""

    def __init__(self):
        self.lock = threading.Lock()
        self.entries = {}

    def entry(self, make):
        """(whether this pass is new here, what is kept of it, made by `make` if it is)."""
        run, _ = current_run()
        if run in self.entries:
            return False, self.entries[run]
        self.entries = {known: kept for known, kept in self.entries.items() if is_running(known)}
        self.entries[run] = make()
        return True, self.entries[run]


class _Gathering(_Passes):
    """The gradients of several tensors, as they come in."""

    def __init__(self, nodes, hook):
        super().__init__()
        self.nodes, self.hook = nodes, hook

    def awaited(self):
        """(how many are to come, those that came)."""
        return [sum(map(will_run, self.nodes)), [None] * len(self.nodes)]

    def take(self, place, g):
        with self.lock:
            _, entry = self.entry(self.awaited)
            entry[0] -= 1
            gradients = entry[1]
            gradients[place] = g
            if entry[0]:
                return
            entry[1] = None
        self.hook(gradients)


class _First(_Passes):
    """The first gradient of each backward pass."""

    def __init__(self, hook):
        super().__init__()
        self.hook = hook

    def take(self, g):
        with self.lock:
            new, _ = self.entry(lambda: None)
        if new:
            self.hook(g)


def register_multi_grad_hook(
    tensors: Sequence[Tensor],
    fn: Callable[[Sequence[Tensor | None]], None] | Callable[[Tensor], None],
    *,
    mode: Literal["all", "any"] = "all",
) -> RemovableHandle:
    """Call `fn` once a backward pass, when gradients of several tensors are known.

    With "all", `fn(gradients)` when those of all tensors that this pass reaches are there, None
    for the others; with "any", `fn(gradient)` at the first of them. What it returns is ignored.
    Raises ValueError for another mode.

    >>> import chainrule as torch
    >>> a, b = (torch.tensor(v, requires_grad=True) for v in (2.0, 3.0))
    >>> handle = torch.autograd.graph.register_multi_grad_hook((a, b), print)
    >>> (a * b).backward()
    [tensor(3.), tensor(2.)]

    See https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.register_multi_grad_hook
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    if mode == "any":
        first = _First(fn)
        return _MultiHandle(tuple(tensor.register_hook(first.take) for tensor in tensors))
    gathering = _Gathering([get_gradient_edge(tensor).node for tensor in tensors], fn)
    return _MultiHandle(
        tuple(
            tensor.register_hook(lambda g, place=place: gathering.take(place, g))
            for place, tensor in enumerate(tensors)
        )
    )


# ------------------------------------------------------------- settings for devices we do not have


def set_warn_on_accumulate_grad_stream_mismatch(enabled: bool) -> None:
    """Accepted: there are no streams here that could differ.

    >>> import chainrule as torch
    >>> torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch(False)

    See https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch
    """
    _check_flag(enabled)


def set_override_stale_capture_stream(enabled: bool) -> None:
    """Accepted: there are no graphs of a GPU's work that could be captured here.

    >>> import chainrule as torch
    >>> torch.autograd.graph.set_override_stale_capture_stream(True)

    See https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.set_override_stale_capture_stream
    """
    _check_flag(enabled)


def _check_flag(enabled):
    if not isinstance(enabled, bool):
        raise RuntimeError(f"enabled must be a bool, but got {type(enabled).__name__}")


def region_activation_memory_budget(budget: float) -> AbstractContextManager[None]:
    """Refused, as in PyTorch outside torch.compile: only a compiler could keep to a budget.

    Raises TypeError and ValueError for what is no number in [0, 1], else RuntimeError.
    utils.checkpoint trades memory for time here.

    >>> import chainrule as torch
    >>> torch.autograd.graph.region_activation_memory_budget(2)
    Traceback (most recent call last):
    ValueError: torch.autograd.graph.region_activation_memory_budget: must be in [0, 1], got 2

    See https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.region_activation_memory_budget
    """
    name = "torch.autograd.graph.region_activation_memory_budget"
    if not isinstance(budget, (int, float)):
        raise TypeError(f"{name}: expects a float, got {type(budget).__name__}")
    if not 0 <= budget <= 1:
        raise ValueError(f"{name}: must be in [0, 1], got {budget}")
    raise RuntimeError(
        f"{name} can only be used inside a torch.compile region; it has no effect in eager mode. "
        "utils.checkpoint.checkpoint recomputes instead of saving."
    )
