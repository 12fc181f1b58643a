"""Full backward hooks of modules: what is put around a call so that they can be run.

Apart from the call itself, because it is a small mechanism of its own: the tensors that enter a
module, and those that leave it, are sent through an identity that has a node. A hook on the
node behind the outputs learns their gradients, one on the node before the inputs learns
theirs, whatever happens in between.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule._core.modes import is_grad_enabled
from chainrule.autograd import Function

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class BackwardHookFunction(Function):
    """The identity, with a node to hang hooks on."""

    @staticmethod
    def forward(ctx: Any, *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.mark_non_differentiable(*[t for t in tensors if not t.requires_grad])
        return tensors

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, ...]:
        return gradients


class BackwardHooks:
    """The full backward hooks of one call of a module."""

    def __init__(self, module: Any) -> None:
        self.module = module
        self.hooks = list(module._backward_hooks.values())
        self.pre_hooks = list(module._backward_pre_hooks.values())
        self.inputs = 0
        self.outputs = 0
        self.input_places: list[int] | None = None  # None: no input asks for a gradient
        self.output_places: list[int] = []
        self.live_places: list[int] = []  # of outputs that have a gradient
        self.grad_outputs: tuple | None = None

    def watch_inputs(self, args: tuple) -> tuple:
        """The arguments, their tensors sent through a node that knows their gradients."""
        self.inputs = len(args)
        args, places = through_node(args, self.on_inputs)
        self.input_places = places
        return args

    def watch_outputs(self, result: object) -> object:
        """The result, its tensors sent through a node that knows their gradients."""
        if not isinstance(result, (Tensor, tuple)):
            return result
        outputs = result if isinstance(result, tuple) else (result,)
        self.outputs = len(outputs)
        # The node exists before through_node returns, but it fires in a backward only.
        outputs, places = through_node(outputs, self.on_outputs)
        self.output_places = places or []
        self.live_places = [
            place for place in self.output_places if outputs[place].grad_fn is not None
        ]
        return outputs if isinstance(result, tuple) else outputs[0]

    def on_outputs(self, _: tuple, gradients: tuple) -> tuple:
        self.grad_outputs = spread(gradients, self.live_places, self.outputs)
        for hook in self.pre_hooks:
            answer = hook(self.module, self.grad_outputs)
            if answer is not None:
                self.grad_outputs = checked(
                    answer, self.outputs, "Backward pre hook", "grad_output"
                )
        found = self.grad_outputs
        if self.input_places is None:
            self.run_without_inputs()
        return tuple(found[place] for place in self.output_places)

    def on_inputs(self, gradients: tuple, _: tuple) -> tuple | None:
        if self.grad_outputs is None:
            return None  # an input was reached by a way that does not lead through the outputs
        places = self.input_places or []
        grad_inputs = spread(gradients, places, self.inputs)
        for hook in self.hooks:
            answer = hook(self.module, grad_inputs, self.grad_outputs)
            if answer is not None:
                grad_inputs = checked(answer, self.inputs, "Backward hook", "grad_input")
        self.grad_outputs = None
        return tuple(grad_inputs[place] for place in places)

    def run_without_inputs(self) -> None:
        """Run the hooks although no input asked for a gradient: all of grad_input is None."""
        warnings.warn(
            "Full backward hook is firing when gradients are computed with respect to module "
            "outputs since no inputs require gradients. See https://docs.pytorch.org/docs/main/"
            "generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook for more "
            "details.",
            stacklevel=4,
        )
        for hook in self.hooks:
            answer = hook(self.module, (None,) * self.inputs, self.grad_outputs)
            nothing = isinstance(answer, tuple) and all(part is None for part in answer)
            if answer is not None and not nothing:
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always "
                    "return None or None for all gradients."
                )
        self.grad_outputs = None


def through_node(values: tuple, hook: Callable) -> tuple[tuple, list[int] | None]:
    """`values` with their tensors sent through one node that runs `hook`; and where they are.

    None instead of places where no tensor asks for a gradient: then nothing is changed.
    """
    places = [place for place, value in enumerate(values) if isinstance(value, Tensor)]
    if not is_grad_enabled() or not any(values[place].requires_grad for place in places):
        return values, None
    watched = BackwardHookFunction.apply(*[values[place] for place in places])
    watched = watched if isinstance(watched, tuple) else (watched,)
    node = next(tensor.grad_fn for tensor in watched if tensor.grad_fn is not None)
    node.register_hook(hook)
    changed = list(values)
    for place, tensor in zip(places, watched, strict=True):
        changed[place] = tensor
    return tuple(changed), places


def spread(gradients: tuple, places: list[int], size: int) -> tuple:
    found: list = [None] * size
    for place, gradient in zip(places, gradients, strict=True):
        found[place] = gradient
    return tuple(found)


def checked(answer: object, size: int, who: str, what: str) -> tuple:
    answer = answer if isinstance(answer, tuple) else (answer,)
    if len(answer) != size:
        raise RuntimeError(
            f"{who} returned an invalid number of {what}, got {len(answer)}, but expected {size}"
        )
    return answer
