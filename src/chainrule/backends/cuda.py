"""torch.backends.cuda: switches of NVIDIA's matrix products, which are not used; set and read only.

Apart from `torch.cuda`, as in PyTorch: there the device, here how it would compute.
"""

from __future__ import annotations

from chainrule.backends.switches import Switches

__all__ = ["is_built", "matmul"]


def is_built() -> bool:
    """Whether this library can use NVIDIA's GPUs at all: False."""
    return False


class _Matmul(Switches):
    """Switches of matrix products; a name that is none of them is refused, as in PyTorch."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self.__dict__:
            raise AttributeError(f"Unknown attribute {name}: {self.__name__} has no such switch")
        super().__setattr__(name, value)


matmul = _Matmul("torch.backends.cuda.matmul")
matmul.__dict__.update(
    allow_tf32=False,
    allow_fp16_reduced_precision_reduction=True,
    allow_bf16_reduced_precision_reduction=True,
)
