"""Threads: each has its own grad mode, and a graph may be run by several at once.

Apart from the engine's tests: what one run must be, several at the same time must be too.
"""

import threading

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
