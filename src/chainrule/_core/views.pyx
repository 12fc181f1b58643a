"""What a view is once its base was written to, and what a base is once a view of it was.

Apart from writes, which decides who may write; here is what becomes of the graph.

Note: a write through a view is one operation on the base. `v.mul_(y)` on a view v of b gives
v the node of the product; then b becomes `overlay(b, v)`, the old b with the new v written over
the view's place; and v, like every other view of b, becomes `as_strided(b)` when it is next
asked for its node. Each of the two is an ordinary op with an ordinary derivative.
"""
cimport numpy as cnp

from chainrule._core cimport types
from chainrule._core.core cimport Tensor, dispatch, wrap
from chainrule._core.operation cimport Op
from chainrule._core.recording cimport record
from chainrule._core.types cimport dtype

import numpy

cnp.import_array()

# Ops that this module needs by name; `ops` binds them at import.
cdef Op as_strided = None
cdef Op overlay = None
cdef Op view_as_real = None
cdef Op view_as_complex = None
cdef Op parts_overlaid = None       # view_as_complex, its node named as a write's


def bind_ops(Op as_strided_op, Op overlay_op, Op view_as_real_op, Op view_as_complex_op):
    """Give the ops that writes through views are made of."""
    global as_strided, overlay, view_as_real, view_as_complex, parts_overlaid
    as_strided, overlay = as_strided_op, overlay_op
    view_as_real, view_as_complex = view_as_real_op, view_as_complex_op
    parts_overlaid = view_as_complex.named("CopySlices")


cdef dict geometry(object array, object whole):
    """Where a view lies in its base, counted in elements."""
    cdef Py_ssize_t item = whole.itemsize
    offset = address_of(array) - address_of(whole)
    return {
        "size": array.shape,
        "stride": tuple([step // item for step in array.strides]),
        "offset": offset // item,
        "base_stride": tuple([step // item for step in whole.strides]),
    }


cdef Py_ssize_t address_of(object array) except? -1:
    """Where in memory the first element lies."""
    if type(array) is cnp.ndarray:
        return <Py_ssize_t>cnp.PyArray_BYTES(<cnp.ndarray>array)
    return array.address


cdef Tensor seen_as(Op op, Tensor x):
    """view_as_real(x) or view_as_complex(x), recorded."""
    array = op.kernel(numpy, x.array)
    cdef Tensor out = wrap(array)
    out.storage = x.storage
    record(op, (x,), None, out, None)
    return out


cdef object refresh(Tensor x):
    """Make a view's node anew if its base was written to since the node was made."""
    if x.storage is None or x.storage.version == x.node_version:
        return None
    if not x.base.needs_grad or not views_values(x):
        x.node_version = x.storage.version
        return None
    derive(x)
    return None


cdef int derive(Tensor x) except -1:
    """Let x be the view of its base that its place in memory says it is."""
    cdef Tensor base = x.base, parts
    cdef dtype mine = types.dtype_of(x.array), its = types.dtype_of(base.array)
    if mine is its:
        record(as_strided, (base,), geometry(x.array, base.array), x, None)
    elif its is real_of(mine):
        parts = wrap(view_as_real.kernel(numpy, x.array))
        record(as_strided, (base,), geometry(parts.array, base.array), parts, None)
        record(view_as_complex, (parts,), None, x, None)
    else:
        parts = seen_as(view_as_real, base)
        record(as_strided, (parts,), geometry(x.array, parts.array), x, None)
    x.node_version = x.storage.version
    return 0


cdef int cover(Tensor x, Tensor value) except -1:
    """Let x's base be its former self with `value` written over the place of x."""
    cdef Tensor base = x.base, parts, placeholder = wrap(None)
    cdef dtype mine = types.dtype_of(x.array), its = types.dtype_of(base.array)
    if mine is its:
        record(overlay, (base, value), geometry(x.array, base.array), base, placeholder)
    elif its is real_of(mine):
        place = geometry(view_as_real.kernel(numpy, x.array), base.array)
        record(overlay, (base, seen_as(view_as_real, value)), place, base, placeholder)
    else:
        parts = seen_as(view_as_real, base)
        record(overlay, (parts, value), geometry(x.array, parts.array), parts, placeholder)
        record(parts_overlaid, (parts,), None, base, placeholder)
    return 0


cdef bint views_values(Tensor x) except -1:
    """Whether x shows values of its base, or their parts: bits read as another type do not."""
    cdef dtype mine, its
    if x.base is None:
        return False
    mine, its = types.dtype_of(x.array), types.dtype_of(x.base.array)
    return mine is its or its is real_of(mine) or mine is real_of(its)


cdef dtype real_of(dtype kind):
    """The type of the parts of a complex type; None for others."""
    return <dtype>kind.to_real() if kind.is_complex else None


dispatch.refresh = refresh
