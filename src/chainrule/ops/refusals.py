"""Rules that refuse: of ops that PyTorch records but does not differentiate.

Apart from the records, because several families have such ops, all with the same words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable


def refusal(message: str, error: type[Exception] = RuntimeError) -> Callable:
    """A rule that raises when a backward comes to it."""

    def refuse(g) -> NoReturn:
        raise error(message)

    return refuse
