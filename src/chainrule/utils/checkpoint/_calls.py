"""checkpoint and checkpoint_sequential: what a program calls, and the settings around them.

Apart from the two ways of recomputing, between which these choose.
"""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING

from chainrule._core.modes import is_grad_enabled
from chainrule.utils.checkpoint._log import Log
from chainrule.utils.checkpoint._recomputing import Region
from chainrule.utils.checkpoint._reentrant import CheckpointFunction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import Any

    from chainrule._core.core import Tensor


def noop_context_fn() -> tuple[AbstractContextManager, AbstractContextManager]:
    """The `context_fn` of a checkpoint that wants none: two contexts that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def _metadata(tensor: Tensor) -> dict[str, Any]:
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


def _nothing(tensor: Tensor) -> None:
    """What is compared of a tensor where nothing is to be."""


_DESCRIPTIONS = {"default": _metadata, "none": _nothing}


class _Settings:
    """What the two contexts below set for all checkpoints inside them; None: each its own."""

    early_stop: bool | None = None
    debug: bool | None = None


@contextlib.contextmanager
def _setting(name: str, value: bool | None) -> Iterator[None]:
    before = getattr(_Settings, name)
    setattr(_Settings, name, value)
    try:
        yield
    finally:
        setattr(_Settings, name, before)


def set_checkpoint_early_stop(enable: bool) -> AbstractContextManager[None]:
    """A context in which recomputations stop once all is there (True), or run to their end.

    It is what the forward runs in that counts, and it outranks the argument `early_stop`.

    >>> from chainrule.utils.checkpoint import set_checkpoint_early_stop
    >>> with set_checkpoint_early_stop(False):
    ...     pass

    See https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.set_checkpoint_early_stop
    """
    return _setting("early_stop", enable)


def set_checkpoint_debug_enabled(enabled: bool | None) -> AbstractContextManager[None]:
    """A context in which all checkpoints have `debug` on, or off; None leaves it to each.

    >>> from chainrule.utils.checkpoint import set_checkpoint_debug_enabled
    >>> with set_checkpoint_debug_enabled(True):
    ...     pass

    See https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.set_checkpoint_debug_enabled
    """
    return _setting("debug", enabled)


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[
        [], tuple[AbstractContextManager, AbstractContextManager]
    ] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """function(*args, **kwargs), of which nothing is saved: backward runs the function again.

    With `use_reentrant=False` arguments and results may be anything, autograd.grad and nested
    checkpoints work, and the recomputation ends as soon as it has what is needed (`early_stop`).
    It must save the same tensors as the forward, by number and (unless `determinism_check` is
    "none") by shape and dtype, else CheckpointError; `debug` lists the operations of both runs.
    `context_fn` gives the contexts for the forward and for the recomputation. With True, gradients
    flow to tensors among `args` only, and backward must not name its inputs. Random numbers are
    the same both times, unless `preserve_rng_state=False`.

    >>> import chainrule as torch
    >>> from chainrule.utils.checkpoint import checkpoint
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> y = checkpoint(lambda x: x.exp().sin(), x, use_reentrant=False)
    >>> y.backward()
    >>> x.grad
    tensor(3.3129)

    See https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.checkpoint
    """
    if use_reentrant is None:
        _warn_reentrant("checkpoint")
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if use_reentrant:
        if context_fn is not noop_context_fn or debug is not False:
            raise ValueError(
                "Passing `context_fn` or `debug` is only supported when use_reentrant=False."
            )
        _refuse_keywords(kwargs)
        return CheckpointFunction.apply(function, preserve, *args)
    if determinism_check not in _DESCRIPTIONS:
        raise ValueError(
            f"determinism_check should be one of {list(_DESCRIPTIONS)}, but got {determinism_check}"
        )
    forward_context, again_context = context_fn()
    if not is_grad_enabled():
        with forward_context:
            return function(*args, **kwargs)
    region = Region(
        function,
        args,
        kwargs,
        preserve_rng_state=preserve,
        context=again_context,
        describe=_DESCRIPTIONS[determinism_check],
        early_stop=early_stop if _Settings.early_stop is None else _Settings.early_stop,
        log=Log() if (debug if _Settings.debug is None else _Settings.debug) else None,
    )
    return region.run(forward_context, args)


def _warn_reentrant(name):
    warnings.warn(
        f"torch.utils.checkpoint{'' if name == 'checkpoint' else '.' + name}: the use_reentrant "
        "parameter should be passed explicitly. use_reentrant=False is recommended; without it "
        "the older way, use_reentrant=True, is taken.",
        stacklevel=3,
    )


def _refuse_keywords(keywords):
    if keywords:
        raise ValueError(f"Unexpected keyword arguments: {','.join(keywords)}")


def checkpoint_sequential(
    functions: Sequence[Callable[[Any], Any]],
    segments: int,
    input: Tensor,
    use_reentrant: bool | None = None,
    **kwargs: Any,
) -> Any:
    """functions[-1](...(functions[0](input))), in segments: all but the last are checkpoints.

    `functions` is a Sequential or a list; there must be as many of them as segments, or more.

    >>> import chainrule as torch
    >>> from chainrule.utils.checkpoint import checkpoint_sequential
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> y = checkpoint_sequential([torch.exp, torch.sin, torch.cos], 3, x, use_reentrant=False)
    >>> y.backward()
    >>> x.grad
    tensor(-2.5824)

    See https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.checkpoint_sequential
    """
    if use_reentrant is None:
        _warn_reentrant("checkpoint_sequential")
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    _refuse_keywords(kwargs)
    functions = list(functions)
    size = len(functions) // segments
    last = 0
    for first in range(0, size * (segments - 1), size):
        last = first + size
        input = checkpoint(
            _chain(functions[first:last]),
            input,
            use_reentrant=use_reentrant,
            preserve_rng_state=preserve,
        )
    return _chain(functions[last:])(input)


def _chain(functions):
    def run(value):
        for function in functions:
            value = function(value)
        return value

    return run
