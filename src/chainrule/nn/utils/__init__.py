"""What is done to a network's parameters and gradients as a whole."""

from __future__ import annotations

from chainrule.nn.utils import clip_grad, convert_parameters, stateless
from chainrule.nn.utils.clip_grad import (
    clip_grad_norm,
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from chainrule.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters

__all__ = [
    "clip_grad",
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "convert_parameters",
    "get_total_norm",
    "parameters_to_vector",
    "stateless",
    "vector_to_parameters",
]


def __getattr__(name: str) -> object:
    raise AttributeError(
        f"module 'torch.nn.utils' has no attribute '{name}': chainrule does not have it (yet)"
    )
