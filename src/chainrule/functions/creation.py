"""Tensors from nothing."""

from __future__ import annotations

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.types import as_dtype, get_default_dtype
from chainrule.functions.declare import public


@public
def tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False):
    if isinstance(data, Tensor):
        data = data._array.copy()
    array = numpy.array(data)
    if dtype is not None:
        array = array.astype(as_dtype(dtype).numpy)
    elif array.dtype.kind == "f" and not isinstance(data, (numpy.ndarray, numpy.generic)):
        array = array.astype(get_default_dtype().numpy)
    made = wrap_array(array)
    if requires_grad:
        made._set_needs_grad(True)
    return made


def _filled(maker):
    def f(*size, dtype=None, requires_grad=False, out=None, device=None, layout=None):
        if len(size) == 1 and isinstance(size[0], (tuple, list)):
            size = size[0]
        made = wrap_array(maker(tuple(size), (as_dtype(dtype) if dtype else get_default_dtype()).numpy))
        if requires_grad:
            made._set_needs_grad(True)
        return made
    return f


for name in ("zeros", "ones", "empty"):
    f = _filled(getattr(numpy, name))
    f.__name__ = name
    public(f)
