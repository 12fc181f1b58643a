"""Checkpoints by hooks: what a region saves is left empty, and recomputed when backward asks.

Apart from the calls that make them. Forward puts a `Place` where each saved tensor would be; the
first of them that backward reads runs the region again and fills all that are still needed.

Note: who keeps what. A node of the region keeps its Places, a Place its Region, and the Region
the arguments, as a node that saved them: so they count as saved, are packed by the hooks around
(a checkpoint around this one), and refuse to be used once written to. The Region knows its Places
by weak references only. So nothing refers to what is below it, and all is freed with the graph.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule._core.modes import current_run
from chainrule.autograd import Function, enable_grad
from chainrule.autograd.saved import saved_tensors_hooks
from chainrule.functions.creation import empty
from chainrule.functions.identity import without_history
from chainrule.utils.checkpoint._states import random_numbers_from, random_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Any

    from chainrule.utils.checkpoint._log import Log


class CheckpointError(RuntimeError):
    """A region that was recomputed did not save what it had saved before."""


class _Enough(BaseException):
    """Stops a recomputation that has saved all; no program catches it by `except Exception`."""


class Place:
    """What stands for one tensor that a region did not save."""

    __slots__ = ("__weakref__", "kept", "number", "region")

    def __init__(self, region: Region, number: int) -> None:
        self.region, self.number = region, number
        self.kept: tuple[object, Tensor] | None = None  # for which backward pass, and the tensor


class _Arguments(Function):
    """Saves the tensors among the arguments of a region; its result is nothing."""

    generate_vmap_rule = True

    @staticmethod
    def forward(ctx, anchor, *args):
        ctx.set_materialize_grads(False)
        ctx.places = [k for k, value in enumerate(args) if isinstance(value, Tensor)]
        ctx.others = [None if isinstance(value, Tensor) else value for value in args]
        ctx.save_for_backward(*[args[k] for k in ctx.places])
        return anchor.detach()

    @staticmethod
    def jvp(ctx, *tangents):
        """No tangent: nothing flows through here."""


class Region:
    """One call of a checkpointed function."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        keywords: dict[str, Any],
        *,
        preserve_rng_state: bool,
        context: AbstractContextManager,
        describe: Callable[[Tensor], Any],
        early_stop: bool,
        log: Log | None,
    ) -> None:
        self.function, self.keywords = function, keywords
        self.arguments = _Arguments.apply(empty(0, requires_grad=True), *args).grad_fn
        self.random_state = random_state(preserve_rng_state)
        self.context, self.describe, self.early_stop = context, describe, early_stop
        self.log = log
        self.places: list[weakref.ref[Place]] = []
        self.described: list[Any] = []  # what each tensor looked like
        self.finished = False

    def run(self, context: AbstractContextManager, args: tuple[Any, ...]) -> Any:
        """The first computation: nothing of it is saved."""
        with saved_tensors_hooks(self.pack, unpack), context, _logged(self.log, "original"):
            result = self.function(*args, **self.keywords)
        self.finished = True
        return result

    def pack(self, tensor: Tensor) -> Place:
        place = Place(self, len(self.places))
        self.places.append(weakref.ref(place))
        self.described.append(self.describe(tensor))
        return place

    def again(self) -> list[Tensor]:
        """What the region saves when it is run again."""
        again = _Again(self)
        hooks = saved_tensors_hooks(again.pack, lambda tensor: tensor)
        with (
            contextlib.suppress(_Enough),
            enable_grad(),
            random_numbers_from(self.random_state),
            hooks,
            self.context,
            _logged(self.log, "recomputation"),
        ):
            self.function(*self._args(), **self.keywords)
        self.check(again.tensors)
        return again.tensors

    def _args(self):
        args = list(self.arguments.others)
        for place, tensor in zip(self.arguments.places, self.arguments.saved_tensors):
            args[place] = tensor
        return args

    def check(self, tensors: list[Tensor]) -> None:
        """Refuse what is not what was saved before."""
        if len(tensors) != len(self.places):
            self.refuse(
                "torch.utils.checkpoint: A different number of tensors was saved during the "
                "original forward and recomputation.\n"
                f"Number of tensors saved during forward: {len(self.places)}\n"
                f"Number of tensors saved during recomputation: {len(tensors)}."
            )
        differing = [
            f"tensor at position {number}:\nsaved metadata: {before}\nrecomputed metadata: {now}\n"
            for number, (place, before, tensor) in enumerate(
                zip(self.places, self.described, tensors)
            )
            if place() is not None and (now := self.describe(tensor)) != before
        ]
        if differing:
            self.refuse(
                "torch.utils.checkpoint: Recomputed values for the following tensors have "
                f"different metadata than during the forward pass.\n{''.join(differing)}"
            )

    def refuse(self, message: str) -> None:
        if self.log is not None:
            raise CheckpointError(f"{self.log.text()}\n\n{message}")
        raise CheckpointError(
            f"{message}\n\nThe checkpoint stands at {self.arguments.source}. Its function did not "
            "do the same twice. With debug=True, or inside set_checkpoint_debug_enabled(True), "
            "this message lists the operations of both runs."
        )


class _Again:
    """What one recomputation has saved so far."""

    def __init__(self, region):
        self.region = region
        self.tensors = []

    def pack(self, tensor):
        total = len(self.region.places)
        if len(self.tensors) >= total:
            self.region.refuse(
                "torch.utils.checkpoint: trying to save more tensors during recomputation than "
                f"during the original forward pass, which saved {total}."
            )
        # Without its history: what is kept of this run must not keep this run.
        self.tensors.append(without_history(tensor))
        # A backward inside the region itself asks for what was saved before it, and no more.
        if len(self.tensors) == total and (self.region.early_stop or not self.region.finished):
            raise _Enough
        return self.tensors[-1]


def unpack(place: Place) -> Tensor:
    """The tensor that belongs in a place; recomputes its region if this pass has not done so."""
    asking = _asking()
    kept, place.kept = place.kept, None
    if kept is not None and kept[0] == asking:
        return kept[1]
    tensors = place.region.again()
    if asking is not None:
        for reference, tensor in zip(place.region.places, tensors):
            other = reference()
            if other is not None and other is not place:
                other.kept = asking, tensor
    return tensors[place.number]


def _logged(log, title):
    return contextlib.nullcontext() if log is None else log.recording(title)


# ------------------------------------------------------- which backward passes share recomputations


class _Group(threading.local):
    current: GraphExecGroup | None = None


_group = _Group()


class GraphExecGroup:
    """A context in which several backward passes share one recomputation of each region.

    The passes must not need the same saved tensor twice. Raises RuntimeError where one is nested
    in another.

    >>> import chainrule as torch
    >>> from chainrule.utils.checkpoint import GraphExecGroup, checkpoint
    >>> x = torch.tensor(1.0, requires_grad=True)
    >>> y, z = checkpoint(lambda x: (x.exp(), x.sin()), x, use_reentrant=False)
    >>> with GraphExecGroup():
    ...     y.backward()
    ...     z.backward()
    >>> x.grad
    tensor(3.2586)
    """

    def __enter__(self) -> GraphExecGroup:
        if _group.current is not None:
            raise RuntimeError(
                f"GraphExecGroup contexts cannot be nested. Already inside group {_group.current}"
            )
        _group.current = self
        return self

    def __exit__(self, *exception: object) -> None:
        _group.current = None

    @classmethod
    def _get_current_group(cls) -> GraphExecGroup | None:
        return _group.current


def _asking() -> object:
    """For whom a recomputation is: the group or the backward pass; None outside of both."""
    run, _ = current_run()
    if run == 0:
        return None
    return _group.current if _group.current is not None else run
