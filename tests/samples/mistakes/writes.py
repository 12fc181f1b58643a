"""Mistakes: writing in place where it must not be.

Apart because what is asked is allowed elsewhere, only not of this tensor.
"""

from __future__ import annotations

from tests.samples.mistakes.mistake import leaf, mistake


def overwrite_what_is_saved(torch):
    y = leaf(torch, 3).exp()
    y.mul_(2)
    y.sum().backward()


MISTAKES = (
    mistake(
        "write to a leaf",
        lambda torch: leaf(torch, 2).add_(1),
        RuntimeError,
        "a leaf Variable that requires grad is being used in an in-place operation",
    ),
    mistake(
        "write to a slice of a leaf",
        lambda torch: leaf(torch, 2)[0].add_(1),
        RuntimeError,
        "a view of a leaf Variable that requires grad is being used in an in-place",
    ),
    mistake(
        "assign to a leaf",
        lambda torch: leaf(torch, 2).__setitem__(0, 1.0),
        RuntimeError,
        "a view of a leaf Variable that requires grad is being used in an in-place",
    ),
    mistake(
        "write to a saved value",
        lambda torch: overwrite_what_is_saved(torch),
        RuntimeError,
        "[torch.FloatTensor [3]], which is output 0 of Exp, is at version 1; expected",
    ),
    mistake(
        "write to an expanded view",
        lambda torch: torch.ones(1).expand(3).add_(1),
        RuntimeError,
        "unsupported operation: more than one element of the written-to tensor refers to a",
    ),
    mistake(
        "write that needs another dtype",
        lambda torch: torch.ones(2, dtype=torch.int64).add_(1.5),
        RuntimeError,
        "result type Float can't be cast to the desired output type Long",
    ),
    mistake(
        "write that divides integers",
        lambda torch: torch.ones(2, dtype=torch.int64).div_(2),
        RuntimeError,
        "result type Float can't be cast to the desired output type Long",
    ),
    mistake(
        "write that needs another shape",
        lambda torch: torch.ones(1).add_(torch.ones(2)),
        RuntimeError,
        "output with shape [1] doesn't match the broadcast shape [2]",
    ),
    mistake(
        "copy of another shape",
        lambda torch: torch.ones(3).copy_(torch.ones(2, 3)),
        RuntimeError,
        "output with shape [3] doesn't match the broadcast shape [2, 3]",
    ),
    mistake(
        "copy of text",
        lambda torch: torch.ones(3).copy_("a"),
        TypeError,
        "copy_(): argument 'other' (position 1) must be Tensor, not str",
    ),
    mistake(
        "fill with a vector",
        lambda torch: torch.ones(3).fill_(torch.ones(4)),
        RuntimeError,
        "fill_ only supports 0-dimension value tensor but got tensor with 1 dimensions.",
    ),
    mistake(
        "fill with a number that does not fit",
        lambda torch: torch.ones(1).fill_(1e60),
        RuntimeError,
        "value cannot be converted to type float without overflow",
    ),
    mistake(
        "write complex into real",
        lambda torch: torch.ones(2).mul_(1j),
        RuntimeError,
        "result type ComplexFloat can't be cast to the desired output type Float",
    ),
    mistake(
        "write of a float result into bool",
        lambda torch: torch.ones(2, dtype=torch.bool).add_(2.5),
        RuntimeError,
        "result type Float can't be cast to the desired output type Bool",
    ),
)
