"""Mistakes: elementwise operations on shapes, dtypes and values they do not take.

Apart because nearly all of it is said by broadcasting and promotion.
"""

from __future__ import annotations

import numpy as np

from tests.samples.mistakes.mistake import mistake

MISTAKES = (
    mistake(
        "add of shapes that do not broadcast",
        lambda torch: torch.ones(2, 3) + torch.ones(4),
        RuntimeError,
        "The size of tensor a (3) must match the size of tensor b (4) at non-singleton",
    ),
    mistake(
        "mul of shapes that do not broadcast",
        lambda torch: torch.ones(2, 3) * torch.ones(2, 4),
        RuntimeError,
        "The size of tensor a (3) must match the size of tensor b (4) at non-singleton",
    ),
    mistake(
        "where of shapes that do not broadcast",
        lambda torch: torch.where(torch.ones(2, dtype=torch.bool), torch.ones(3), torch.ones(3)),
        RuntimeError,
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton",
    ),
    mistake(
        "atan2 of shapes that do not broadcast",
        lambda torch: torch.atan2(torch.ones(2), torch.ones(3)),
        RuntimeError,
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton",
    ),
    mistake(
        "less than of complex numbers",
        lambda torch: torch.ones(2, dtype=torch.complex64) < 1,
        NotImplementedError,
        "not implemented for 'ComplexFloat'",
    ),
    mistake(
        "maximum of complex numbers",
        lambda torch: torch.maximum(
            torch.ones(2, dtype=torch.complex64), torch.ones(2, dtype=torch.complex64)
        ),
        RuntimeError,
        "maximum not implemented for complex tensors",
    ),
    mistake(
        "clamp without bounds",
        lambda torch: torch.clamp(torch.ones(2)),
        RuntimeError,
        "torch.clamp: At least one of 'min' or 'max' must not be None",
    ),
    mistake(
        "clamp of complex numbers",
        lambda torch: torch.clamp(torch.ones(2, dtype=torch.complex64), min=0),
        NotImplementedError,
        "clamp is not supported for complex types",
    ),
    mistake(
        "clamp with a tensor and a number",
        lambda torch: torch.clamp(torch.ones(2), torch.ones(2), 1),
        TypeError,
        "clamp() received an invalid combination of arguments",
    ),
    mistake(
        "clamp by a complex number",
        lambda torch: torch.clamp(torch.ones(2), 1j),
        RuntimeError,
        "value cannot be converted to type",
    ),
    mistake(
        "clamp of small integers by a large one",
        lambda torch: torch.ones(2, dtype=torch.uint8).clamp_(300),
        RuntimeError,
        "value cannot be converted to type uint8_t without overflow",
    ),
    mistake(
        "where with a number that does not fit",
        lambda torch: torch.where(
            torch.ones(2, dtype=torch.bool), torch.ones(2, dtype=torch.uint8), 300
        ),
        RuntimeError,
        "value cannot be converted to type uint8_t without overflow",
    ),
    mistake(
        "power that does not fit",
        lambda torch: torch.ones(2, dtype=torch.uint8) ** 300,
        RuntimeError,
        "value cannot be converted to type uint8_t without overflow",
    ),
    mistake(
        "integers to a broken power in place",
        lambda torch: torch.ones(2, dtype=torch.int64).pow_(0.5),
        RuntimeError,
        "result type Float can't be cast to the desired output type Long",
    ),
    mistake(
        "polygamma of a broken order",
        lambda torch: torch.polygamma(1.5, torch.ones(2)),
        TypeError,
        "polygamma(): argument 'n' (position 1) must be int, not float",
    ),
    mistake(
        "hardtanh of unsigned integers with negative bounds",
        lambda torch: torch.nn.functional.hardtanh(torch.ones(2, dtype=torch.uint8)),
        RuntimeError,
        "cannot do hardtanh on an unsigned type with negative limits",
    ),
    mistake(
        "threshold that does not fit",
        lambda torch: torch.threshold(torch.ones(2, dtype=torch.uint8), 1, 300),
        RuntimeError,
        "value cannot be converted to type uint8_t without overflow",
    ),
    mistake(
        "floor of complex numbers",
        lambda torch: torch.floor(torch.ones(2, dtype=torch.complex64)),
        NotImplementedError,
        "floor is not supported for complex inputs",
    ),
    mistake(
        "sign of complex numbers",
        lambda torch: torch.sign(torch.ones(2, dtype=torch.complex64)),
        NotImplementedError,
        "Unlike NumPy, torch.sign is not intended to support complex numbers",
    ),
    mistake(
        "bool minus bool",
        lambda torch: torch.ones(2, dtype=torch.bool) - torch.ones(2, dtype=torch.bool),
        RuntimeError,
        "Subtraction, the `-` operator, with two bool tensors is not supported",
    ),
    mistake(
        "minus bool",
        lambda torch: -torch.ones(2, dtype=torch.bool),
        RuntimeError,
        "Negation, the `-` operator, on a bool tensor is not supported",
    ),
    mistake(
        "one minus bool",
        lambda torch: 1 - torch.ones(2, dtype=torch.bool),
        RuntimeError,
        "Subtraction, the `-` operator, with a bool tensor is not supported",
    ),
    mistake(
        "bool minus one",
        lambda torch: torch.ones(2, dtype=torch.bool) - 1,
        RuntimeError,
        "Subtraction, the `-` operator, with a bool tensor is not supported",
    ),
    mistake(
        "floats minus True",
        lambda torch: torch.ones(2).sub_(True),
        RuntimeError,
        "Subtraction, the `-` operator, with a bool tensor is not supported",
    ),
    mistake(
        "abs of bool",
        lambda torch: abs(torch.ones(2, dtype=torch.bool)),
        NotImplementedError,
        "not implemented for 'Bool'",
    ),
    mistake(
        "abs of complex numbers in place",
        lambda torch: torch.ones(2, dtype=torch.complex64).abs_(),
        RuntimeError,
        "In-place abs is not supported for complex tensors",
    ),
    mistake(
        "hypot of integers",
        lambda torch: torch.hypot(
            torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.int64)
        ),
        NotImplementedError,
        "not implemented for 'Long'",
    ),
    mistake(
        "degrees of complex numbers",
        lambda torch: torch.deg2rad(torch.ones(2, dtype=torch.complex64)),
        RuntimeError,
        "deg2rad is not supported for complex tensors",
    ),
    mistake(
        "integers modulo zero",
        lambda torch: torch.ones(2, dtype=torch.int64) % 0,
        RuntimeError,
        "ZeroDivisionError",
    ),
    mistake(
        "integers divided by zero, floored",
        lambda torch: torch.ones(2, dtype=torch.int64) // torch.zeros(2, dtype=torch.int64),
        RuntimeError,
        "ZeroDivisionError",
    ),
    mistake(
        "fmod of integers by zero",
        lambda torch: torch.fmod(torch.ones(2, dtype=torch.int64), 0),
        RuntimeError,
        "ZeroDivisionError",
    ),
    mistake(
        "div with an unknown rounding mode",
        lambda torch: torch.div(torch.ones(2), 2, rounding_mode="up"),
        RuntimeError,
        "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found 'up'",
    ),
    mistake(
        "integers to a negative power",
        lambda torch: torch.ones(2, dtype=torch.int64) ** -1,
        RuntimeError,
        "Integers to negative integer powers are not allowed",
    ),
    mistake(
        "add with a float alpha on integers",
        lambda torch: torch.add(torch.ones(2, dtype=torch.int64), 1, alpha=1.5),
        RuntimeError,
        "For integral input tensors, argument alpha must not be a floating point number",
    ),
    mistake(
        "add with a complex alpha on floats",
        lambda torch: torch.add(torch.ones(2), 1, alpha=1j),
        RuntimeError,
        "For non-complex input tensors, argument alpha must not be a complex number",
    ),
    mistake(
        "add with a bool alpha on integers",
        lambda torch: torch.add(torch.ones(2, dtype=torch.int64), 1, alpha=True),
        RuntimeError,
        "Boolean alpha only supported for Boolean results",
    ),
    mistake(
        "bits of floats",
        lambda torch: torch.ones(2) & torch.ones(2),
        NotImplementedError,
        "not implemented for 'Float'",
    ),
    mistake(
        "bits not of floats",
        lambda torch: ~torch.ones(2),
        TypeError,
        "~ (operator.invert) is only implemented on integer and Boolean-type tensors",
    ),
    mistake(
        "shift of floats",
        lambda torch: torch.bitwise_left_shift(torch.ones(2), 1),
        NotImplementedError,
        "not implemented for 'Float'",
    ),
    mistake(
        "lerp of dtypes",
        lambda torch: torch.lerp(torch.ones(2), torch.ones(2, dtype=torch.float64), 0.5),
        RuntimeError,
        "expected dtype",
    ),
    mistake(
        "lerp of integers",
        lambda torch: torch.lerp(
            torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.int64), 0.5
        ),
        NotImplementedError,
        "not implemented for 'Long'",
    ),
    mistake(
        "add of text",
        lambda torch: torch.ones(2) + "a",
        TypeError,
        "unsupported operand type(s) for +: 'Tensor' and 'str'",
    ),
    mistake(
        "add of None",
        lambda torch: torch.ones(2) + None,
        TypeError,
        "unsupported operand type(s) for +: 'Tensor' and 'NoneType'",
    ),
    mistake(
        "add of a list",
        lambda torch: torch.ones(2) + [1, 2],
        TypeError,
        "unsupported operand type(s) for +: 'Tensor' and 'list'",
    ),
    mistake(
        "exp of a number",
        lambda torch: torch.exp(1.0),
        TypeError,
        "exp(): argument 'input' (position 1) must be Tensor, not float",
    ),
    mistake(
        "exp of a list",
        lambda torch: torch.exp([1.0]),
        TypeError,
        "exp(): argument 'input' (position 1) must be Tensor, not list",
    ),
    mistake(
        "exp of an array",
        lambda torch: torch.exp(np.ones(2)),
        TypeError,
        "exp(): argument 'input' (position 1) must be Tensor, not numpy.ndarray",
    ),
    mistake(
        "add of an array",
        lambda torch: torch.add(torch.ones(2), np.ones((2,))),
        TypeError,
        "add(): argument 'other' (position 2) must be Tensor, not numpy.ndarray",
    ),
    mistake(
        "an unknown keyword",
        lambda torch: torch.exp(torch.ones(2), foo=1),
        TypeError,
        "exp() got an unexpected keyword argument 'foo'",
    ),
    mistake(
        "too many arguments",
        lambda torch: torch.exp(torch.ones(2), torch.ones(2), torch.ones(2)),
        TypeError,
        "exp() takes 1 positional argument but 3 were given",
    ),
    mistake(
        "too few arguments",
        lambda torch: torch.add(torch.ones(2)),
        TypeError,
        "add()",
    ),
)
