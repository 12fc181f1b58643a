"""SparseAdam: Adam on those rows of a table that the gradient has.

Apart from Adam, whose steps are formulas run over whole arrays: here a step reads and writes only
the places of a sparse gradient, and leaves the means of all others as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.kernels import call_quietly
from chainrule._core.writes import bump_version
from chainrule.optim._groups import check_learning_rate
from chainrule.optim.optimizer import Optimizer, evaluated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from chainrule.ops.coo import CooArray


class SparseAdam(Optimizer):
    """Adam for sparse gradients.

    At the places of the gradient g, with m and v the running means of g and g^2 there, and t the
    number of the step: ``p -= lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + eps)``.
    RuntimeError for dense gradients, ValueError for parameters that are sparse themselves.

    >>> import chainrule as torch
    >>> table = torch.nn.Embedding(3, 1, sparse=True, _weight=torch.zeros(3, 1))
    >>> adam = torch.optim.SparseAdam(table.parameters(), lr=0.1)
    >>> table(torch.tensor([1])).sum().backward()
    >>> adam.step()
    >>> table.weight.detach().flatten()
    tensor([ 0.0000, -0.1000,  0.0000])

    See https://docs.pytorch.org/docs/2.13/generated/torch.optim.SparseAdam.html
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        check_learning_rate(lr)
        if not lr > 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")
        if not eps > 0.0:
            raise ValueError(f"Invalid epsilon value: {eps}")
        for place, beta in enumerate(betas[:2]):
            if not 0.0 <= beta < 1.0:
                raise ValueError(f"Invalid beta parameter at index {place}: {beta}")
        number = lr.item() if isinstance(lr, Tensor) else lr
        super().__init__(params, {"lr": number, "betas": betas, "eps": eps, "maximize": maximize})
        self._refuse_sparse_parameters()

    def _refuse_sparse_parameters(self) -> None:
        found = [
            [number, place]
            for number, group in enumerate(self.param_groups)
            for place, parameter in enumerate(group["params"])
            if parameter.is_sparse
        ]
        if found:
            raise ValueError(
                f"Sparse params at indices {found}: SparseAdam requires dense parameter tensors"
            )

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Change the parameters by their gradients; gives back what `closure` gives."""
        loss = evaluated(closure)
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._step_one(parameter, parameter.grad, group)
        return loss

    def _step_one(self, parameter: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        if not gradient.is_sparse:
            raise RuntimeError(
                "SparseAdam does not support dense gradients, please consider Adam instead"
            )
        state = self.state[parameter]
        if not state:
            state["step"] = 0
            state["exp_avg"] = wrap_array(numpy.zeros_like(parameter._array))
            state["exp_avg_sq"] = wrap_array(numpy.zeros_like(parameter._array))
        state["step"] += 1
        gradients: Any = gradient._array
        g: CooArray = gradients.coalesce()
        if g.nnz:
            call_quietly(
                _update, parameter._array, -g.parts if group["maximize"] else g.parts, g.address,
                state["exp_avg"]._array, state["exp_avg_sq"]._array, state["step"], group,
            )  # fmt: skip
            bump_version(parameter)


def _update(p, g, address, mean, square, step, group):
    """One step at the places of `address`, in PyTorch's order of operations."""
    beta1, beta2 = group["betas"]
    m, v = mean[address], square[address]
    m = (g - m) * (1 - beta1) + m
    v = (g * g - v) * (1 - beta2) + v
    mean[address], square[address] = m, v
    rate = group["lr"] * (1 - beta2**step) ** 0.5 / (1 - beta1**step)
    p[address] += -rate * (m / (numpy.sqrt(v) + group["eps"]))
