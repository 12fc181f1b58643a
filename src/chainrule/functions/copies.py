"""The same tensor anew: as an object of a subclass, as a deep copy, from a pickle.

Apart from conversion.py's clone, which is an operation: these leave the graph as it is.
"""

from __future__ import annotations

from chainrule._core.core import Tensor, bind_method, blank
from chainrule._core.operation import bind_late
from chainrule._core.writes import put_array, replace_array, share
from chainrule.functions.declare import method
from chainrule.functions.identity import constant_array, set_requires_grad

# -------------------------------------------------------------------------------- subclasses


@method
def as_subclass(self, cls) -> Tensor:
    """The same tensor as an object of a subclass, still in the graph."""
    return make_subclass(cls, self)


def make_subclass(cls, tensor) -> Tensor:
    """An object of `cls` that shares the memory and the place in the graph of `tensor`."""
    return blank(cls)._become(tensor)


def _make_subclass(cls, data, require_grad=False):
    made = share(blank(cls), data)
    put_array(made, constant_array(data))
    if require_grad:
        set_requires_grad(made, True)
    return made


def _result_subclass(tensor, cls):
    """What an operation on a subclass gives: of that subclass, unless the class says otherwise."""
    return tensor if getattr(cls, "_plain_results", False) else make_subclass(cls, tensor)


bind_method("_make_subclass", staticmethod(_make_subclass))
bind_late({"as_subclass_of": _result_subclass})


# ------------------------------------------------------------------------ copies and pickles


def _deepcopy(self, memo):
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
            f"protocol at the moment; this one came from {self.grad_fn.name()} at "
            f"{self.grad_fn.source}. Its detach() can be copied."
        )
    if id(self) in memo:
        return memo[id(self)]
    made = _rebuild(self.__class__, constant_array(self).copy(order="K"), self.requires_grad)
    memo[id(self)] = made
    if self._grad is not None:
        made._grad = _deepcopy(self._grad.detach(), {})
    made.__dict__.update(_copied(self.__dict__, memo))
    return made


def _copied(attributes, memo):
    if not attributes:
        return attributes
    from copy import deepcopy

    return deepcopy(attributes, memo)


def _rebuild(cls, array, requires_grad):
    made = blank(cls or Tensor)
    replace_array(made, array)
    made._set_needs_grad(requires_grad)
    return made


def _reduce(self, protocol):
    """Pickling keeps the values and requires_grad; a result becomes a leaf, .grad is dropped."""
    kind = None if self.__class__ is Tensor else self.__class__
    arguments = (kind, constant_array(self), self.requires_grad)
    return _rebuild, arguments, self.__dict__ or None


bind_method("__deepcopy__", _deepcopy)
bind_method("__reduce_ex__", _reduce)
