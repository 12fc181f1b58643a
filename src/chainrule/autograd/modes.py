"""Modes: no_grad, enable_grad, set_grad_enabled, inference_mode, strong_zero.

Apart from the engine: a mode says what is recorded, not how it is differentiated. Each is a
context manager, a decorator of functions (a generator runs its own body in the mode, and only
that), and of classes (their constructors).
"""

from __future__ import annotations

import functools

from chainrule._core.modes import (
    is_grad_enabled,
    is_inference_mode_enabled,
    is_strong_zero_enabled,
    switch_grad,
    switch_inference,
    switch_strong_zeros,
)

GENERATOR = 0x20  # CO_GENERATOR: importing inspect for this would double the import time


class Mode:
    """A context manager that is a decorator too; made anew for every call it decorates."""

    def _again(self):
        return type(self)()

    def __call__(self, function):
        if isinstance(function, type):
            function.__init__ = self(function.__init__)
            return function
        code = getattr(function, "__code__", None)
        if code is not None and code.co_flags & GENERATOR:
            return _generator_in_mode(self._again, function)

        @functools.wraps(function)
        def in_mode(*arguments, **keywords):
            with self._again():
                return function(*arguments, **keywords)

        return in_mode


def _generator_in_mode(again, function):
    """The mode holds while the generator's body runs, and not while its user's does."""

    @functools.wraps(function)
    def in_mode(*arguments, **keywords):
        generator = function(*arguments, **keywords)
        resume, value = generator.send, None
        while True:
            try:
                with again():
                    item = resume(value)
            except StopIteration as stop:
                return stop.value
            try:
                value = yield item
                resume = generator.send
            except GeneratorExit:
                with again():
                    generator.close()
                raise
            except BaseException as error:
                resume, value = generator.throw, error

    return in_mode


class _WithoutParentheses(Mode):
    """`@no_grad` means the same as `@no_grad()`."""

    def __new__(cls, function=None):
        """A mode, or, given a function, that function in the mode."""
        return object.__new__(cls) if function is None else cls()(function)


class no_grad(_WithoutParentheses):
    """Record nothing inside.

    Results do not require grad, except what factories are asked to make with requires_grad=True.
    Holds for this thread only.

    >>> import chainrule as torch
    >>> x = torch.tensor([1.0], requires_grad=True)
    >>> with torch.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False

    See https://docs.pytorch.org/docs/2.13/generated/torch.no_grad.html
    """

    _on = False

    def __enter__(self):
        self._before = switch_grad(self._on)

    def __exit__(self, *exception):
        switch_grad(self._before)


class enable_grad(no_grad):
    """Record inside, whatever the mode around is.

    >>> import chainrule as torch
    >>> x = torch.tensor([1.0], requires_grad=True)
    >>> with torch.no_grad():
    ...     with torch.enable_grad():
    ...         y = x * 2
    >>> y.requires_grad
    True

    See https://docs.pytorch.org/docs/2.13/generated/torch.enable_grad.html
    """

    _on = True


class set_grad_enabled(Mode):
    """Record or not, by a flag: at once when called, until the end of a `with` when entered.

    >>> import chainrule as torch
    >>> x = torch.tensor([1.0], requires_grad=True)
    >>> with torch.set_grad_enabled(False):
    ...     y = x * 2
    >>> y.requires_grad
    False

    See https://docs.pytorch.org/docs/2.13/generated/torch.set_grad_enabled.html
    """

    def __init__(self, mode: bool) -> None:
        self.mode = mode
        self._before = switch_grad(mode)

    def __call__(self, function):
        """Decorate: the mode is for the function alone, so it ends here."""
        switch_grad(self._before)
        return super().__call__(function)

    def _again(self):
        return set_grad_enabled(self.mode)

    def __enter__(self):
        switch_grad(self.mode)

    def __exit__(self, *exception):
        switch_grad(self._before)


class inference_mode(Mode):
    """Like no_grad, and what is made inside can never be part of a graph, nor has a version.

    >>> import chainrule as torch
    >>> with torch.inference_mode():
    ...     y = torch.ones(2) * 2
    >>> y.is_inference()
    True

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.grad_mode.inference_mode.html
    """

    def __new__(cls, mode=True):
        """A mode, or, given a function, that function in the mode."""
        return object.__new__(cls) if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        self.mode = mode

    def _again(self):
        return inference_mode(self.mode)

    def __enter__(self):
        self._before = is_grad_enabled(), switch_inference(self.mode)
        switch_grad(not self.mode)

    def __exit__(self, *exception):
        grad, inference = self._before
        switch_inference(inference)
        switch_grad(grad)


class strong_zero(_WithoutParentheses):
    r"""In a backward run inside, a zero stays zero whatever it is multiplied by.

    The chain rule multiplies g by a slope. Where g is 0 and the slope infinite or NaN, floating
    point says NaN; here it is 0, as for a function that is not there. So `where` is safe to
    differentiate although the branch not taken has no slope. Whatever is finite stays as it is.

    .. math:: 0 \cdot \infty = 0 \cdot \mathrm{NaN} = 0

    Holds for this thread only, and for the backward, wherever the graph was made. Each element of
    elementwise operations, and each term of the sums in products of matrices, is treated so; of
    other operations with a formula of their own (softmax, norm), cotangents that are zero
    throughout. In forward mode, zeros of tangents are strong in elementwise operations. The
    backward of your own Functions is yours. PyTorch has nothing like it.

    >>> import chainrule as torch
    >>> x = torch.tensor([0.0, 4.0], requires_grad=True)
    >>> y = torch.where(x > 0, x.sqrt(), 0.0).sum()
    >>> torch.autograd.grad(y, x, retain_graph=True)
    (tensor([   nan, 0.2500]),)
    >>> with torch.autograd.strong_zero():
    ...     torch.autograd.grad(y, x)
    (tensor([0.0000, 0.2500]),)
    """

    def __enter__(self):
        from chainrule.ops import strong_zeros  # noqa: F401 - gives the engine its products

        self._before = switch_strong_zeros(True)

    def __exit__(self, *exception):
        switch_strong_zeros(self._before)


__all__ = [
    "enable_grad",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "is_strong_zero_enabled",
    "no_grad",
    "set_grad_enabled",
    "strong_zero",
]
