"""torch.compiler: what a program asks about being compiled. It never is: chainrule runs eagerly.

Apart, because libraries ask these questions of every PyTorch. There is no `torch.compile`.
"""

from __future__ import annotations

__all__ = ["is_compiling", "is_dynamo_compiling", "is_exporting"]


def is_compiling() -> bool:
    """Whether the calling code is being compiled: False.

    >>> import chainrule as torch
    >>> torch.compiler.is_compiling()
    False
    """
    return False


is_dynamo_compiling = is_exporting = is_compiling
