"""SGD: stochastic gradient descent, plain or with momentum."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy

from chainrule._core.kernels import call_quietly
from chainrule.autograd.modes import no_grad
from chainrule.optim._groups import check_learning_rate, check_options, check_setting
from chainrule.optim._update import Update
from chainrule.optim.optimizer import Optimizer, evaluated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from chainrule._core.core import Tensor


class SGD(Optimizer):
    """Stochastic gradient descent.

    With g the gradient (plus ``weight_decay * p``) and b the buffer of momentum, which begins as
    the first g: ``b = momentum * b + (1 - dampening) * g``, then ``p -= lr * b``; with
    `nesterov`, ``p -= lr * (g + momentum * b)``.

    >>> import chainrule as torch
    >>> p = torch.ones(1, requires_grad=True)
    >>> sgd = torch.optim.SGD([p], lr=0.1)
    >>> (2 * p).sum().backward()
    >>> sgd.step()
    >>> p
    tensor([0.8000], requires_grad=True)

    See https://docs.pytorch.org/docs/2.13/generated/torch.optim.SGD.html
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_learning_rate(lr)
        check_setting("momentum value", momentum)
        check_setting("weight_decay value", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        check_options(fused=fused, foreach=foreach, differentiable=differentiable)
        defaults = {
            "lr": lr, "momentum": momentum, "dampening": dampening,
            "weight_decay": weight_decay, "nesterov": nesterov, "maximize": maximize,
            "foreach": foreach, "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("nesterov", False)
            group.setdefault("maximize", False)
            group.setdefault("foreach", None)
            group.setdefault("differentiable", False)
            group.setdefault("fused", False)

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Change the parameters by their gradients; gives back what `closure` gives."""
        loss = evaluated(closure)
        for group in self.param_groups:
            decay, momentum = float(group["weight_decay"]), group["momentum"]
            settings = group["maximize"], decay != 0, group["nesterov"]
            numbers = -float(group["lr"]), decay, momentum, 1 - group["dampening"]
            for parameter in group["params"]:
                gradient = parameter.grad
                if gradient is None:
                    continue
                if momentum == 0:
                    _plain(*settings)(parameter, gradient, (), numbers)
                else:
                    self._step_with_momentum(parameter, gradient, settings, numbers)
        return loss

    def _step_with_momentum(
        self, parameter: Tensor, gradient: Tensor, settings: tuple, numbers: tuple
    ) -> None:
        state = self.state[parameter]
        buffer = state.get("momentum_buffer")
        begins = buffer is None
        if begins:
            buffer = state["momentum_buffer"] = gradient.detach().clone()
        _with_momentum(*settings, begins)(parameter, gradient, (buffer,), numbers)  # type: ignore[arg-type]


def _effective(p, g, decay, maximize, decays):
    """The gradient to go down: negated to maximize, and with the weight decay."""
    g = -g if maximize else g
    return g + p * decay if decays else g


@cache
def _plain(maximize: bool, decays: bool, nesterov: bool) -> Update:
    """The update without momentum."""

    def formula(p, g, minus_lr, decay, momentum, new):
        return p + _effective(p, g, decay, maximize, decays) * minus_lr

    return Update(formula, 2, 4, _sparse_step(maximize, decays, nesterov, False))


@cache
def _with_momentum(maximize: bool, decays: bool, nesterov: bool, begins: bool) -> Update:
    """The update with a buffer b of momentum, which the first step sets to the gradient."""

    def formula(p, g, b, minus_lr, decay, momentum, new):
        g = _effective(p, g, decay, maximize, decays)
        b = +g if begins else b * momentum + g * new
        return p + (g + b * momentum if nesterov else b) * minus_lr, b

    return Update(formula, 3, 4, _sparse_step(maximize, decays, nesterov, begins))


def _sparse_step(maximize: bool, decays: bool, nesterov: bool, begins: bool) -> Callable:
    """The same for a sparse gradient, which touches only the rows that it has."""

    @no_grad()
    def step(p, g, states, numbers):
        minus_lr, decay, momentum, new = numbers
        g = _effective(p, g, decay, maximize, decays)
        for b in states:
            b.copy_(g if begins else b * momentum + g * new)
            g = g + b * momentum if nesterov else b
        call_quietly(numpy.add, p._array, (g * minus_lr)._array, out=p._array)

    return step
