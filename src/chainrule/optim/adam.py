"""Adam and AdamW: steps scaled by running means of the gradient and of its square."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule.ops.arithmetic import maximum, sqrt
from chainrule.optim._groups import check_learning_rate, check_options, check_setting
from chainrule.optim._update import Update
from chainrule.optim.optimizer import Optimizer, evaluated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, NoReturn


class Adam(Optimizer):
    """Adam, of Kingma and Ba.

    With g the gradient, m and v the running means of g and g^2, and t the number of the step:
    ``p -= lr * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)``. `weight_decay` adds
    ``weight_decay * p`` to g. `amsgrad` divides by the largest v so far.

    >>> import chainrule as torch
    >>> p = torch.ones(1, requires_grad=True)
    >>> adam = torch.optim.Adam([p], lr=0.1)
    >>> (2 * p).sum().backward()
    >>> adam.step()
    >>> p
    tensor([0.9000], requires_grad=True)

    See https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adam.html
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_learning_rate(lr)
        check_setting("epsilon value", eps)
        _check_betas(betas)
        check_setting("weight_decay value", weight_decay)
        check_options(fused=fused, foreach=foreach, differentiable=differentiable)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
            "amsgrad": amsgrad, "maximize": maximize, "foreach": foreach,
            "capturable": capturable, "differentiable": differentiable, "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("amsgrad", False)
            group.setdefault("maximize", False)
            group.setdefault("foreach", None)
            group.setdefault("capturable", False)
            group.setdefault("differentiable", False)
            group.setdefault("decoupled_weight_decay", False)
            group.setdefault("fused", None)

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Change the parameters by their gradients; gives back what `closure` gives."""
        loss = evaluated(closure)
        for group in self.param_groups:
            settings = Settings(group)
            for parameter in group["params"]:
                gradient = parameter.grad
                if gradient is not None:
                    self._step_one(parameter, gradient, settings)
        return loss

    def _step_one(self, parameter: Tensor, gradient: Tensor, settings: Settings) -> None:
        state = self.state[parameter]
        if not state:
            state["step"] = wrap_array(numpy.zeros((), numpy.float32))
            state["exp_avg"] = _zeros_like(parameter)
            state["exp_avg_sq"] = _zeros_like(parameter)
            if settings.amsgrad:
                state["max_exp_avg_sq"] = _zeros_like(parameter)
        if not isinstance(state["step"], Tensor):  # of a state that was made elsewhere
            state["step"] = wrap_array(numpy.array(state["step"], numpy.float32))
        count = state["step"]._array
        number = count.item() + 1
        states = [state["exp_avg"], state["exp_avg_sq"]]
        if settings.amsgrad:
            states.append(state["max_exp_avg_sq"])
        settings.update(parameter, gradient, states, settings.at(number))
        count.fill(number)


class AdamW(Adam):
    """Adam whose weight decay is not scaled by the gradients: ``p *= 1 - lr * weight_decay``.

    >>> import chainrule as torch
    >>> torch.optim.AdamW([torch.zeros(1)]).defaults["weight_decay"]
    0.01

    See https://docs.pytorch.org/docs/2.13/generated/torch.optim.AdamW.html
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize,
            capturable=capturable, differentiable=differentiable, fused=fused,
            decoupled_weight_decay=True,
        )  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


def _check_betas(betas: tuple) -> None:
    if isinstance(betas[0], Tensor) != isinstance(betas[1], Tensor):
        raise ValueError("betas must be either both floats or both Tensors")
    for place, beta in enumerate(betas[:2]):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {place}: {beta}")


def _zeros_like(parameter: Tensor) -> Tensor:
    return wrap_array(numpy.zeros_like(parameter._array))


class Settings:
    """The settings of one group as plain numbers, and what depends on the number of the step."""

    def __init__(self, group: dict[str, Any]) -> None:
        self.lr = float(group["lr"])
        self.beta1, self.beta2 = (float(beta) for beta in group["betas"])
        self.eps = group["eps"]
        self.amsgrad = group["amsgrad"]
        decoupled, decay = group["decoupled_weight_decay"], group["weight_decay"]
        self.decay = 0.0 if decoupled else decay
        self.keep = 1 - self.lr * decay if decoupled else 1.0
        self.update = _step_of(
            group["maximize"], self.decay != 0, self.keep != 1, self.amsgrad, self.beta1 > 0.5
        )
        self.numbers: dict[float, tuple] = {}

    def at(self, step: float) -> tuple:
        """The numbers of step number `step`; parameters are mostly at the same one."""
        if step not in self.numbers:
            correction1 = 1 - self.beta1**step
            correction2 = 1 - self.beta2**step
            self.numbers[step] = (
                self.decay, self.keep, self.beta1, 1 - self.beta1, self.beta2, 1 - self.beta2,
                1 / correction2**0.5, self.eps, -(self.lr / correction1),
            )  # fmt: skip
        return self.numbers[step]


@cache
def _step_of(maximize: bool, decays: bool, shrinks: bool, amsgrad: bool, near: bool) -> Update:
    """One step of one parameter, in PyTorch's order of operations.

    m moves from its nearer end: so beta1 = 0 gives g exactly.
    """

    def formula(p, g, m, v, *rest):
        decay, keep, keep1, new1, keep2, new2, scale, eps, rate = rest[-9:]
        g = -g if maximize else g
        g = g + p * decay if decays else g
        p = p * keep if shrinks else p
        m = m + (g - m) * new1 if near else g - (g - m) * keep1
        v = v * keep2 + g * new2 * g
        if not amsgrad:
            return p + m * rate / (sqrt(v) * scale + eps), m, v
        largest = maximum(rest[0], v)
        return p + m * rate / (sqrt(largest) * scale + eps), m, v, largest

    return Update(formula, 5 if amsgrad else 4, 9, _refuse_sparse)


def _refuse_sparse(*arguments: object) -> NoReturn:
    raise RuntimeError("Adam does not support sparse gradients, please consider SparseAdam instead")
