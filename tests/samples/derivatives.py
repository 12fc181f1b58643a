"""Checks of derivatives: what the tape gives, held against finite differences of the same program.

Apart from the tests because the same three checks judge an operation as a function, in place and
through views. A program takes the tensors and gives the results, and must be repeatable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from tests.samples.differences import directions, gradient, pushforward, weights
from tests.samples.drive import array_of, tensors

Program = Callable[[list[Any]], list[Any]]


def check_gradients(
    torch: ModuleType, program: Program, values: list[np.ndarray], places: Sequence[int], seed: int
) -> None:
    """Reverse mode: the gradient of the results, weighed at random, in every array at `places`."""
    inputs = tensors(torch, values, places)
    outputs = program(inputs)
    cotangents = weights(_arrays(outputs), seed)

    found = _gradients(torch, outputs, inputs, places, cotangents)

    for place, one in zip(places, found, strict=True):
        expected = gradient(_on_arrays(torch, program), values, place, cotangents)
        assert one.dtype == inputs[place].dtype
        np.testing.assert_allclose(array_of(one), expected, rtol=1e-7, atol=1e-8)


def check_second_gradients(
    torch: ModuleType, program: Program, values: list[np.ndarray], places: Sequence[int], seed: int
) -> None:
    """The gradient's own gradient, by differences of gradients."""
    cotangents = weights(_on_arrays(torch, program)(values), seed)

    def gradients(inputs: list[Any]) -> list[Any]:
        return _gradients(torch, program(inputs), inputs, places, cotangents, create_graph=True)

    def gradients_of(changed: list[np.ndarray]) -> list[np.ndarray]:
        return _arrays(gradients(tensors(torch, changed, places)))

    inputs = tensors(torch, values, places)
    first = gradients(inputs)
    second_cotangents = weights(_arrays(first), seed + 1)

    if any(one.requires_grad for one in first):
        found = _gradients(torch, first, inputs, places, second_cotangents)
    else:
        found = [_zeros(torch, inputs[place]) for place in places]

    for place, one in zip(places, found, strict=True):
        expected = gradient(gradients_of, values, place, second_cotangents)
        np.testing.assert_allclose(array_of(one), expected, rtol=1e-6, atol=1e-7)


def check_pushforward(
    torch: ModuleType, program: Program, values: list[np.ndarray], places: Sequence[int], seed: int
) -> None:
    """Forward mode: the gradient is linear in its cotangent, its transpose is the pushforward."""
    inputs = tensors(torch, values, places)
    outputs = program(inputs)
    tangents = directions(values, places, seed)
    cotangents = [_zeros(torch, output).requires_grad_() for output in _recorded(outputs)]

    pulled = torch.autograd.grad(
        _recorded(outputs),
        [inputs[i] for i in places],
        cotangents,
        create_graph=True,
        allow_unused=True,
    )
    pairs = [
        (u, torch.from_numpy(t)) for u, t in zip(pulled, tangents, strict=True) if u is not None
    ]
    pairs = [(u, t) for u, t in pairs if u.requires_grad]
    found = (
        torch.autograd.grad(
            [u for u, _ in pairs], cotangents, [t for _, t in pairs], allow_unused=True
        )
        if pairs
        else [None] * len(cotangents)
    )

    expected = pushforward(_on_arrays(torch, program), values, places, tangents)
    kept = [part for part, output in zip(expected, outputs, strict=True) if _is_recorded(output)]
    for one, other in zip(found, kept, strict=True):
        one = np.zeros_like(other) if one is None else array_of(one)
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-8)


def _gradients(
    torch: ModuleType,
    outputs: list[Any],
    inputs: list[Any],
    places: Sequence[int],
    cotangents: list[np.ndarray],
    create_graph: bool = False,
) -> list[Any]:
    """One gradient per place; zeros where the results do not depend on that input."""
    assert _recorded(outputs), "no result requires a gradient"
    chosen = [inputs[place] for place in places]
    seeds = [
        torch.from_numpy(weight)
        for weight, output in zip(cotangents, outputs, strict=True)
        if _is_recorded(output)
    ]
    found = torch.autograd.grad(
        _recorded(outputs), chosen, seeds, create_graph=create_graph, allow_unused=True
    )
    return [_zeros(torch, x) if one is None else one for one, x in zip(found, chosen, strict=True)]


def _zeros(torch: ModuleType, like: Any) -> Any:
    return torch.from_numpy(np.zeros_like(array_of(like)))


def _is_recorded(output: Any) -> bool:
    return getattr(output, "requires_grad", False)


def _recorded(outputs: list[Any]) -> list[Any]:
    return [output for output in outputs if _is_recorded(output)]


def _arrays(results: Sequence[Any]) -> list[np.ndarray]:
    return [array_of(result) for result in results]


def _on_arrays(
    torch: ModuleType, program: Program
) -> Callable[[list[np.ndarray]], list[np.ndarray]]:
    return lambda values: _arrays(program(tensors(torch, values)))
