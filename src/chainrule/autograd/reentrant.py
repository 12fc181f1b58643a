"""Backwards within backwards: what is too deep for one stack goes on on another.

Apart from the engine, which counts how deep it is: threads, and what belongs to one, are Python's.
"""

from __future__ import annotations

import contextvars
import threading
from typing import TYPE_CHECKING, Any

from chainrule._core.modes import (
    count_batches,
    is_grad_enabled,
    is_inference_mode_enabled,
    is_strong_zero_enabled,
    switch_grad,
    switch_inference,
    switch_strong_zeros,
)
from chainrule.autograd import forward_ad
from chainrule.autograd.saved import hooks_for_a_thread
from chainrule.transforms.levels import active, enter_all

if TYPE_CHECKING:
    from collections.abc import Callable


def on_fresh_stack(function: Callable, *arguments: Any) -> Any:
    """function(*arguments), in a thread of its own that has the modes of this one; waits for it.

    As in PyTorch, where backwards within backwards go on in other threads too: Python ends what
    is a thousand frames deep.
    """
    outcome: dict[str, Any] = {}
    grad, inference, zeros = (
        is_grad_enabled(),
        is_inference_mode_enabled(),
        is_strong_zero_enabled(),
    )
    batches, levels, duals = count_batches(), active(), forward_ad.entered()
    take_hooks, context = hooks_for_a_thread(), contextvars.copy_context()

    def work():
        switch_grad(grad)
        switch_inference(inference)
        switch_strong_zeros(zeros)
        count_batches(batches)
        enter_all(levels)
        forward_ad.name_again(duals)
        take_hooks()
        try:
            outcome["result"] = context.run(function, *arguments)
        except BaseException as error:
            outcome["error"] = error

    thread = threading.Thread(target=work, name="backward within backward")
    thread.start()
    thread.join()
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]
