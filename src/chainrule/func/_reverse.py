"""One use of reverse mode: inputs of its own, and what may be seen of it outside.

Apart from grad and vjp, which both stand on it. Reverse mode is the tape, so a level of it is no
more than this: inside, gradients are recorded with respect to inputs that are nobody else's;
outside, a result requires grad exactly if it depends on something that was there before.

Note: what is outside. An input that requires grad becomes a view of it, recorded: what is computed
from it depends on the outside. Any other, and any in inference mode, becomes a leaf of the level's
own, which stops requiring grad when the level is left. So a graph leads outside if
it has a leaf that requires grad still.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule._core.apply import wrap_array
from chainrule._core.core import AccumulateGrad, Node, Tensor, blank, node_of
from chainrule._core.modes import (
    enter_transform,
    is_grad_enabled,
    leave_transform,
    switch_grad,
    switch_inference,
)
from chainrule._core.writes import share
from chainrule.autograd.backward import GradientEdge, grad
from chainrule.functions.identity import set_requires_grad
from chainrule.transforms.filling import zeros_like

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class ReverseLevel:
    """While it is entered, what is computed from its inputs is recorded."""

    def __init__(self) -> None:
        self._leaves: list[Tensor] = []
        self.places: list[Any] = []  # of the inputs in the graph

    def __enter__(self) -> ReverseLevel:
        self._before = switch_grad(True), switch_inference(False)
        enter_transform()
        return self

    def __exit__(self, *exception: object) -> None:
        leave_transform()
        grad_mode, inference = self._before
        switch_inference(inference)
        switch_grad(grad_mode)
        for leaf in self._leaves:
            leaf._set_needs_grad(False)

    def input(self, x: object) -> Tensor:
        """A tensor as an input of this level: the same values, in the same memory."""
        if not isinstance(x, Tensor):
            raise ValueError(f"Thing passed to transform API must be Tensor, got {type(x)}")
        _, inference = self._before
        own = self._recorded(x) if x.requires_grad and not inference else self._leaf(x)
        self.places.append(GradientEdge(node_of(own), own.output_nr))
        return own

    def _recorded(self, x: Tensor) -> Tensor:
        # One of several views, which no write in place may reach x through: as for a leaf.
        return x.unsqueeze(0).unbind(0)[0]

    def _leaf(self, x: Tensor) -> Tensor:
        # What was made for inference may not be saved for a backward: its values may.
        leaf = wrap_array(x._array) if x.is_inference() else constant(x)
        set_requires_grad(leaf, True)
        self._leaves.append(leaf)
        return leaf

    def pulled_back(
        self,
        outputs: Sequence[Tensor],
        cotangents: Sequence[Any] | None,
        primals: Sequence[Tensor],
        retain_graph: bool,
        create_graph: bool,
    ) -> list[Tensor]:
        """The gradients of this level's inputs, zeros for those that no output depends on."""
        chosen = [k for k, output in enumerate(outputs) if output.requires_grad]
        found: Iterable[Tensor | None] = [None] * len(primals)
        if chosen and primals:
            found = grad(
                [outputs[k] for k in chosen],
                self.places,
                None if cotangents is None else [cotangents[k] for k in chosen],
                retain_graph,
                create_graph,
                allow_unused=True,
            )
        return [
            wrap_array(zeros_like(primal._array)) if gradient is None else gradient
            for gradient, primal in zip(found, primals)
        ]


def constant(x: Tensor) -> Tensor:
    """The same values in the same memory, off the tape; unlike detach, it keeps tangents."""
    return share(blank(Tensor), x)


def with_node(x: Tensor) -> Tensor:
    """A tensor that has a node, if it requires grad: an alias of a leaf."""
    return x.view_as(x) if x.requires_grad and x.is_leaf else x


class Outside:
    """Which tensors depend on what was there before a level that has been left."""

    def __init__(self) -> None:
        self._recording = is_grad_enabled()
        self._inside: set[Node] = set()  # nodes from which no way leads outside

    def reached_from(self, x: Tensor) -> bool:
        """Whether what computed x leads outside."""
        node = node_of(x) if self._recording else None
        return node is not None and node not in self._inside and self._leads_outside(node)

    def seen(self, x: Tensor) -> Tensor:
        """x as it may be seen outside: it requires grad only if it depends on what is there."""
        return constant(x) if x.requires_grad and not self.reached_from(x) else x

    def _leads_outside(self, start: Node) -> bool:
        seen, waiting = {start}, [start]
        while waiting:
            node = waiting.pop()
            if isinstance(node, AccumulateGrad):
                if node.variable.requires_grad:
                    return True
                continue
            for child, _ in node.next_functions:
                if child is not None and child not in seen and child not in self._inside:
                    seen.add(child)
                    waiting.append(child)
        self._inside |= seen
        return False
