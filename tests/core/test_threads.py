"""Threads: each has its own grad mode, and a graph may be run by several at once.

Apart from the engine's tests: what one run must be, several at the same time must be too.
"""

import gc
import sys
import threading
import warnings

import numpy as np
import pytest

import chainrule as torch
from chainrule.autograd import Function

THREADS = 4


def meeting():
    """A function, and hook, that lets no thread go on before all have come to it."""
    barrier = threading.Barrier(THREADS, timeout=60)

    def meet(*_):
        barrier.wait()

    return meet


def at_once(function, count=THREADS):
    """Run function(number) in several threads that start together; their results, in order."""
    start, results, errors = threading.Barrier(count), [None] * count, []

    def work(number):
        start.wait()
        try:
            results[number] = function(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    return results


def network(x, w):
    y = (x @ w).tanh()
    for _ in range(5):
        y = (y @ w + y.sum(0)).sigmoid() * y
    return (y * y).sum()


def given(seed, size=6):
    torch.manual_seed(0)
    values = np.random.default_rng(seed).standard_normal((2, size, size))
    return [torch.tensor(part, requires_grad=True) for part in values]


def test_threads_with_graphs_of_their_own_get_what_one_alone_gets():
    def work(number):
        found = []
        for seed in range(10):
            x, w = given(seed + number)
            network(x, w).backward()
            found.append((x.grad.numpy(), w.grad.numpy()))
        return found

    expected = [work(number) for number in range(THREADS)]

    np.testing.assert_array_equal(at_once(work), expected)


def test_threads_may_run_one_graph_at_the_same_time():
    x, w = given(0)
    middle = x * w
    loss = network(middle, w) + (middle * middle).sum()
    expected = [part.numpy() for part in torch.autograd.grad(loss, [x, w], retain_graph=True)]
    middle.register_hook(meeting())

    def work(number):
        runs = [torch.autograd.grad(loss, [x, w], retain_graph=True) for _ in range(5)]
        return [[part.numpy() for part in parts] for parts in runs]

    for runs in at_once(work):
        for parts in runs:
            np.testing.assert_array_equal(parts[0], expected[0])
            np.testing.assert_array_equal(parts[1], expected[1])


@pytest.mark.parametrize("size", [4, 700, 50_000])
@pytest.mark.parametrize("given_before", [False, True])
def test_no_gradient_is_lost_when_threads_add_to_one_leaf(size, given_before):
    """Guards: sums of many elements give up the GIL, and two threads wrote over one another."""
    x = torch.ones(size, requires_grad=True)
    if given_before:
        x.grad = torch.zeros(size)
    y = x * 3
    y.register_hook(meeting())

    at_once(lambda number: [y.backward(torch.ones(size), retain_graph=True) for _ in range(10)])

    assert (x.grad == 3.0 * 10 * THREADS).all()


def test_a_function_runs_in_several_threads_at_once():
    meet = meeting()

    class Slow(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            meet()
            (x,) = ctx.saved_tensors
            return 2 * x * g

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = Slow.apply(Slow.apply(x)).sum()

    found = at_once(lambda number: torch.autograd.grad(y, x, retain_graph=True)[0].tolist())

    assert found == [[4.0, 32.0]] * THREADS


def test_an_exception_in_one_thread_does_not_disturb_the_others():
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    z = y.exp().sum()
    expected = torch.autograd.grad(z, x, retain_graph=True)[0].tolist()
    failing = threading.local()
    meet = meeting()

    def hook(g):
        meet()
        if getattr(failing, "now", False):
            raise KeyError

    y.register_hook(hook)

    def work(number):
        failing.now = number % 2 == 0
        found = []
        for _ in range(5):
            try:
                found.append(torch.autograd.grad(z, x, retain_graph=True)[0].tolist())
            except KeyError:
                found.append(None)
        return found

    results = at_once(work)

    assert results == [
        [None] * 5 if number % 2 == 0 else [expected] * 5 for number in range(THREADS)
    ]


def test_grad_mode_belongs_to_a_thread():
    x = torch.ones(1, requires_grad=True)
    meet = meeting()

    def work(number):
        started_with = torch.is_grad_enabled()
        with torch.set_grad_enabled(number % 2 == 0):
            meet()
            return started_with, (x * 2).requires_grad

    with torch.no_grad():
        found = at_once(work)

    assert found == [(True, number % 2 == 0) for number in range(THREADS)]


def test_inference_mode_belongs_to_a_thread():
    meet = meeting()

    def work(number):
        with torch.inference_mode(number % 2 == 0):
            meet()
            return (torch.ones(1) * 2).is_inference()

    assert at_once(work) == [number % 2 == 0 for number in range(THREADS)]


def test_threads_write_to_tensors_of_their_own_through_views():
    def work(number):
        x = torch.ones(6, requires_grad=True)
        y = x * 2
        for _ in range(20):
            y[1:3].mul_(2)
            y[2:].add_(number)
        y.sum().backward()
        return y.tolist(), x.grad.tolist()

    assert at_once(work) == [work(number) for number in range(THREADS)]


@pytest.fixture
def switching():
    """Threads that take turns as often as the interpreter can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("size", [1, 400, 600, 40_000])
def test_backwards_of_one_graph_into_the_same_leaves_add_up(switching, size):
    x, w = (torch.full((size,), value, requires_grad=True) for value in (2.0, 3.0))
    y = x * w
    loss = (y * y).sum() + (y + x).sum() + torch.stack([y, x]).sum()
    loss.backward(retain_graph=True)
    expected = [x.grad * 5 * THREADS, w.grad * 5 * THREADS]
    x.grad = w.grad = None

    at_once(lambda number: [loss.backward(retain_graph=True) for _ in range(5)])

    assert (x.grad == expected[0]).all()
    assert (w.grad == expected[1]).all()


@pytest.mark.parametrize("create_graph", [False, True])
def test_no_gradient_is_lost_where_grad_cannot_be_added_to_in_place(switching, create_graph):
    """Guards: a small .grad whose memory is shared by its elements was replaced without a lock."""

    def work(number):
        for _ in range(5):
            y.backward(torch.ones(3), retain_graph=True, create_graph=create_graph)

    for _ in range(20):
        x = torch.ones(3, requires_grad=True)
        x.grad = torch.zeros(1).expand(3)
        y = x * 2
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of create_graph, that it makes a cycle
            at_once(work)

        assert x.grad.tolist() == [10.0 * THREADS] * 3
        x.grad = None


@pytest.mark.parametrize("leaf", [True, False])
def test_no_hook_is_lost_when_threads_register_on_one_tensor(switching, leaf):
    """Guards: two threads made the table of hooks, and the hooks in one of the two were lost."""
    for _ in range(50):
        x = torch.ones(2, requires_grad=True)
        y = x if leaf else x * 1
        calls = []
        handles = at_once(
            lambda number, y=y, calls=calls: [
                y.register_hook(lambda g, calls=calls: calls.append(None)) for _ in range(5)
            ]
        )
        y.sum().backward()

        assert len(calls) == 5 * THREADS
        assert len({handle.id for one in handles for handle in one}) == 5 * THREADS


def test_threads_that_use_a_leaf_for_the_first_time_find_one_end_of_the_graph(switching):
    for _ in range(50):
        x = torch.ones(2, requires_grad=True)
        graphs = at_once(lambda number, x=x: [x * 2 for _ in range(10)])
        ends = {y.grad_fn.next_functions[0][0] for one in graphs for y in one}

        assert len(ends) == 1


def test_deep_backwards_run_in_several_threads(switching):
    def work(number):
        x = torch.ones(1, requires_grad=True)
        calls = []

        def hook(g):
            calls.append(None)
            if len(calls) < 70 + number:
                with torch.enable_grad():
                    y = x * 2
                y.register_hook(hook)
                y.backward(g)

        y = x * 2
        y.register_hook(hook)
        y.backward(torch.ones(1))
        return x.grad.item()

    assert at_once(work) == [2.0 * (70 + number) for number in range(THREADS)]


def test_a_hook_that_runs_the_same_graph_in_another_thread_waits_for_nobody():
    """Guards: no lock is held while hooks run."""
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    z = y.exp().sum()
    expected = torch.autograd.grad(z, x, retain_graph=True)[0].tolist()
    found = []

    def elsewhere():
        found.append(torch.autograd.grad(z, x, retain_graph=True)[0].tolist())

    def hook(g):
        if threading.current_thread() is main:
            thread = threading.Thread(target=elsewhere)
            thread.start()
            thread.join(60)

    main = threading.current_thread()
    y.register_hook(hook)
    z.backward(retain_graph=True)

    assert found == [expected]
    assert x.grad.tolist() == expected


def test_a_graph_is_freed_by_one_thread_and_made_by_others(switching):
    def work(number):
        if number == 0:
            return [gc.collect() for _ in range(20)] and None
        x = torch.ones(4, requires_grad=True)
        for _ in range(100):
            y = x
            for _ in range(20):
                y = y * 1.01
            y.sum().backward()
        return None

    assert at_once(work) == [None] * THREADS


def test_views_of_one_tensor_are_brought_up_to_date_by_any_thread(switching):
    for _ in range(20):
        x = torch.ones(6, requires_grad=True)
        base = x * 1
        view = base[1:3]
        base.mul_(2)
        names = at_once(lambda number, view=view: view.grad_fn.name())

        assert len(set(names)) == 1
        (found,) = torch.autograd.grad(view.sum(), x)
        assert found.tolist() == [0.0, 2.0, 2.0, 0.0, 0.0, 0.0]
