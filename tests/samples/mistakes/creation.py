"""Mistakes: making tensors of text, of ragged lists, of negative sizes, of what is no number.

Apart because there is no tensor yet to speak of.
"""

from __future__ import annotations

from tests.samples.mistakes.mistake import mistake

MISTAKES = (
    mistake(
        "text given to tensor",
        lambda torch: torch.tensor("abc"),
        TypeError,
        "invalid data type 'str'",
    ),
    mistake(
        "None given to tensor",
        lambda torch: torch.tensor(None),
        RuntimeError,
        "Could not infer dtype of NoneType",
    ),
    mistake(
        "a list of text given to tensor",
        lambda torch: torch.tensor(["a", "b"]),
        ValueError,
        "too many dimensions 'str'",
    ),
    mistake(
        "a ragged list given to tensor",
        lambda torch: torch.tensor([[1, 2], [3]]),
        ValueError,
        "expected sequence of length 2 at dim 1 (got 1)",
    ),
    mistake(
        "a ragged list with a number given to tensor",
        lambda torch: torch.tensor([[1, 2], 3]),
        TypeError,
        "not a sequence",
    ),
    mistake(
        "a list with None given to tensor",
        lambda torch: torch.tensor([1, None]),
        RuntimeError,
        "Could not infer dtype of NoneType",
    ),
    mistake(
        "a dict given to tensor",
        lambda torch: torch.tensor({"a": 1}),
        RuntimeError,
        "Could not infer dtype of dict",
    ),
    mistake(
        "300 as uint8",
        lambda torch: torch.tensor(300, dtype=torch.uint8),
        RuntimeError,
        "value cannot be converted to type uint8 without overflow",
    ),
    mistake(
        "a number too large for int64",
        lambda torch: torch.tensor(2**70),
        ValueError,
        "Overflow when unpacking long long",
    ),
    mistake(
        "a tensor of tensors of several elements",
        lambda torch: torch.tensor([torch.ones(2), torch.ones(2)]),
        ValueError,
        "only one element tensors can be converted to Python scalars",
    ),
    mistake(
        "negative sizes",
        lambda torch: torch.zeros(-1),
        RuntimeError,
        "zeros: Dimension size must be non-negative",
    ),
    mistake(
        "sizes that are floats",
        lambda torch: torch.zeros(1.5),
        TypeError,
        "zeros()",
    ),
    mistake(
        "full without a value",
        lambda torch: torch.full((2,)),
        TypeError,
        "full() missing 1 required positional",
    ),
    mistake(
        "arange with no step",
        lambda torch: torch.arange(0, 5, 0),
        RuntimeError,
        "step must be nonzero",
    ),
    mistake(
        "linspace without steps",
        lambda torch: torch.linspace(0, 1),
        TypeError,
        "linspace()",
    ),
    mistake(
        "linspace with negative steps",
        lambda torch: torch.linspace(0, 1, -1),
        RuntimeError,
        "number of steps must be non-negative",
    ),
    mistake(
        "eye of a negative size",
        lambda torch: torch.eye(-1),
        RuntimeError,
        "n must be greater or equal to 0, got -1",
    ),
    mistake(
        "randint of an empty range",
        lambda torch: torch.randint(5, 5, (2,)),
        RuntimeError,
        "random_ expects 'from' to be less than 'to', but got from=5 >= to=5",
    ),
    mistake(
        "randperm of a negative number",
        lambda torch: torch.randperm(-1),
        RuntimeError,
        "Trying to create tensor with negative dimension -1: [-1]",
    ),
    mistake(
        "normal with a negative deviation",
        lambda torch: torch.normal(0.0, -1.0, (2,)),
        RuntimeError,
        "normal expects std >= 0.0, but found std -1",
    ),
    mistake(
        "bernoulli of what is no probability",
        lambda torch: torch.bernoulli(torch.tensor([1.5])),
        RuntimeError,
        "Expected p_in >= 0 && p_in <= 1",
    ),
    mistake(
        "multinomial of negative weights",
        lambda torch: torch.multinomial(torch.tensor([-1.0, 2.0]), 1),
        RuntimeError,
        "probability tensor contains either `inf`, `nan` or element < 0",
    ),
    mistake(
        "a Python number from two elements",
        lambda torch: torch.ones(2).item(),
        RuntimeError,
        "a Tensor with 2 elements cannot be converted to Scalar",
    ),
    mistake(
        "float of two elements",
        lambda torch: float(torch.ones(2)),
        ValueError,
        "only one element tensors can be converted to Python scalars",
    ),
    mistake(
        "the truth of two elements",
        lambda torch: bool(torch.ones(2)),
        RuntimeError,
        "Boolean value of Tensor with more than one value is ambiguous",
    ),
    mistake(
        "the truth of no element",
        lambda torch: bool(torch.ones(0)),
        RuntimeError,
        "Boolean value of Tensor with no values is ambiguous",
    ),
    mistake(
        "the length of a scalar",
        lambda torch: len(torch.tensor(1.0)),
        TypeError,
        "len() of a 0-d tensor",
    ),
    mistake(
        "the elements of a scalar",
        lambda torch: iter(torch.tensor(1.0)),
        TypeError,
        "iteration over a 0-d tensor",
    ),
    mistake(
        "an index from a float tensor",
        lambda torch: range(torch.tensor(1.0)),
        TypeError,
        "only integer tensors of a single element can be converted to an index",
    ),
)
