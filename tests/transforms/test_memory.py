"""Inside a transform an argument is the same memory as outside: its writes are counted there."""

import pytest

import chainrule as torch


def doubled(x):
    return x.mul_(2).sum()


def in_vmap(x):
    torch.func.vmap(doubled)(x)


def in_jvp(x):
    torch.func.jvp(doubled, (x,), (torch.ones_like(x),))


@pytest.mark.parametrize("write", [in_vmap, in_jvp])
def test_a_write_inside_is_counted_outside(write):
    x = torch.ones(3)

    write(x)

    assert (x.tolist(), x._version) == ([2.0, 2.0, 2.0], 1)


@pytest.mark.parametrize("write", [in_vmap, in_jvp])
def test_backward_refuses_what_was_written_to_inside(write):
    x, w = torch.ones(3), torch.ones(3, requires_grad=True)
    loss = (w * x).sum()
    write(x)

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@pytest.mark.parametrize("write", [in_vmap, in_jvp])
def test_a_leaf_that_requires_grad_may_not_be_written_to_inside(write):
    x = torch.ones(3, requires_grad=True)

    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used"):
        write(x)

    assert x.tolist() == [1.0, 1.0, 1.0]


def test_a_result_that_requires_grad_may_not_be_written_to_in_a_batch():
    """Guards: outside it would keep the history of its former values."""
    y = torch.ones(3, requires_grad=True) * 2

    with pytest.raises(RuntimeError, match=r"in-place operation.*clone"):
        in_vmap(y)

    assert y.tolist() == [2.0, 2.0, 2.0]
