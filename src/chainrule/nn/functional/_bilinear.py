"""The bilinear map. (The linear one is a function of the library itself.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions import einsum
from chainrule.functions.activation_arguments import check_tensor

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``input1 @ weight[k] @ input2 + bias[k]`` for each k: (..., i), (..., j), (k, i, j).

    >>> import chainrule as torch
    >>> torch.nn.functional.bilinear(torch.ones(1, 2), torch.ones(1, 3), torch.ones(4, 2, 3))
    tensor([[6., 6., 6., 6.]])
    """
    for position, (name, value) in enumerate(
        {"input1": input1, "input2": input2, "weight": weight}.items(), 1
    ):
        check_tensor(value, "bilinear", name, position)
    check_bilinear(input1, input2, weight)
    result = einsum("...i,kij,...j->...k", input1, weight, input2)
    return result if bias is None else result + bias


def check_bilinear(input1: Tensor, input2: Tensor, weight: Tensor) -> None:
    if input1.shape[:-1] != input2.shape[:-1]:
        raise RuntimeError(
            "bilinear(): input batch dimensions do not match: got "
            f"{list(input1.shape[:-1])} and {list(input2.shape[:-1])}"
        )
    for number, (input, size) in enumerate(zip((input1, input2), weight.shape[1:]), 1):
        if input.shape[-1] != size:
            raise RuntimeError(
                f"bilinear(): input{number} size does not match weight size: got "
                f"{input.shape[-1]} but expected {size}"
            )
