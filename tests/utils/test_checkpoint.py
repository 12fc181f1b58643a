"""Checkpoints: beside the programs of `samples/semantics/checkpoint.txt`, what PyTorch lacks.

Apart from selective checkpoints, which say what is saved all the same.
"""

import gc
import threading
import weakref

import pytest

import chainrule as torch
from chainrule.autograd import Function
from chainrule.utils import checkpoint as checkpoints
from chainrule.utils.checkpoint import CheckpointError, checkpoint


def leaf(*values):
    return torch.tensor(list(values), requires_grad=True)


def test_all_of_pytorchs_names_are_there():
    names = {
        "checkpoint", "checkpoint_sequential", "CheckpointError", "CheckpointFunction",
        "check_backward_validity", "detach_variable", "get_device_states", "set_device_states",
        "noop_context_fn", "set_checkpoint_early_stop", "DefaultDeviceType",
        "set_checkpoint_debug_enabled", "CheckpointPolicy", "SelectiveCheckpointContext",
        "create_selective_checkpoint_contexts", "SAC_IGNORED_OPS", "GraphExecGroup",
    }  # fmt: skip

    assert set(checkpoints.__all__) == names


def test_nothing_of_the_region_is_kept_after_the_forward():
    held = []

    def region(x):
        middle = x.exp()
        held.append(weakref.ref(middle._array))
        return middle.sin().sum()

    y = checkpoint(region, leaf(1.0, 2.0), use_reentrant=False)

    assert held[0]() is None
    y.backward()


def test_what_was_recomputed_is_let_go_as_backward_uses_it():
    held = []

    def region(x):
        middle = x.exp()
        held.append(weakref.ref(middle._array))
        return middle.sin().sum()

    y = checkpoint(region, leaf(1.0, 2.0), use_reentrant=False)
    y.backward()

    assert len(held) == 2
    assert [reference() for reference in held] == [None, None]


@pytest.mark.parametrize("use_reentrant", [True, False])
def test_checkpoints_leave_nothing_for_the_garbage_collector(use_reentrant):
    def program():
        x = leaf(1.0, 2.0)
        y = checkpoint(lambda x: x.exp() * x, x, use_reentrant=use_reentrant)
        y.sum().backward()
        checkpoint(lambda x: x.exp() * x, x, use_reentrant=use_reentrant)
        if not use_reentrant:
            nested = checkpoint(lambda x: checkpoint(torch.exp, x, use_reentrant=False), x,
                                use_reentrant=False)  # fmt: skip
            nested.sum().backward(retain_graph=True)
            nested.sum().backward()

    program()
    gc.collect()
    gc.disable()
    try:
        program()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_saved_tensors_of_a_function_may_be_read_twice():
    """PyTorch raises CheckpointError; here the second reading recomputes once more."""

    class Twice(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,), (again,) = ctx.saved_tensors, ctx.saved_tensors
            return g * (x + again)

    x = leaf(3.0)
    checkpoint(lambda x: Twice.apply(x * 1), x, use_reentrant=False).sum().backward()

    assert x.grad.item() == 6.0


def test_part_of_a_graph_may_be_gone_through_and_then_all_of_it():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    loss = checkpoint(lambda x, w: (x * w).exp() * w.sin(), x, w, use_reentrant=False).sum()
    expected = torch.autograd.grad(((x * w).exp() * w.sin()).sum(), (x, w))
    (partial,) = torch.autograd.grad(loss, w, retain_graph=True)
    found = torch.autograd.grad(loss, (x, w))

    assert torch.equal(partial, expected[1])
    assert all(torch.equal(a, b) for a, b in zip(found, expected))


def test_many_threads_may_go_through_one_checkpoint():
    x = leaf(1.0, 2.0)
    loss = checkpoint(lambda x: (x.sin() * x).exp().sum(), x, use_reentrant=False)
    (expected,) = torch.autograd.grad((x.sin() * x).exp().sum(), x)
    found = []

    def run():
        found.extend(torch.autograd.grad(loss, x, retain_graph=True)[0] for _ in range(20))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 80
    assert all(torch.equal(g, expected) for g in found)


def test_views_and_writes_in_a_region():
    def region(x):
        y = x * 2
        y[1:] = x[1:].exp()
        part = y[:2]
        part.mul_(3)
        return y.sin().sum()

    x = leaf(0.1, 0.2, 0.3)
    (expected,) = torch.autograd.grad(region(x), x)
    checkpoint(region, x, use_reentrant=False).backward()

    assert torch.equal(x.grad, expected)


def test_the_error_names_the_line_of_the_checkpoint():
    runs = []

    def changing(x):
        runs.append(1)
        return x.exp() if len(runs) == 1 else x

    y = checkpoint(changing, leaf(1.0), use_reentrant=False)
    with pytest.raises(CheckpointError, match=r"The checkpoint stands at .*test_checkpoint\.py:"):
        y.sum().backward()


def test_debug_lists_the_operations_of_both_runs():
    runs = []

    def changing(x):
        runs.append(1)
        y = x.sin()
        return y.exp() if len(runs) == 1 else y.reshape(1, 1).exp()

    y = checkpoint(changing, leaf(1.0), use_reentrant=False, debug=True)
    with pytest.raises(CheckpointError) as error:
        y.sum().backward()

    said = str(error.value)
    assert "because you passed `debug=True`" in said
    assert said.count("= sin(float32[1]) at ") == 2
    assert "They part at operation 2: " in said
    assert "have different metadata" in said


def test_debug_is_set_for_all_checkpoints_inside():
    runs = []

    def changing(x):
        runs.append(1)
        return x.exp() if len(runs) == 1 else x

    with checkpoints.set_checkpoint_debug_enabled(True):
        y = checkpoint(changing, leaf(1.0), use_reentrant=False)
    with pytest.raises(CheckpointError, match="Operators of the original forward"):
        y.sum().backward()


def test_a_recomputation_is_not_stopped_by_what_the_function_catches():
    def region(x):
        try:
            return x.sin().exp()
        except Exception:
            raise AssertionError("the recomputation was caught") from None

    x = leaf(1.0)
    checkpoint(region, x, use_reentrant=False).sum().backward()

    assert x.grad is not None


def test_an_error_in_the_recomputation_is_the_error_of_backward():
    runs = []

    def region(x):
        runs.append(1)
        if len(runs) == 2:
            raise KeyError("mine")
        return x.exp()

    x = leaf(1.0)
    y = checkpoint(region, x, use_reentrant=False).sum()
    with pytest.raises(KeyError, match="mine"):
        y.backward(retain_graph=True)
    assert torch.is_grad_enabled()
    y.backward()
    assert x.grad.item() == pytest.approx(2.7182817)


def test_the_stream_of_random_numbers_goes_on_as_if_nothing_was_recomputed():
    def draws(recompute):
        torch.manual_seed(3)
        x = torch.ones(5, requires_grad=True)
        before = torch.randn(3)
        y = checkpoint(lambda x: x * torch.randn(5), x, use_reentrant=False)
        if recompute:
            y.sum().backward()
        return torch.cat([before, y.detach(), torch.randn(3)])

    assert torch.equal(draws(True), draws(False))


def test_a_region_in_a_chain_of_checkpoints_may_be_long():
    z = x = leaf(1.0)
    for _ in range(3000):
        z = checkpoint(torch.sin, z, use_reentrant=False)
    z.backward()

    assert x.grad is not None


def test_a_checkpoint_inside_vmap_is_recomputed_in_a_backward_outside():
    from chainrule.func._vmap import vmap

    x = torch.randn(3, 2, requires_grad=True)

    def formula(row):
        return (row.sin() * row).exp().sum()

    (expected,) = torch.autograd.grad(vmap(formula)(x).sum(), x)
    batched = vmap(lambda row: checkpoint(formula, row, use_reentrant=False))(x)
    (found,) = torch.autograd.grad(batched.sum(), x)

    assert torch.allclose(found, expected)


def test_no_device_has_a_state_to_set():
    with pytest.raises(RuntimeError, match="no device 0"):
        checkpoints.set_device_states([0], [torch.ones(1)])
