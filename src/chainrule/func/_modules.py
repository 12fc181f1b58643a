"""Modules as functions of their weights, one or several at a time.

Apart from the transforms, which know of functions alone: this is what makes modules such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule.functions import stack
from chainrule.nn.utils.stateless import call_with

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chainrule._core.core import Tensor
    from chainrule.nn.modules.module import Module


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: dict[str, Tensor] | Sequence[dict[str, Tensor]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """`module(*args, **kwargs)` with other tensors in the places of parameters and buffers.

    By dotted names, in one dict or several with names of their own; what is not named stays. The
    module is left as it was. With `tie_weights`, a parameter under several names is replaced under
    all of them; with `strict` all must be named and nothing else (RuntimeError). A name in two
    dicts and two tensors for one tied parameter are a ValueError.

    >>> import chainrule as torch
    >>> layer = torch.nn.Linear(1, 1, bias=False)
    >>> x = torch.tensor([[2.0]])
    >>> torch.func.functional_call(layer, {"weight": torch.tensor([[3.0]])}, (x,))
    tensor([[6.]])
    >>> loss = lambda weights: torch.func.functional_call(layer, weights, (x,)).sum()
    >>> torch.func.grad(loss)({"weight": torch.tensor([[3.0]])})
    {'weight': tensor([[2.]])}

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.functional_call.html
    """
    tensors = _merged(parameter_and_buffer_dicts)
    return call_with(module, tensors, args, kwargs, tie_weights, strict)


def _merged(dicts: Any) -> dict[str, Tensor]:
    if isinstance(dicts, dict):
        return dicts
    if not isinstance(dicts, (list, tuple)):
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
            f"{type(dicts)}"
        )
    if not all(isinstance(one, dict) for one in dicts):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    names = [name for one in dicts for name in one]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise ValueError(
            f"{repeated} appeared in multiple dictionaries; behavior of functional call is "
            "ambiguous"
        )
    return {name: tensor for one in dicts for name, tensor in one.items()}


def stack_module_state(
    models: Sequence[Module],
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """(parameters, buffers) of several modules of one class, each stacked along a new dimension 0.

    What `vmap` needs to call all modules at once, through `functional_call`. The parameters are
    leaves. RuntimeError for no modules, modules of several classes, in several modes, or with
    parameters some of which require grad and some do not.

    >>> import chainrule as torch
    >>> models = [torch.nn.Linear(2, 1) for _ in range(3)]
    >>> parameters, buffers = torch.func.stack_module_state(models)
    >>> parameters["weight"].shape
    torch.Size([3, 1, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.stack_module_state.html
    """
    models = list(models)
    _check_alike(models)
    parameters = [dict(model.named_parameters()) for model in models]
    buffers = [dict(model.named_buffers()) for model in models]
    return (
        {name: _stacked([one[name] for one in parameters], name) for name in parameters[0]},
        {name: _stacked([one[name] for one in buffers], name) for name in buffers[0]},
    )


def _check_alike(models: list[Module]) -> None:
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if any(model.training != models[0].training for model in models):
        raise RuntimeError(
            "stack_module_state: Expected all models to have the same training/eval mode."
        )
    if any(type(model) is not type(models[0]) for model in models):
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")


def _stacked(tensors: list[Tensor], name: str) -> Tensor:
    needs = tensors[0].requires_grad
    if any(tensor.requires_grad != needs for tensor in tensors):
        raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
    return stack(tensors).detach().requires_grad_(needs)


def replace_all_batch_norm_modules_(root: Module) -> Module:
    """Stop, in place, all modules that keep running statistics of batches from doing so.

    Such a write to a buffer has no meaning inside `vmap`. Returns `root`.

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.replace_all_batch_norm_modules_.html
    """
    for module in root.modules():
        if getattr(module, "track_running_stats", False):
            module.track_running_stats = False
            module.running_mean = module.running_var = module.num_batches_tracked = None
    return root
