"""backward and grad: from what the user asks to a run of the engine.

Apart from the engine, which takes nodes and checked seeds: everything that can be wrong with
a call is found here, before anything runs.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import any_transformed, wrap_array
from chainrule._core.core import AccumulateGrad, Node, Tensor, node_of
from chainrule._core.cuts import mark
from chainrule._core.engine import backward_from_scalar, run_backward
from chainrule._core.modes import in_transform
from chainrule._core.wrapped import Wrapped
from chainrule.functions.declare import method
from chainrule.functions.refusals import cut_text

if TYPE_CHECKING:
    from collections.abc import Sequence


class GradientEdge(tuple):
    """A place in the graph: a node and which of its results."""

    __slots__ = ()

    def __new__(cls, node, output_nr, ownership_token=None):
        """A place in the graph; the token keeps alive what it must."""
        return tuple.__new__(cls, (node, output_nr, ownership_token))

    node = property(lambda self: self[0])
    output_nr = property(lambda self: self[1])
    ownership_token = property(lambda self: self[2])

    def __repr__(self):
        return f"GradientEdge(node={self.node}, output_nr={self.output_nr})"


def _sequence(value, single=(Tensor, GradientEdge)):
    if isinstance(value, single) or value is None:
        return [value]
    return list(value)


def _edge(target) -> tuple[Node, int] | None:
    """The node and result number of a tensor or a GradientEdge; None where there is no graph."""
    if isinstance(target, GradientEdge):
        return target.node, target.output_nr
    node = node_of(target)
    return None if node is None else (node, target.output_nr if target.grad_fn else 0)


def _roots(tensors) -> list[tuple[Node, int]]:
    roots = []
    for position, tensor in enumerate(tensors):
        edge = _edge(tensor)
        if edge is None:
            raise RuntimeError(
                f"element {position} of tensors does not require grad and does not have a "
                f"grad_fn: it is a constant of shape {list(tensor.shape)}"
                + (cut_text(tensor) or ", made of tensors none of which requires grad")
            )
        roots.append(edge)
    return roots


def _seed(tensor, gradient, position, batched=False) -> Tensor:
    """The cotangent to start with: the given one, checked, or 1 for a scalar."""
    if gradient is None:
        return _implicit_seed(tensor)
    if not isinstance(gradient, Tensor):
        raise TypeError(
            f"gradients can be either Tensors or None, but got {type(gradient).__name__}"
        )
    if isinstance(tensor, GradientEdge):
        return gradient
    shape = gradient.shape[1:] if batched else gradient.shape
    if tuple(shape) != tuple(tensor.shape):
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{position}] has a shape of {gradient.shape} and "
            f"output[{position}] has a shape of {tensor.shape}."
        )
    if gradient.dtype.is_complex != tensor.dtype.is_complex:
        raise RuntimeError(
            "For complex Tensors, both grad_output and output are required to have the same "
            f"dtype. Mismatch in dtype: grad_output[{position}] has a dtype of {gradient.dtype} "
            f"and output[{position}] has a dtype of {tensor.dtype}."
        )
    return gradient if gradient.dtype is tensor.dtype else gradient.to(tensor.dtype)


def _implicit_seed(tensor) -> Tensor:
    if isinstance(tensor, GradientEdge):
        raise RuntimeError("a GradientEdge needs a gradient: its shape is not known")
    if tensor.dtype.is_complex:
        raise RuntimeError(
            "grad can be implicitly created only for real scalar outputs but got "
            f"{tensor.dtype}; pass gradient="
        )
    array = tensor._array
    if array.size != 1:
        raise RuntimeError(
            "grad can be implicitly created only for scalar outputs; this one has shape "
            f"{list(tensor.shape)}: pass gradient=, a tensor of that shape"
        )
    return wrap_array(numpy.ones(array.shape, array.dtype))


def _seeds(tensors, gradients, batched=False) -> list[Tensor]:
    gradients = [None] * len(tensors) if gradients is None else _sequence(gradients)
    if len(gradients) != len(tensors):
        raise RuntimeError(f"got {len(tensors)} tensors and {len(gradients)} gradients")
    return [
        _seed(tensor, gradient, position, batched)
        for position, (tensor, gradient) in enumerate(zip(tensors, gradients))
    ]


def _settled(tensors: list) -> list:
    """The tensors, as they are seen now that a level of forward mode may have been left."""
    if not any_transformed(tensors):
        return tensors
    from chainrule.transforms.crossing import settled_tensor

    return [settled_tensor(x) if isinstance(x, Tensor) else x for x in tensors]


def _inside(tensors) -> tuple:
    """The levels of transforms that a backward from these tensors takes place within."""
    wrapped = [
        tensor._array
        for tensor in tensors
        if isinstance(tensor, Tensor) and isinstance(tensor._array, Wrapped)
    ]
    if not wrapped:
        return ()
    from chainrule.transforms.levels import levels_of

    return tuple({level for array in wrapped for level in levels_of(array)})


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Sequence[Tensor | None] | None = None,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add to the .grad of every leaf the gradient of sum(tensor * grad_tensor).

    `grad_tensors` have the shapes of `tensors`; None stands for 1 and is allowed for tensors of
    one element. With `inputs`, only those get a gradient. The graph's saved values are freed
    unless `retain_graph` (by default: `create_graph`). Raises RuntimeError for tensors without
    a graph, gradients of wrong shape, and graphs that were freed.

    >>> import chainrule as torch
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> torch.autograd.backward([x * x], [torch.tensor([1.0, 10.0])])
    >>> x.grad
    tensor([ 2., 40.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.backward.html
    """
    _refuse_in_transform()
    if inputs is not None:
        inputs = _sequence(inputs)
        if not inputs:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    tensors = _settled(_sequence(tensors))
    seeds = _seeds(tensors, grad_tensors if grad_variables is None else grad_variables)
    roots = _roots(tensors)
    if create_graph:
        warnings.warn(
            "Using backward() with create_graph=True will create a reference cycle between the "
            "parameter and its gradient; autograd.grad returns the gradient instead, and "
            "setting .grad to None breaks the cycle.",
            stacklevel=2,
        )
    retain = create_graph if retain_graph is None else retain_graph
    inside = _inside([*tensors, *seeds])
    if inputs is None:
        run_backward(roots, seeds, None, None, retain, create_graph, inside)
    else:
        _backward_to(roots, seeds, inputs, retain, create_graph, inside)


def _refuse_in_transform() -> None:
    if in_transform():
        raise RuntimeError(
            "backward() called inside a functorch transform. This is not supported, please use "
            "functorch.grad or functorch.vjp instead or call backward() outside of functorch "
            "transforms."
        )


def _backward_to(roots, seeds, inputs, retain, create, inside) -> None:
    """Accumulate into the named tensors only; those that are not leaves get .grad too."""
    edges = [_wanted_edge(tensor) for tensor in inputs]
    inner = [k for k, (node, _) in enumerate(edges) if not isinstance(node, AccumulateGrad)]
    captures = [edges[k] for k in inner]
    targets = [node for node, _ in edges]
    found = run_backward(roots, seeds, targets, captures, retain, create, inside)
    for k, gradient in zip(inner, found):
        if gradient is not None:
            tensor = inputs[k]
            tensor._grad = gradient if tensor._grad is None else tensor._grad + gradient


def _wanted_edge(tensor) -> tuple[Node, int]:
    edge = _edge(tensor)
    if edge is None:
        raise RuntimeError(
            "One of the differentiated Tensors does not require grad: it has shape "
            f"{list(tensor.shape)}" + cut_text(tensor)
        )
    return edge


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor] | dict,
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple | dict:
    """The gradients of sum(output * grad_output) with respect to the inputs, as a tuple.

    Nothing is added to any .grad. A dict of inputs gives a dict. With `is_grads_batched`, each
    of `grad_outputs` has one more dimension in front and so have the results. An input that the
    outputs do not depend on raises, or is None with `allow_unused`, or zeros with
    `materialize_grads`.

    >>> import chainrule as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> (dx,) = torch.autograd.grad(x**3, x, create_graph=True)
    >>> dx, torch.autograd.grad(dx, x)
    (tensor(27., grad_fn=<MulBackward0>), (tensor(18.),))

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.grad.html
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but "
            "got: allow_unused=False."
        )
    if isinstance(inputs, dict):
        options = (retain_graph, create_graph, allow_unused, is_grads_batched, materialize_grads)
        return dict(zip(inputs, grad(outputs, list(inputs.values()), grad_outputs, *options)))
    outputs, inputs = _settled(_sequence(outputs)), _sequence(inputs)
    seeds = _seeds(outputs, grad_outputs, is_grads_batched)
    roots = _roots(outputs)
    edges = [_wanted_edge(tensor) for tensor in inputs]
    retain = create_graph if retain_graph is None else retain_graph
    found: list[Tensor | None]
    if is_grads_batched:
        found = _batched(roots, seeds, edges, retain, create_graph)
    else:
        targets = [node for node, _ in edges]
        inside = _inside([*outputs, *seeds])
        found = run_backward(roots, seeds, targets, edges, retain, create_graph, inside)
    unused = allow_unused or materialize_grads
    return _checked(found, inputs, unused, materialize_grads, seeds, create_graph)


def _batched(roots, seeds, edges, retain, create) -> list[Tensor | None]:
    """One run for each member of the batch of seeds."""
    from chainrule.functions import stack

    if any(seed.ndim == 0 for seed in seeds) or len({len(seed) for seed in seeds}) != 1:
        raise RuntimeError(
            "grad: is_grads_batched=True needs grad_outputs, each with a first dimension of one "
            f"size; found shapes {[list(seed.shape) for seed in seeds]}"
        )
    size = len(seeds[0])
    if not size:
        raise RuntimeError("grad: is_grads_batched=True with a batch of size 0")
    targets = [node for node, _ in edges]
    runs = []
    for k in range(size):
        keep = retain or k < size - 1
        runs.append(run_backward(roots, [seed[k] for seed in seeds], targets, edges, keep, create))
    return [None if None in parts else stack(parts) for parts in zip(*runs)]


def _checked(found, inputs, allow_unused, materialize, seeds, create) -> tuple[Tensor | None, ...]:
    for position, gradient in enumerate(found):
        if gradient is None and not allow_unused:
            raise RuntimeError(
                f"The differentiated Tensor at index {position} appears to not have been used "
                "in the graph. Set allow_unused=True if this is the desired behavior."
                + _unused_text(inputs[position])
            )
    if not create:
        _mark_constants(found, inputs, seeds)
    if materialize:
        found = [
            _zeros_like(tensor) if gradient is None else gradient
            for tensor, gradient in zip(inputs, found)
        ]
    return tuple(found)


def _zeros_like(tensor: Tensor) -> Tensor:
    return wrap_array(numpy.zeros(tensor._array.shape, tensor._array.dtype))


def _unused_text(wanted) -> str:
    if isinstance(wanted, GradientEdge):
        return ""
    return (
        f" It has shape {list(wanted.shape)}; explain.why_none(output, input) says where the way "
        "to it ends."
    )


def _mark_constants(found, inputs, seeds) -> None:
    """Note of gradients without a graph where they are from; not of seeds that came through."""
    for tensor, gradient in zip(inputs, found):
        known = gradient is None or any(gradient is seed for seed in seeds)
        if isinstance(tensor, Tensor) and not known:
            mark(gradient, tensor, "grad")


@method(name="backward")
def _backward_method(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    """Add to the .grad of the leaves the gradient of this tensor (times `gradient`).

    >>> import chainrule as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> (x * x).backward()
    >>> x.grad
    tensor(6.)
    """
    plain = gradient is None and retain_graph is None and not create_graph and inputs is None
    if plain and not in_transform() and backward_from_scalar(self):
        return
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)
