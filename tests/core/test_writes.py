"""Writing into tensors: versions, views of views, and what is refused.

Apart from the tests of single operations: only who shares memory with whom is looked at here.
"""

import numpy as np
import pytest

import chainrule as torch


def leaf(*values):
    return torch.tensor(list(values), dtype=torch.float64, requires_grad=True)


# ------------------------------------------------------------------------------- versions


def test_every_write_counts_once_for_all_that_share_the_memory():
    x = torch.zeros(4)
    view, detached = x[1:][1:], x.detach()
    x.add_(1)
    view.mul_(2)
    detached[0] = 5
    x += view.sum()

    assert x._version == view._version == detached._version == 4
    assert view._base is x
    assert detached._base is None


def test_data_has_a_version_of_its_own():
    x = torch.zeros(4)
    x.data.add_(1)

    assert x._version == 0
    assert x.tolist() == [1.0] * 4


def test_a_write_with_no_grad_counts_too():
    x = leaf(1.0, 2.0)
    y = x * x
    with torch.no_grad():
        x.mul_(2)

    assert x._version == 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


@pytest.mark.parametrize(
    ("record", "write", "breaks"),
    [
        (lambda x: x.exp(), lambda x, y: y.mul_(2), True),
        (lambda x: x.exp(), lambda x, y: x.mul_(2), False),
        (lambda x: x * x, lambda x, y: x.add_(1), True),
        (lambda x: x * x, lambda x, y: y.add_(1), False),
        (lambda x: x * 3, lambda x, y: x.add_(1), False),
        (lambda x: x + 3, lambda x, y: x.add_(1), False),
        (lambda x: x.log(), lambda x, y: x.add_(1), True),
        (lambda x: x.sum(), lambda x, y: x.add_(1), False),
        (lambda x: x / (x + 1), lambda x, y: y.add_(1), False),
    ],
)
def test_a_write_breaks_only_what_saved_the_value(record, write, breaks):
    x = leaf(1.0, 2.0) * 1
    y = record(x)
    write(x, y)
    if breaks:
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.sum().backward()
    else:
        y.sum().backward()


def test_the_error_names_both_lines():
    x = leaf(1.0, 2.0)
    y = x.exp()
    y.mul_(2)
    with pytest.raises(RuntimeError, match=r"is at version 1; expected version 0") as caught:
        y.sum().backward()
    first = test_the_error_names_both_lines.__code__.co_firstlineno

    assert f"test_writes.py:{first + 2}" in str(caught.value)
    assert f"test_writes.py:{first + 3}" in str(caught.value)


# ---------------------------------------------------------------------- views and memory


def test_a_tensor_of_an_ndarray_shares_its_memory_both_ways():
    array = np.zeros(4)
    x = torch.from_numpy(array)
    x[1:].add_(2)
    array[0] = 7

    assert array.tolist() == [7.0, 2.0, 2.0, 2.0]
    assert x.tolist() == [7.0, 2.0, 2.0, 2.0]
    assert np.shares_memory(x.numpy(), array)
    assert x.detach().numpy().ctypes.data == array.ctypes.data


def test_a_write_to_the_base_reaches_views_made_before():
    x = leaf(1.0, 2.0, 3.0, 4.0)
    base = x * 1
    view = base[1:]
    inner = view[:2]
    base.mul_(torch.arange(4.0, dtype=torch.float64))
    inner.sum().backward()

    assert inner.tolist() == [2.0, 6.0]
    assert x.grad.tolist() == [0.0, 1.0, 2.0, 0.0]


def test_a_write_to_a_view_of_a_view_reaches_the_base_and_its_other_views():
    x = leaf(1.0, 2.0, 3.0, 4.0)
    base = x * 1
    other, turned = base[2:], base.view(2, 2).t()
    turned[0].mul_(10)
    (base.sum() + other[0]).backward()

    assert base.tolist() == [10.0, 2.0, 30.0, 4.0]
    assert base.grad_fn.name() == "torch::autograd::CopySlices"
    assert x.grad.tolist() == [10.0, 1.0, 20.0, 1.0]


def test_a_constant_becomes_part_of_the_graph_by_a_write():
    x = leaf(3.0)
    y = torch.zeros(3, dtype=torch.float64)
    view = y[1:]
    y[1:2] = x
    (view * 2).sum().backward()

    assert not y.is_leaf
    assert x.grad.tolist() == [2.0]


def test_a_write_that_overwrites_stops_the_gradient_of_what_was_there():
    x, z = leaf(1.0, 2.0), leaf(5.0)
    y = x * 2
    y[0:1] = z
    y.sum().backward()

    assert x.grad.tolist() == [0.0, 2.0]
    assert z.grad.tolist() == [1.0]


# ------------------------------------------------------------------- writes that are refused

REFUSED = [
    (lambda x, y: y.add_(torch.ones(5)), "broadcast shape|must match the size"),
    (lambda x, y: y.add_(torch.ones(2, 4)), "doesn't match the broadcast shape"),
    (lambda x, y: x.add_(1), "a leaf Variable that requires grad"),
    (lambda x, y: x[1:].add_(1), "a view of a leaf Variable that requires grad"),
    (lambda x, y: y.mul_(1j), "can't be cast to the desired output type"),
    (lambda x, y: y[1:].add_(y[:-1]), "single memory location"),
    (lambda x, y: y[:1].expand(4).add_(1), "single memory location"),
    (lambda x, y: y.unbind()[0].add_(1), "is a view and is being modified inplace"),
    (lambda x, y: y.add_("a"), None),
    (lambda x, y: y.add_(None), None),
    (lambda x, y: y.copy_(torch.ones(3)), None),
    (lambda x, y: y.matmul_(y) if hasattr(y, "matmul_") else y.__imatmul__(y), None),
]


@pytest.mark.parametrize(("write", "message"), REFUSED)
def test_a_refused_write_changes_nothing(write, message):
    x = leaf(1.0, 2.0, 3.0, 4.0)
    y = x * 1
    node = y.grad_fn
    with pytest.raises((RuntimeError, TypeError, AttributeError), match=message):
        write(x, y)

    assert x.tolist() == y.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert y.grad_fn is node
    assert x._version == y._version == 0
    y.sum().backward()
    assert x.grad.tolist() == [1.0] * 4


def test_an_integer_tensor_refuses_fractions_and_stays_as_it_was():
    x = torch.tensor([1, 2, 3])
    for write in (lambda: x.add_(1.5), lambda: x.mul_(torch.ones(3)), lambda: x.exp_()):
        with pytest.raises(RuntimeError, match="can't be cast to the desired output type Long"):
            write()

    assert x.tolist() == [1, 2, 3]
    assert x._version == 0


def test_a_view_made_without_recording_may_not_be_written_to_with_it():
    y = leaf(1.0, 2.0) * 1
    with torch.no_grad():
        view = y[1:]
    with pytest.raises(RuntimeError, match="A view was created in no_grad mode"):
        view.add_(1)

    assert y.tolist() == [1.0, 2.0]


def test_the_number_of_operands_of_a_write_is_checked():
    """Guards: the core read an operand that was not given."""
    from chainrule.ops.arithmetic import mul

    for others in ((), (torch.ones(1), torch.ones(1))):
        with pytest.raises(TypeError, match="takes 2 operands"):
            mul.in_place(torch.ones(1), *others)


# ------------------------------------------------------- random programs, in place and not

SIZE = 12


def random_place(rng):
    """A view of the whole as functions of a tensor: how to make it, and its elements' numbers."""
    steps = []
    numbers = np.arange(SIZE)
    for _ in range(rng.integers(1, 4)):
        if numbers.ndim == 1 and numbers.size % 2 == 0 and rng.random() < 0.4:
            steps.append(lambda t: t.view(2, -1) if t.is_contiguous() else t.reshape(2, -1))
            if not numbers.flags.c_contiguous or np.any(np.diff(numbers) != 1):
                steps.pop()
                continue
            numbers = numbers.reshape(2, -1)
        elif numbers.ndim == 2 and rng.random() < 0.5:
            steps.append(lambda t: t.t())
            numbers = numbers.T
        elif numbers.shape[0] > 2:
            start = int(rng.integers(0, 2))
            step = int(rng.integers(1, 3))
            steps.append(lambda t, start=start, step=step: t[start::step])
            numbers = numbers[start::step]

    def view(tensor):
        for step in steps:
            tensor = step(tensor)
        return tensor

    return view, numbers


WRITES = {
    "mul_": (lambda v, c: v.mul_(c), lambda v, c: v * c),
    "add_": (lambda v, c: v.add_(c), lambda v, c: v + c),
    "copy_": (lambda v, c: v.copy_(c), lambda v, c: c.expand(v.shape)),
    "sin_": (lambda v, c: v.sin_(), lambda v, c: v.sin()),
    "cos_": (lambda v, c: v.mul_(c).cos_(), lambda v, c: (v * c).cos()),
    "sub_": (lambda v, c: v.sub_(c * c, alpha=2), lambda v, c: v - 2 * c * c),
}


def random_program(rng):
    return [
        (*random_place(rng), str(rng.choice(list(WRITES))), bool(rng.random() < 0.5))
        for _ in range(int(rng.integers(1, 6)))
    ]


def run_in_place(program, x, c):
    y = x * 1
    early = [view(y) if before else None for view, _, _, before in program]
    for (view, _, name, _), made in zip(program, early):
        WRITES[name][0](view(y) if made is None else made, c)
    return y


def run_out_of_place(program, x, c):
    """The same, each write as a new tensor put together from old and new elements."""
    y = x * 1
    for _, numbers, name, _ in program:
        written = WRITES[name][1](y[torch.from_numpy(numbers.copy())], c)
        picks = np.zeros((SIZE, numbers.size))
        picks[numbers.reshape(-1), np.arange(numbers.size)] = 1
        kept = torch.from_numpy(1.0 - picks.sum(1))
        y = y * kept + torch.from_numpy(picks) @ written.reshape(-1)
    return y


@pytest.mark.parametrize("seed", range(40))
def test_random_writes_through_views_agree_with_new_tensors(seed):
    rng = np.random.default_rng(seed)
    program = random_program(rng)
    values, c_value, weights = (
        rng.standard_normal(SIZE),
        rng.standard_normal(),
        rng.standard_normal(SIZE),
    )
    found = []
    for run in (run_in_place, run_out_of_place):
        x, c = leaf(*values), torch.tensor(c_value, dtype=torch.float64, requires_grad=True)
        y = run(program, x, c)
        (y * torch.from_numpy(weights)).sum().backward()
        found.append((y.detach().numpy(), x.grad.numpy(), 0 if c.grad is None else c.grad.numpy()))

    for mine, theirs in zip(*found):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("seed", range(100, 110))
def test_random_writes_through_views_agree_with_finite_differences(seed):
    rng = np.random.default_rng(seed)
    program = random_program(rng)
    x = torch.tensor(rng.standard_normal(SIZE), requires_grad=True)
    c = torch.tensor(rng.standard_normal(), dtype=torch.float64, requires_grad=True)

    assert torch.autograd.gradcheck(lambda x, c: run_in_place(program, x, c) * c, (x, c))
    assert torch.autograd.gradgradcheck(lambda x, c: run_in_place(program, x, c) * c, (x, c))


def test_parts_of_complex_numbers_are_written_through():
    """Guards writes through views of another type, which raised NotImplementedError."""
    x = torch.tensor([1 + 2j, 3 - 1j], dtype=torch.complex128, requires_grad=True)
    w = torch.tensor([2.0, 3.0], dtype=torch.float64, requires_grad=True)
    y = x * 1
    real, pairs = y.real, torch.view_as_real(y)
    y.imag.mul_(w)
    (real * w + pairs[:, 1]).sum().backward()
    assert y.tolist() == [1 + 4j, 3 - 3j]
    assert x.grad.tolist() == [2 + 2j, 3 + 3j]
    assert w.grad.tolist() == [1 + 2, 3 - 1]


def test_bits_read_as_another_type_are_written_and_have_no_gradient():
    """Guards x.view(dtype): writing through it was refused."""
    x = torch.zeros(2, requires_grad=True) * 1
    bits = x.view(torch.int32)
    bits.fill_(0x3F800000)
    assert x.tolist() == [1.0, 1.0]
    assert not bits.requires_grad
    assert x.grad_fn.name() == "MulBackward0"
