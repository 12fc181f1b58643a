"""The backward pass."""
from chainrule._core.core cimport Node, Tensor
