"""Mistakes: backward, grad, requires_grad and .grad asked for what they cannot give.

Apart because the tape speaks here, not an operation.
"""

from __future__ import annotations

import numpy as np

from tests.samples.mistakes.mistake import leaf, mistake


def go_back_twice(torch):
    loss = leaf(torch, 2).exp().sum()
    loss.backward()
    loss.backward()


def differentiate_a_line_twice(torch):
    x = leaf(torch, 1)
    (slope,) = torch.autograd.grad(x.mul(3).sum(), x, create_graph=True)
    torch.autograd.grad(slope.sum(), x)


def run_backward(torch, inputs, rule):
    class Faulty(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *tensors):
            return sum(tensors) * 2

        @staticmethod
        def backward(ctx, g):
            return rule(g)

    Faulty.apply(*(leaf(torch, 2) for _ in range(inputs))).sum().backward()


MISTAKES = (
    mistake(
        "backward on a non-scalar",
        lambda torch: leaf(torch, 2).mul(2).backward(),
        RuntimeError,
        "grad can be implicitly created only for scalar outputs",
    ),
    mistake(
        "backward on an empty tensor",
        lambda torch: leaf(torch, 0).mul(2).backward(),
        RuntimeError,
        "grad can be implicitly created only for scalar outputs",
    ),
    mistake(
        "backward on a complex scalar",
        lambda torch: (leaf(torch, 1).sum() * 1j).backward(),
        RuntimeError,
        "grad can be implicitly created only for real scalar outputs but got",
    ),
    mistake(
        "backward without a graph",
        lambda torch: torch.ones(1).backward(),
        RuntimeError,
        "element 0 of tensors does not require grad and does not have a grad_fn",
    ),
    mistake(
        "backward of a constant result",
        lambda torch: (torch.ones(2) * 2).sum().backward(),
        RuntimeError,
        "element 0 of tensors does not require grad and does not have a grad_fn",
    ),
    mistake(
        "a gradient of the wrong shape",
        lambda torch: leaf(torch, 2).mul(2).backward(torch.ones(3)),
        RuntimeError,
        "Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0]",
    ),
    mistake(
        "a gradient that would broadcast",
        lambda torch: leaf(torch, 2).mul(2).backward(torch.ones(1)),
        RuntimeError,
        "Mismatch in shape: grad_output[0] has a shape of torch.Size([1]) and output[0]",
    ),
    mistake(
        "a gradient that is a number",
        lambda torch: leaf(torch, 2).mul(2).backward(1.0),
        TypeError,
        "float",
    ),
    mistake(
        "a complex gradient for a real result",
        lambda torch: leaf(torch, 2).mul(2).backward(torch.ones(2, dtype=torch.complex64)),
        RuntimeError,
        "For complex Tensors, both grad_output and output are required to have the same",
    ),
    mistake(
        "a second backward",
        lambda torch: go_back_twice(torch),
        RuntimeError,
        "Trying to backward through the graph a second time (or directly access saved",
    ),
    mistake(
        "an unused input",
        lambda torch: torch.autograd.grad(leaf(torch, 2).sum(), [leaf(torch, 2)]),
        RuntimeError,
        "The differentiated Tensor at index 0 appears to not have been used in the graph",
    ),
    mistake(
        "an input that needs no gradient",
        lambda torch: torch.autograd.grad(leaf(torch, 2).sum(), [torch.ones(2)]),
        RuntimeError,
        "One of the differentiated Tensors does not require grad",
    ),
    mistake(
        "two outputs and one gradient",
        lambda torch: torch.autograd.backward(
            [leaf(torch, 2).mul(2), leaf(torch, 2).mul(2)], [torch.ones(2)]
        ),
        RuntimeError,
        "got 2 tensors and 1 gradients",
    ),
    mistake(
        "no inputs",
        lambda torch: leaf(torch, 2).sum().backward(inputs=[]),
        RuntimeError,
        "`inputs` argument to `backward()` cannot be empty",
    ),
    mistake(
        "materialized but not allowed unused",
        lambda torch: torch.autograd.grad(
            leaf(torch, 2).sum(), [leaf(torch, 2)], allow_unused=False, materialize_grads=True
        ),
        ValueError,
        "Expected allow_unused to be True or not passed when materialize_grads=True",
    ),
    mistake(
        "the second derivative of a linear function",
        lambda torch: differentiate_a_line_twice(torch),
        RuntimeError,
        "element 0 of tensors does not require grad and does not have a grad_fn",
    ),
    mistake(
        "too few gradients from a Function",
        lambda torch: run_backward(torch, 2, lambda g: g),
        RuntimeError,
        "function FaultyBackward returned an incorrect number of gradients (expected 2, got 1)",
    ),
    mistake(
        "a misshapen gradient from a Function",
        lambda torch: run_backward(torch, 1, lambda g: torch.ones(7)),
        RuntimeError,
        "Function FaultyBackward returned an invalid gradient at index 0 - got [7] but",
    ),
    mistake(
        "gradients of integers",
        lambda torch: torch.ones(2, dtype=torch.int64).requires_grad_(),
        RuntimeError,
        "only Tensors of floating point dtype can require gradients",
    ),
    mistake(
        "a tensor of integers that requires grad",
        lambda torch: torch.tensor([1, 2], requires_grad=True),
        RuntimeError,
        "Only Tensors of floating point and complex dtype can require gradients",
    ),
    mistake(
        "zeros of booleans that require grad",
        lambda torch: torch.zeros(2, dtype=torch.bool, requires_grad=True),
        RuntimeError,
        "Only Tensors of floating point and complex dtype can require gradients",
    ),
    mistake(
        "requires_grad of a result",
        lambda torch: setattr(leaf(torch, 2).mul(2), "requires_grad", False),
        RuntimeError,
        "you can only change requires_grad flags of leaf variables",
    ),
    mistake(
        "requires_grad that is a number",
        lambda torch: setattr(torch.ones(2), "requires_grad", 2),
        RuntimeError,
        "requires_grad must be a bool",
    ),
    mistake(
        "a gradient that is no tensor",
        lambda torch: setattr(leaf(torch, 2), "grad", 3),
        TypeError,
        "assigned grad expected to be a Tensor or None but got grad of type int",
    ),
    mistake(
        "a gradient of another size",
        lambda torch: setattr(leaf(torch, 2), "grad", torch.ones(3)),
        RuntimeError,
        "attempting to assign a gradient of size '[3]' to a tensor of size '[2]'. Please",
    ),
    mistake(
        "a gradient of another dtype",
        lambda torch: setattr(leaf(torch, 2), "grad", torch.ones(2, dtype=torch.float64)),
        RuntimeError,
        "attempting to assign a gradient with dtype",
    ),
    mistake(
        "its own gradient",
        lambda torch: setattr((x := leaf(torch, 2)), "grad", x),
        RuntimeError,
        "can't assign Variable as its own grad",
    ),
    mistake(
        "numpy of what requires grad",
        lambda torch: leaf(torch, 2).numpy(),
        RuntimeError,
        "Can't call numpy() on Tensor that requires grad",
    ),
    mistake(
        "asarray of what requires grad",
        lambda torch: np.asarray(leaf(torch, 2)),
        RuntimeError,
        "Can't call numpy() on Tensor that requires grad",
    ),
    mistake(
        "derivative of floor_divide",
        lambda torch: torch.floor_divide(leaf(torch, 2), 2).sum().backward(),
        RuntimeError,
        "derivative for aten::floor_divide is not implemented",
    ),
)
