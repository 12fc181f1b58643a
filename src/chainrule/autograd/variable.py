"""Variable, the name that tensors with a gradient had in PyTorch's first years.

Apart, because programs import it from here by name.
"""

from __future__ import annotations

from chainrule.functions.legacy import Variable

__all__ = ["Variable"]
