from collections.abc import Callable
from typing import Any, TypeVar

from chainrule._core.apply import Array
from chainrule._core.types import dtype

Result = TypeVar("Result")

def call_quietly(function: Callable[..., Result], *arguments: Any, **keywords: Any) -> Result: ...
def result_dtype(*operands: Any) -> dtype: ...
def expanded_array(array: Array, shape: tuple[int, ...]) -> Array: ...
