"""Calling a module: forward, with the hooks that were registered around it.

Apart from Module, because the order of hooks, and what each may change, is one subject; a
module without hooks goes straight to its forward.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule.nn.modules._backward_hooks import BackwardHooks
from chainrule.nn.modules._handle import RemovableHandle, register

if TYPE_CHECKING:
    from collections import OrderedDict
    from collections.abc import Callable
    from typing import Any


def _forward_unimplemented(self: Calls, *input: object) -> None:
    """What the module computes: for subclasses to define."""
    raise NotImplementedError(
        f'Module [{type(self).__name__}] is missing the required "forward" function'
    )


class Calls:
    """What Module does when it is called."""

    _forward_hooks: OrderedDict[int, Callable]
    _forward_hooks_with_kwargs: OrderedDict[int, bool]
    _forward_hooks_always_called: OrderedDict[int, bool]
    _forward_pre_hooks: OrderedDict[int, Callable]
    _forward_pre_hooks_with_kwargs: OrderedDict[int, bool]
    _backward_hooks: OrderedDict[int, Callable]
    _backward_pre_hooks: OrderedDict[int, Callable]
    _is_full_backward_hook: bool | None

    # An attribute for type checkers, so that subclasses may take what arguments they like.
    forward: Callable[..., Any] = _forward_unimplemented

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """`forward`, with the hooks before and after it."""
        if not (
            self._forward_hooks
            or self._forward_pre_hooks
            or self._backward_hooks
            or self._backward_pre_hooks
        ):
            return self.forward(*args, **kwargs)
        return self._call_with_hooks(args, kwargs)

    def _call_with_hooks(self, args: tuple, kwargs: dict) -> Any:
        result = None
        called: set[int] = set()
        try:
            args, kwargs = self._run_forward_pre_hooks(args, kwargs)
            backward = None
            if self._backward_hooks or self._backward_pre_hooks:
                backward = BackwardHooks(self)
                args = backward.watch_inputs(args)
            result = self.forward(*args, **kwargs)
            for number in list(self._forward_hooks):
                called.add(number)
                result = self._run_forward_hook(number, args, kwargs, result)
            if backward is not None:
                warn_unless_tensors(result)
                result = backward.watch_outputs(result)
        except Exception:
            self._run_always_called(called, args, kwargs, result)
            raise
        return result

    def _run_forward_pre_hooks(self, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
        for number, hook in list(self._forward_pre_hooks.items()):
            if number in self._forward_pre_hooks_with_kwargs:
                answer = hook(self, args, kwargs)
                if answer is not None:
                    args, kwargs = both(answer)
            else:
                answer = hook(self, args)
                if answer is not None:
                    args = answer if isinstance(answer, tuple) else (answer,)
        return args, kwargs

    def _run_forward_hook(self, number: int, args: tuple, kwargs: dict, result: object) -> object:
        hook = self._forward_hooks[number]
        if number in self._forward_hooks_with_kwargs:
            answer = hook(self, args, kwargs, result)
        else:
            answer = hook(self, args, result)
        return result if answer is None else answer

    def _run_always_called(
        self, called: set[int], args: tuple, kwargs: dict, result: object
    ) -> None:
        """After an error: the hooks that asked to be called even then, and were not yet."""
        for number in list(self._forward_hooks_always_called):
            if number in called:
                continue
            try:
                result = self._run_forward_hook(number, args, kwargs, result)
            except Exception as error:
                warnings.warn(
                    "module forward hook with ``always_call=True`` raised an exception that "
                    f"was silenced as another error was raised in forward: {error}",
                    stacklevel=2,
                )

    # ---- registering

    def register_forward_pre_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before forward; what it gives back replaces `args`.

        With `with_kwargs`, `hook(module, args, kwargs)`, which gives back None or a pair of
        new args and kwargs. With `prepend`, before the hooks registered so far.
        """
        marks = [self._forward_pre_hooks_with_kwargs] if with_kwargs else []
        return register(self._forward_pre_hooks, hook, prepend, marks)

    def register_forward_hook(
        self,
        hook: Callable,
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after forward; what it gives back replaces output.

        With `with_kwargs`, `hook(module, args, kwargs, output)`. With `prepend`, before the
        hooks registered so far. With `always_call`, also when forward fails.
        """
        marks = [self._forward_hooks_with_kwargs] if with_kwargs else []
        if always_call:
            marks.append(self._forward_hooks_always_called)
        return register(self._forward_hooks, hook, prepend, marks)

    def register_full_backward_pre_hook(
        self, hook: Callable, prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, grad_output)` when the gradients of the outputs are known.

        What it gives back replaces them.
        """
        return register(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when the gradients of the inputs are known.

        What it gives back replaces `grad_input`. Arguments that are no tensors count as None.
        """
        self._is_full_backward_hook = True
        return register(self._backward_hooks, hook, prepend)


def both(answer: object) -> tuple[tuple, dict]:
    if isinstance(answer, tuple) and len(answer) == 2:
        return answer
    raise RuntimeError(
        f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {answer}."
    )


def warn_unless_tensors(result: object) -> None:
    if not isinstance(result, (Tensor, tuple)):
        warnings.warn(
            "For backward hooks to be called, module output should be a Tensor or a tuple of "
            f"Tensors but received {type(result)}",
            stacklevel=4,
        )
