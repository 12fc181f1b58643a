"""Selective checkpoints: what a policy names is saved, and the rest computed again.

Apart from other checkpoints, because here every operation is seen as it passes.
"""

import functools
import random
import threading

import pytest

import chainrule as torch
from chainrule._core.watching import unwatch, watch
from chainrule.ops.arithmetic import mul
from chainrule.ops.matmul import mm
from chainrule.utils.checkpoint import (
    CheckpointPolicy,
    SelectiveCheckpointContext,
    checkpoint,
    create_selective_checkpoint_contexts,
)


@pytest.fixture
def x():
    return torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)


def selective(function, x, policy, **keywords):
    contexts = functools.partial(create_selective_checkpoint_contexts, policy, **keywords)
    return checkpoint(function, x, use_reentrant=False, context_fn=contexts)


def network(x):
    y = torch.tanh(x @ x / 9) + x.max(0).values
    z = torch.cat([y, y * 2]).sort(0)[0]
    return torch.logsumexp(z.reshape(-1)[1:], 0) * torch.nn.functional.gelu(y).norm()


def test_the_policy_is_asked_about_each_operation_with_its_arguments(x):
    asked = []

    def policy(context, op, *inputs, **parameters):
        assert isinstance(context, SelectiveCheckpointContext)
        assert not context.is_recompute
        assert isinstance(context.op_output, torch.Tensor)
        asked.append((op.name, len(inputs), sorted(parameters)))
        return CheckpointPolicy.PREFER_RECOMPUTE

    selective(lambda x: ((x @ x).exp() * 2).sum(dim=0).sum(), x, policy).backward()

    assert asked == [
        ("mm", 2, []), ("exp", 1, []), ("mul", 2, []),
        ("sum", 1, ["dim", "keepdim"]), ("sum", 1, ["dim", "keepdim"]),
    ]  # fmt: skip


def test_an_operation_is_seen_without_those_it_is_made_of(x):
    asked = []

    def policy(context, op, *inputs, **parameters):
        asked.append(op.name)
        return False

    selective(lambda x: torch.nn.functional.gelu(x).sum(), x, policy).backward()

    assert asked == ["gelu", "sum"]


@pytest.mark.parametrize("seed", range(10))
def test_gradients_do_not_depend_on_the_policy(x, seed):
    (expected,) = torch.autograd.grad(network(x), x)
    chance = random.Random(seed)
    selective(network, x, lambda *_, **__: chance.random() < 0.5).backward()

    assert torch.equal(x.grad, expected)


def test_what_is_saved_is_not_computed_again(x):
    class Count:
        names: list[str] = []

        def before(self, op, inputs, parameters):
            self.names.append(op.name)

        def after(self, op, inputs, parameters, result):
            """Nothing: only who runs is counted."""

    def region(x):
        return (x @ x).sin().exp().sum()

    policy = lambda context, op, *_, **__: op in (mm, mul)  # noqa: E731
    y = selective(region, x, policy)
    saving, reusing = create_selective_checkpoint_contexts(policy)
    with saving:
        product = x @ x
    with reusing:
        again = x @ x

    assert again is not product
    assert again._array is product._array
    y.backward()


def test_a_list_names_what_is_saved(x):
    saving, reusing = create_selective_checkpoint_contexts([mm])
    with saving:
        product, sine = x @ x, x.sin()
    with reusing:
        assert (x @ x)._array is product._array
        assert x.sin()._array is not sine._array


def test_other_threads_are_not_seen(x):
    asked = []

    def policy(context, op, *_, **__):
        asked.append(op.name)
        return False

    saving, _ = create_selective_checkpoint_contexts(policy)
    with saving:
        thread = threading.Thread(target=lambda: (x * 2).exp())
        thread.start()
        thread.join()
        x.sin()

    assert asked == ["sin"]


def test_contexts_of_two_threads_may_end_in_any_order(x):
    inside, leave = threading.Event(), threading.Event()

    def other():
        saving, _ = create_selective_checkpoint_contexts([mm])
        with saving:
            inside.set()
            leave.wait(30)

    thread = threading.Thread(target=other)
    saving, reusing = create_selective_checkpoint_contexts([mm])
    with saving:
        thread.start()
        inside.wait(30)
        product = x @ x
    leave.set()
    thread.join()
    with reusing:
        assert (x @ x)._array is product._array


def test_what_was_saved_must_not_be_written_to(x):
    def region(x):
        y = x @ x
        y.add_(1)
        return y.exp().sum()

    with pytest.raises(
        RuntimeError, match=r"has been mutated: a result of mm was written to at .*"
    ):
        selective(region, x, [mm]).backward()
    selective(region, x, [mm], allow_cache_entry_mutation=True).backward()


def test_backward_goes_once_through_what_was_saved(x):
    y = selective(lambda x: (x @ x).sin().sum(), x, [mm])
    y.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="Trying to backward an extra time"):
        y.backward()


def test_an_operation_that_was_not_there_before_is_refused(x):
    runs = []

    def changing(x):
        runs.append(1)
        return (x.sin() if len(runs) == 1 else x.cos()).exp().sum()

    with pytest.raises(RuntimeError, match="cos encountered during backward but not found"):
        selective(changing, x, [mm]).backward()


def test_wrong_policies_are_refused(x):
    for wrong in (3, mm, None):
        with pytest.raises(TypeError, match="must be either a function or a list of ops"):
            create_selective_checkpoint_contexts(wrong)
    with pytest.raises(ValueError, match="Expected op in `op_list` to be an OpOverload"):
        create_selective_checkpoint_contexts([torch.mm])
    with pytest.raises(TypeError, match="answered 3 for sin"):
        selective(torch.sin, x, lambda *_, **__: 3)


def test_an_error_of_a_policy_ends_the_watching(x):
    def policy(*_, **__):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        selective(torch.sin, x, policy)
    assert x.sin() is not None
    with pytest.raises(RuntimeError, match="nobody watches"):
        unwatch()


def test_a_watcher_that_leaves_while_it_is_told_is_not_told_again(x):
    class Leaving:
        def before(self, op, inputs, parameters):
            unwatch()

        def after(self, op, inputs, parameters, result):
            """Nothing: it is about leaving."""

    watch(Leaving())
    assert torch.equal(x * 2, x + x)
    with create_selective_checkpoint_contexts([mm])[0]:
        assert x.sin() is not None


def test_a_watcher_must_be_one():
    with pytest.raises(TypeError):
        watch(None)
