"""While a transform runs a user's function: what the function may not do is refused.

Apart from the transforms, all of which note that they are under way.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from chainrule._core.modes import enter_transform, leave_transform

if TYPE_CHECKING:
    from collections.abc import Callable


def noted(func: Callable[..., Any]) -> Callable[..., Any]:
    """The function, while which runs a transform is under way in this thread."""

    @functools.wraps(func)
    def inside(*args: Any, **kwargs: Any) -> Any:
        enter_transform()
        try:
            return func(*args, **kwargs)
        finally:
            leave_transform()

    return inside
