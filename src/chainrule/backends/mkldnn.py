"""torch.backends.mkldnn: Intel's oneDNN, which is not used; its switches can be set and read.

Apart, because scripts switch it off to compare results.
"""

from __future__ import annotations

import sys

from chainrule.backends.switches import Switches

__all__ = ["allow_tf32", "deterministic", "enabled", "is_available"]

enabled = True
deterministic = False
allow_tf32 = True


def is_available() -> bool:
    """Whether oneDNN is used: False."""
    return False


sys.modules[__name__].__class__ = Switches
