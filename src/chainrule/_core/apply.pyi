from typing import Any

from numpy import ndarray

from chainrule._core.core import Tensor

Array = ndarray[Any, Any]

def wrap_array(array: Array) -> Tensor: ...
def alias_of(x: Tensor) -> Tensor: ...
