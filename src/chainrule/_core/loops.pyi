"""Types of `loops.pyx`: what Python modules use of it."""

from typing import Any

def __getattr__(name: str) -> Any: ...
