"""Weights with a structure: identities, orthogonal and sparse matrices.

Apart from those whose elements are all alike.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy

from chainrule._core.writes import overwrite
from chainrule.autograd import no_grad

if TYPE_CHECKING:
    from chainrule._core.core import Tensor
    from chainrule.functions.random import Generator


@no_grad()
def eye_(tensor: Tensor) -> Tensor:
    """Make a matrix the identity.

    >>> import chainrule as torch
    >>> torch.nn.init.eye_(torch.empty(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if tensor.ndim != 2:
        raise ValueError(f"Only tensors with 2 dimensions are supported, found {tensor.ndim}")
    return overwrite(tensor, numpy.eye(*tensor.shape))


@no_grad()
def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make the weight of a convolution pass its input channels on unchanged.

    >>> import chainrule as torch
    >>> torch.nn.init.dirac_(torch.empty(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    sizes = tuple(tensor.shape)
    if sizes[0] % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    array = numpy.zeros(sizes)
    a_group = sizes[0] // groups
    middle = tuple(size // 2 for size in sizes[2:])
    for group in range(groups):
        for channel in range(min(a_group, sizes[1])):
            array[(group * a_group + channel, channel, *middle)] = 1
    return overwrite(tensor, array)


@no_grad()
def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Fill with an orthogonal matrix (rows by all the rest), times `gain`.

    >>> import chainrule as torch
    >>> w = torch.nn.init.orthogonal_(torch.empty(2, 2))
    >>> torch.allclose(w @ w.T, torch.eye(2), atol=1e-6)
    True
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    columns = tensor.numel() // rows
    drawn = tensor.new_empty((rows, columns)).normal_(0, 1, generator=generator)
    tall = drawn.numpy().T if rows < columns else drawn.numpy()
    q, r = numpy.linalg.qr(tall)
    q = q * numpy.sign(numpy.diagonal(r))  # so that every orthogonal matrix is as likely
    overwrite(tensor, (q.T if rows < columns else q).reshape(tensor.shape))
    return tensor.mul_(gain)


@no_grad()
def sparse_(
    tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None
) -> Tensor:
    """Fill a matrix normally, then zero the share `sparsity` of each column.

    >>> import chainrule as torch
    >>> (torch.nn.init.sparse_(torch.empty(4, 1), sparsity=0.5) == 0).sum()
    tensor(2)
    """
    from chainrule.functions import randperm

    if tensor.ndim != 2:
        raise ValueError(f"Only tensors with 2 dimensions are supported, found {tensor.ndim}")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    tensor.normal_(0, std, generator=generator)
    for column in range(columns):
        tensor[randperm(rows)[:zeros], column] = 0
    return tensor
