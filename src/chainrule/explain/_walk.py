"""The graph below a loss, and a backward through it that is watched node by node.

Apart from the engine, which is fast and keeps nothing: here nothing is freed, no hook is called and
no `.grad` is written, and whoever asks sees what arrived at each node and what it sent on.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chainrule._core.core import (
    AccumulateGrad,
    Node,
    Tensor,
    has_hooks,
    inputs_of,
    node_of,
    result_count,
)
from chainrule._core.modes import switch_grad
from chainrule._core.rules import cotangents_of
from chainrule.functions import ones_like
from chainrule.transforms.levels import Wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

# What is said of a tensor that a transform has wrapped.
TRANSFORMED = "it is inside a transform (vmap or forward mode): ask outside, or about one example"

# A place a cotangent goes to: a node, and which of its results.
Place = tuple[Node, int]


@dataclass
class Graph:
    """All nodes below a root, the latest first, with who uses their results."""

    root: Place
    nodes: list[Node] = field(default_factory=list)
    uses: dict[Node, list[tuple[Node, int]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def leaves(self) -> list[AccumulateGrad]:
        """The ends of the graph."""
        return [node for node in self.nodes if isinstance(node, AccumulateGrad)]


@dataclass(frozen=True)
class Step:
    """One node of a backward: what arrived for its results, and what it sent to its inputs."""

    node: Node
    arrived: tuple[Tensor | None, ...]
    sent: tuple[Tensor | None, ...]
    refusal: str = ""


def checked(name: str, loss: object) -> Tensor:
    """The loss, if it is a tensor; else PyTorch's error for a wrong argument."""
    if not isinstance(loss, Tensor):
        kind = type(loss).__name__
        raise TypeError(f"{name}(): argument 'loss' (position 1) must be Tensor, not {kind}")
    return loss


def unseen_in(tensor: Tensor) -> tuple[str, ...]:
    """Why a backward from a tensor cannot be shown; () where it can."""
    return () if is_plain(tensor) else (TRANSFORMED,)


def is_plain(tensor: Tensor | None) -> bool:
    """Whether a tensor has values of its own: within vmap or jvp it stands for others."""
    return tensor is None or not isinstance(tensor._array, Wrapped)


def root_of(tensor: Tensor) -> Place | None:
    """Where the backward of a tensor starts; None where it does not require grad."""
    node = node_of(tensor)
    return None if node is None else (node, tensor.output_nr if tensor.grad_fn else 0)


def graph_of(root: Place) -> Graph:
    """The nodes below a root, in the order in which a backward runs them."""
    graph = Graph(root)
    found, reached = [root[0]], {root[0]}
    for node in found:
        for k, (child, _) in enumerate(inputs_of(node)):
            if child is None:
                continue
            graph.uses[child].append((node, k))
            if child not in reached:
                reached.add(child)
                found.append(child)
    graph.nodes = _in_order(graph)
    return graph


def _in_order(graph: Graph) -> list[Node]:
    """Latest first, each after all that use it; the ends of the graph last, as in the engine."""
    waiting = {node: len(uses) for node, uses in graph.uses.items()}
    ready = [(_rank(graph, graph.root[0]), 0, graph.root[0])]
    ordered = []
    while ready:
        node = heapq.heappop(ready)[2]
        ordered.append(node)
        for child, _ in inputs_of(node):
            if child is None:
                continue
            waiting[child] -= 1
            if not waiting[child]:
                heapq.heappush(ready, (_rank(graph, child), len(ordered) + len(ready), child))
    return ordered


def _rank(graph: Graph, node: Node) -> tuple[bool, int, int]:
    """Where a node comes among those that are ready; leaves in the order of their first use."""
    if not isinstance(node, AccumulateGrad):
        return False, -_sequence(node), 0
    first, k = min(((_sequence(user), k) for user, k in graph.uses[node]), default=(0, 0))
    return True, first, k


def _sequence(node: Node) -> int:
    return Node._sequence_nr(node)


def backward(graph: Graph, seed: Tensor) -> Iterator[Step]:
    """Run the rules from the root down, as a backward would, and yield a Step a node.

    A node whose rule cannot run (its saved values are freed or overwritten) says so in its
    `refusal` and sends nothing. The leaves come last, with their totals.
    """
    totals: dict[Node, list[Tensor | None]] = {graph.root[0]: _places(graph.root[0])}
    totals[graph.root[0]][graph.root[1]] = seed
    for node in graph.nodes:
        arrived = tuple(totals.pop(node, ()))
        if any(part is not None for part in arrived):
            step = _step(node, arrived)
            _add_up(totals, step)
            yield step


def _places(node: Node) -> list[Tensor | None]:
    return [None] * max(result_count(node), 1)


def _step(node: Node, arrived: tuple[Tensor | None, ...]) -> Step:
    nothing = (None,) * len(inputs_of(node))
    if runs_a_backward(node):
        return Step(node, arrived, nothing, "it runs a backward of its own, which fills .grad")
    try:
        sent = tuple(map(_dense, cotangents_of(node, arrived) or nothing))
        return Step(
            node, arrived, *((sent,) if all(map(is_plain, sent)) else (nothing, TRANSFORMED))
        )
    except Exception as error:  # whatever a user's backward raises
        return Step(node, arrived, nothing, first_sentence(error))


def _dense(part: Tensor | None) -> Tensor | None:
    """What a sparse embedding sends, as an array: reports look at numbers."""
    return part.to_dense() if part is not None and part.is_sparse else part


def runs_a_backward(node: Node) -> bool:
    """Whether the node's rule is itself a backward (a reentrant checkpoint)."""
    function = getattr(node, "_function", None)
    return getattr(function, "__module__", "").startswith("chainrule.utils.checkpoint")


def first_sentence(error: Exception) -> str:
    """What an error says, in short."""
    text = str(error).partition("\n")[0].partition(". ")[0]
    return f"{type(error).__name__}: {text[:160]}"


def _add_up(totals: dict[Node, list[Tensor | None]], step: Step) -> None:
    for (child, number), part in zip(inputs_of(step.node), step.sent):
        if child is None or part is None:
            continue
        so_far = totals.setdefault(child, _places(child))
        before = so_far[number]
        so_far[number] = part if before is None else _sum(before, part)


def _sum(one: Tensor, other: Tensor) -> Tensor:
    before = switch_grad(False)
    try:
        return one + other
    finally:
        switch_grad(before)


def seed_of(loss: Tensor, gradient: Tensor | None) -> Tensor:
    """What a backward starts from: ones, the gradient of the sum, or what is given, if it fits."""
    if gradient is None:
        return ones_like(loss.detach())
    if not isinstance(gradient, Tensor):
        kind = type(gradient).__name__
        raise TypeError(f"gradients can be either Tensors or None, but got {kind}")
    if gradient.shape != loss.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[0] has a shape of {gradient.shape} and output[0] has "
            f"a shape of {loss.shape}."
        )
    return gradient.detach()


def hooked(graph: Graph) -> list[Node]:
    """The nodes at which a real backward would call hooks, which are not called here."""
    return [node for node in graph.nodes if has_hooks(node)]
