"""Random programs, most of them wrong: whatever they do, the process lives and tensors stay sound.

Apart from the tests of errors, which know what must be raised; here anything may be.
"""

import gc
import operator
import warnings

import numpy as np
import pytest

import chainrule as torch

# What writes files, or waits, or makes the interpreter end is no business of this test.
LEFT_OUT = {"__class__", "__init_subclass__", "__subclasshook__", "__new__", "share_memory_"}
METHODS = sorted(name for name in dir(torch.Tensor) if name not in LEFT_OUT)
OPERATORS = [
    function
    for name, function in vars(operator).items()
    if callable(function)
    and not name.startswith("_")
    and name not in ("attrgetter", "methodcaller")
]
HUGE = [2**63 - 1, -(2**63), 2**64, 10**30]


class Subclass(torch.Tensor):
    pass


def random_tensor(rng):
    shape = [(), (0,), (1,), (3,), (2, 3), (3, 3), (1, 3), (2, 1, 3), (0, 3)][rng.integers(9)]
    kind = rng.integers(12)
    values = rng.standard_normal(shape)
    if kind == 0:
        return torch.Tensor.__new__(torch.Tensor)
    if kind == 1:
        return torch.from_numpy(np.asarray(values * 3).astype(np.int64))
    if kind == 2:
        return torch.from_numpy(np.asarray(values > 0))
    if kind == 3:
        return torch.from_numpy(np.asarray(values, np.float32)).as_subclass(Subclass)
    if kind == 4:
        return torch.from_numpy(np.asarray(values + 1j))
    x = torch.from_numpy(np.asarray(values, np.float32))
    if kind < 9:
        x.requires_grad_()
    if kind == 6:
        x = x * 1
    if kind == 7 and x.ndim:
        x = (x * 1)[-1:]
    if kind == 8:
        x = x.exp()
    return x.t() if kind == 9 and x.ndim == 2 else x


def random_argument(rng, tensors):
    kind = rng.integers(14)
    if kind < 5:
        return tensors[rng.integers(len(tensors))]
    return [
        None, int(rng.integers(-3, 4)), HUGE[rng.integers(len(HUGE))], float(rng.normal()), "a",
        torch.float64, (0, 1), [[1.0, 2.0], [3.0]], np.ones((3,)),
    ][kind - 5]  # fmt: skip


def step(rng, tensors):
    """One random call; its result joins the tensors."""
    count = int(rng.integers(0, 4))
    arguments = [random_argument(rng, tensors) for _ in range(count)]
    first = tensors[rng.integers(len(tensors))]
    if rng.random() < 0.3:
        result = OPERATORS[rng.integers(len(OPERATORS))](first, *arguments[:1])
    elif rng.random() < 0.1:
        name = METHODS[rng.integers(len(METHODS))]
        if rng.random() < 0.3:
            delattr(first, name)
        else:
            setattr(first, name, arguments[0] if arguments else None)
        return
    else:
        result = getattr(first, METHODS[rng.integers(len(METHODS))])
        if callable(result):
            result = result(*arguments)
    for part in result if isinstance(result, (tuple, list)) else [result]:
        if isinstance(part, torch.Tensor) and (part._array is None or part._array.size < 1000):
            tensors.append(part)


def random_hook(rng, tensors):
    kind = rng.integers(6)

    def hook(*arguments):
        if kind == 0:
            raise KeyError("mine")
        if kind == 1:
            return random_argument(rng, tensors)
        if kind == 2:
            gc.collect(0)
        if kind == 3:
            tensors.clear()
            tensors.append(random_tensor(rng))
        if kind == 4:
            return arguments[0]
        return None

    return hook


def differentiate(rng, tensors):
    """backward or grad from a random tensor, with hooks here and there."""
    chosen = tensors[rng.integers(len(tensors))]
    for tensor in list(tensors[-3:]):
        if rng.random() < 0.3 and tensor.requires_grad:
            tensor.register_hook(random_hook(rng, tensors))
            if tensor.grad_fn is not None:
                tensor.grad_fn.register_prehook(random_hook(rng, tensors))
                tensor.grad_fn.register_hook(random_hook(rng, tensors))
    seed = random_argument(rng, tensors) if rng.random() < 0.3 else torch.ones(chosen.shape)
    if rng.random() < 0.5:
        chosen.backward(seed, retain_graph=bool(rng.random() < 0.5))
    else:
        inputs = [tensors[rng.integers(len(tensors))] for _ in range(2)]
        found = torch.autograd.grad(
            chosen, inputs, seed, allow_unused=True, create_graph=bool(rng.random() < 0.5)
        )
        tensors.extend(part for part in found if part is not None)


def look_at_nodes(rng, tensors):
    for tensor in tensors:
        node = tensor.grad_fn
        for _ in range(3):
            if node is None:
                break
            repr(node), node.next_functions, node.source, node.metadata
            names = dir(node)
            read = getattr(node, names[rng.integers(len(names))])
            if callable(read) and read.__name__ not in ("__class__", "__init_subclass__"):
                read(*[random_argument(rng, tensors) for _ in range(rng.integers(0, 2))])
            if rng.random() < 0.3:
                type(node)()._saved_origin(int(rng.integers(0, 3)))
            node = next((child for child, _ in node.next_functions if child is not None), None)


def tolerant(action, *arguments):
    """Anything may be raised, but nothing that tells of a broken interpreter."""
    try:
        action(*arguments)
    except (SystemError, RecursionError):
        raise
    except Exception:
        return


def run_program(seed):
    rng = np.random.default_rng(seed)
    tensors = [random_tensor(rng) for _ in range(4)]
    for _ in range(12):
        tolerant(step, rng, tensors)
        del tensors[:-10]
    for _ in range(3):
        tolerant(differentiate, rng, tensors)
    tolerant(look_at_nodes, rng, tensors)


def still_works():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    return x.grad.tolist() == [2.0, 4.0] and torch.is_grad_enabled()


@pytest.mark.parametrize("batch", range(8))
def test_random_programs_leave_the_process_alive(batch):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for seed in range(200 * batch, 200 * (batch + 1)):
            run_program(seed)

    assert still_works()


def test_operations_called_with_anything_raise_and_do_not_crash():
    from chainrule.ops import arithmetic, exponential, matmul, reduction, shape

    ops = [
        arithmetic.mul, arithmetic.add, exponential.exp, matmul.mm, reduction.sum, shape.reshape,
    ]  # fmt: skip
    x = torch.ones(3, requires_grad=True)
    empty = torch.Tensor.__new__(torch.Tensor)
    for op in ops:
        for arguments in [
            (),
            (None,),
            (x, None),
            (empty,),
            (empty, x),
            (x, x, x),
            ("a", x),
            (3, 4),
        ]:
            tolerant(lambda op=op, arguments=arguments: op(*arguments))
            tolerant(lambda op=op, arguments=arguments: op.in_place(x * 1, *arguments))
        tolerant(lambda op=op: type(op).__new__(type(op))(x))

    assert still_works()


def test_a_public_function_without_its_op_calls_what_it_stands_for():
    from chainrule._core.front import Front
    from chainrule.ops.arithmetic import mul

    front = Front(mul, lambda *arguments, **keywords: (len(arguments), keywords))
    x = torch.tensor([2.0])

    assert front() == (0, {})
    assert front(1, 2) == (2, {})
    assert front(x, other=3) == (1, {"other": 3})
    assert front(x, "a") == (2, {})
    assert front(x, 3).tolist() == [6.0]
    with pytest.raises(TypeError):
        Front.__new__(Front)(x)
