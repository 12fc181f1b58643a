"""What the activations share that can write into their input.

Apart from the layers, which stand in several files, by what their functions are made of.
"""

from __future__ import annotations

from chainrule.nn.modules.module import Module


def shown(text: str, inplace: bool) -> str:
    """`text`, and that the layer writes into its input where it does."""
    return text + (", " if text and inplace else "") + ("inplace=True" if inplace else "")


class MayWriteInPlace(Module):
    """What the layers share that can write into their input and have no other setting."""

    __constants__ = ["inplace"]
    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        return shown("", self.inplace)
