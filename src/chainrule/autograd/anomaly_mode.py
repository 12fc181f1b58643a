"""Anomaly mode: backward passes that say which line of the forward an error or a NaN comes from.

Apart from the engine, which asks one flag and, where it is set, calls what is here.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from chainrule._core.engine import bind_engine
from chainrule._core.modes import anomaly_state, switch_anomaly
from chainrule._core.wrapped import Wrapped

if TYPE_CHECKING:
    from chainrule._core.core import Node

__all__ = ["detect_anomaly", "set_detect_anomaly"]


def is_anomaly_enabled() -> bool:
    """Whether anomaly mode is on.

    >>> import chainrule as torch
    >>> torch.is_anomaly_enabled()
    False

    See https://docs.pytorch.org/docs/2.13/generated/torch.is_anomaly_enabled.html
    """
    return anomaly_state()[0]


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly mode, when on, looks for NaN too.

    >>> import chainrule as torch
    >>> with torch.autograd.set_detect_anomaly(True, check_nan=False):
    ...     torch.is_anomaly_check_nan_enabled()
    False

    See https://docs.pytorch.org/docs/2.13/generated/torch.is_anomaly_check_nan_enabled.html
    """
    return anomaly_state()[1]


def set_anomaly_enabled(enabled: bool, check_nan: bool = True) -> None:
    """Turn anomaly mode on or off, for all threads.

    Raises TypeError for what is no bool.

    >>> import chainrule as torch
    >>> torch.set_anomaly_enabled(False)
    """
    for name, position, value in (("enabled", 1, enabled), ("check_nan", 2, check_nan)):
        if not isinstance(value, bool):
            raise TypeError(
                f"set_anomaly_enabled(): argument '{name}' (position {position}) must be bool, "
                f"not {type(value).__name__}"
            )
    switch_anomaly(enabled, check_nan)


class set_detect_anomaly:
    """Turn anomaly mode on or off: at once when called, until the end of a `with` when entered.

    In anomaly mode backward raises RuntimeError where a gradient is NaN (unless `check_nan` is
    False), and every error of a backward pass names the line of the forward that it belongs to.
    Inf is no anomaly. Holds for all threads.

    >>> import chainrule as torch
    >>> x = torch.zeros(1, requires_grad=True)
    >>> with torch.autograd.set_detect_anomaly(True, check_nan=False):
    ...     (x / x).sum().backward()
    >>> x.grad
    tensor([nan])

    See https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.set_detect_anomaly
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = anomaly_state()
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self) -> None:
        """Nothing: the mode has been set since the call."""

    def __exit__(self, *exception: object) -> None:
        switch_anomaly(*self._before)


class detect_anomaly:
    """Anomaly mode inside; says by a warning that it is slow.

    The error of a NaN is raised where the backward made it, with the line of the forward:

    >>> import warnings
    >>> import chainrule as torch
    >>> x = torch.zeros(1, requires_grad=True)
    >>> with warnings.catch_warnings(action="ignore"), torch.autograd.detect_anomaly():
    ...     (x / x).sum().backward()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    RuntimeError: Function 'DivBackward0' returned nan values in its 1th output.
    DivBackward0 stands for `x / x` at ...

    See https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.detect_anomaly
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should "
            "only be enabled for debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self._before = anomaly_state()
        set_anomaly_enabled(True, self.check_nan)

    def __exit__(self, *exception: object) -> None:
        switch_anomaly(*self._before)


# -------------------------------------------------------------------- what the engine calls


def explain_error(node: Node, error: Exception) -> None:
    """Say on which line the operation stands whose rule raised `error`."""
    _warn(node)
    error.add_note(_story(node))


def explain_result(node: Node, cotangents, newest: int, check_nan: bool) -> None:
    """Refuse NaN, and note which node induced those that its rule has just recorded."""
    for position, g in enumerate(cotangents):
        if g is None:
            continue
        if check_nan and _has_nan(g):
            _warn(node)
            raise RuntimeError(
                f"Function '{node.name()}' returned nan values in its "
                f"{_output_number(node, position, len(cotangents))}th output.\n{_story(node)}"
            )
        _note_parent(g.grad_fn, node, newest)


def _has_nan(g) -> bool:
    if isinstance(g._array, Wrapped):
        return False  # the members of a batch: nothing may depend on their values
    values = g.detach()
    if values.is_sparse:
        values = values._values()
    return bool(values.isnan().any())


def _output_number(node, position, inputs):
    """The place among the outputs of PyTorch's node, which leaves out what has no derivative."""
    if node.op is None or node.op.joint:
        return position
    kept = [rule is not None for rule in node.op.rules[:inputs]]
    left_out = sum(kept) - len(node.next_functions)
    return sum(kept[:position]) - left_out


def _note_parent(found, node, newest) -> None:
    """Note `node` as the parent of all nodes above `found` that were made since `newest`."""
    waiting = [found]
    while waiting:
        made = waiting.pop()
        if made is None or made is node or "parent_" in made.metadata:
            continue
        if made._sequence_nr() <= newest or not made.next_functions:
            continue
        made.metadata["parent_"] = node
        waiting.extend(edge for edge, _ in made.next_functions)


def _warn(node) -> None:
    """Warn as PyTorch does: the operation, then what induced it."""
    warnings.warn(
        f"Error detected in {node.name()}. Traceback of forward call that caused the error:\n"
        f"{_traceback(node)}",
        stacklevel=2,
    )
    for _, parent in _ancestry(node):
        warnings.warn(
            f"\n\nPrevious calculation was induced by {parent.name()}. Traceback of forward call "
            f"that induced the previous calculation:\n{_traceback(parent)}",
            stacklevel=2,
        )


def _story(node):
    """The operation and its line, then those of the backward passes that it comes from."""
    lines = [f"{node.name()} stands for {_place(node)}"]
    lines += [
        f"{child.name()} was recorded when backward ran {parent.name()}, which stands for "
        f"{_place(parent)}"
        for child, parent in _ancestry(node)
    ]
    return "\n".join(lines)


def _ancestry(node):
    pairs = []
    parent = node.metadata.get("parent_")
    while parent is not None:
        pairs.append((node, parent))
        node, parent = parent, parent.metadata.get("parent_")
    return pairs


def _place(node):
    source = node.source
    if source is None:
        return "no line of a program"
    return f"`{source.text}` at {source}" if source.text else str(source)


def _traceback(node):
    source = node.source
    if source is None:
        return "  (no line of a program)\n"
    return (
        f'  File "{source.filename}", line {source.line}, in {source.function}\n    {source.text}\n'
    )


bind_engine({"explain_error": explain_error, "explain_result": explain_result})
