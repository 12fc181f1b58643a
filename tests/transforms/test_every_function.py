"""Whatever is called in a batch or with tangents: the right numbers, or an error that says why."""

import warnings

import numpy as np
import pytest

import chainrule as torch
from chainrule.autograd import forward_ad
from chainrule.func import vmap
from chainrule.utils._pytree import tree_flatten

SIZE = 3
KINDS = {
    "vector": lambda numbers: numbers.random(4) + 0.1,
    "matrix": lambda numbers: numbers.random((4, 4)) + 0.1,
    "whole": lambda numbers: numbers.integers(0, 3, 4),
    "truth": lambda numbers: numbers.random(4) > 0.5,
    "complex": lambda numbers: numbers.random(4) + 1j * numbers.random(4),
}
# What a function is called with; those that do not fit it are passed over.
CALLS = [
    ("vector",), ("matrix",), ("whole",), ("truth",), ("complex",), ("vector", "vector"),
    ("vector", 0), ("vector", 1.5), ("matrix", "vector"), ("matrix", "matrix"), ("matrix", 1),
    ("vector", "whole"), ("vector", 0, "whole"), ("vector", 0, "whole", "vector"),
    ("vector", "truth"), ("vector", "truth", "vector"), ("vector", "truth", 1.0),
    ("vector", (2, 2)), ("matrix", 0, 1), ("vector", "vector", "vector"), ("matrix", "whole"),
    ("vector", 0, "whole", 1.0), ("whole", 4),
]  # fmt: skip
# They change the process, show addresses, or leave their memory as it was found.
PASSED_OVER = {
    "backward", "compile", "data_ptr", "empty", "empty_like", "from_file", "load", "manual_seed",
    "new", "new_empty", "save", "seed", "share_memory_", "to_sparse", "sparse_coo_tensor",
    "empty_strided", "new_empty_strided", "resize_", "resize_as_", "inference_mode", "no_grad",
    "enable_grad", "_version",
}  # fmt: skip
RANDOM = ("rand", "normal", "bernoulli", "multinomial", "drop", "_", "gumbel", "rrelu")
# The types of mistakes that a caller can make; any other is ours.
CLEAR = (RuntimeError, NotImplementedError, IndexError, ValueError)


def functions():
    for place, owner in (("", torch), ("nn.functional.", torch.nn.functional)):
        for name in dir(owner):
            function = getattr(owner, name)
            plain = callable(function) and not isinstance(function, type)
            if plain and not name.startswith(("_", "set_", "use_")) and name not in PASSED_OVER:
                yield pytest.param(function, id=place + name)
    for name in dir(torch.Tensor):
        method = getattr(torch.Tensor, name)
        plain = callable(method) and not isinstance(method, type)
        if plain and not name.startswith("__") and name not in PASSED_OVER:
            yield pytest.param(method, id=f"Tensor.{name}")


def member(call, k):
    numbers = np.random.default_rng(k)
    return [
        torch.from_numpy(KINDS[part](numbers)) if isinstance(part, str) else part for part in call
    ]


def tensors(results):
    return tuple(part for part in tree_flatten(results)[0] if isinstance(part, torch.Tensor))


def each_by_itself(function, call):
    """The results for each member; None where the call is no sensible one."""
    try:
        return [tensors(function(*member(call, k))) for k in range(SIZE)]
    except Exception:  # what fits is what is tested
        return None


def at_once(function, call):
    given = [member(call, k) for k in range(SIZE)]
    batched = [isinstance(part, torch.Tensor) for part in given[0]]
    values = [torch.stack(parts) if own else parts[0] for own, parts in zip(batched, zip(*given))]
    dims = tuple(0 if own else None for own in batched)
    return vmap(lambda *x: tensors(function(*x)), dims, randomness="different")(*values)


def with_tangents(function, call):
    with forward_ad.dual_level():
        given = [
            forward_ad.make_dual(part, torch.ones_like(part))
            if isinstance(part, torch.Tensor) and (part.is_floating_point() or part.is_complex())
            else part
            for part in member(call, 0)
        ]
        return tuple(
            forward_ad.unpack_dual(part).primal.detach() for part in tensors(function(*given))
        )


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        assert one.shape == other.shape
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one.detach().numpy(), other.detach().numpy(), equal_nan=True)


@pytest.mark.parametrize("function", list(functions()))
def test_of_every_function(function, request):
    name = request.node.callspec.id.split(".")[-1]
    random = any(word in name for word in RANDOM)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for call in CALLS:
            expected = each_by_itself(function, call)
            if expected is None:
                continue
            found = clearly(at_once, function, call)
            if found is not None and not random:
                for k in range(SIZE):
                    assert_same([part[k] for part in found], expected[k])
            found = clearly(with_tangents, function, call)
            if found is not None and not random:
                assert_same(found, expected[0])


def clearly(way, function, call):
    """What comes of a call; None where it is refused in so many words."""
    try:
        return way(function, call)
    except CLEAR as refused:
        said = str(refused)
    assert "BatchedArray" not in said
    assert "DualArray" not in said
    return None
