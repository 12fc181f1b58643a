"""torch.testing: comparing results, and making tensors to compare.

Apart from the package, of which it uses the public side only, and no part of which may use it.
"""

from __future__ import annotations

from chainrule.testing._closeness import assert_close
from chainrule.testing._tensors import make_tensor

__all__ = ["assert_close", "make_tensor"]
