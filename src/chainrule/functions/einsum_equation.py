"""Reading an einsum equation: which label every dimension has.

Apart from the contraction itself, which only sees labels: here are PyTorch's two ways of writing
them, its ellipsis, and its words for what is wrong.

A label is a letter, or "...0", "...1" for the dimensions of an ellipsis, counted from the last.
"""

from __future__ import annotations

import functools
import string

LETTERS = string.ascii_uppercase + string.ascii_lowercase


def equation_of(arguments: tuple) -> tuple[str, list]:
    """The equation and the operands, from either of PyTorch's ways of calling einsum."""
    if len(arguments) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least "
            "one operand and its subscripts list"
        )
    if isinstance(arguments[0], str):
        operands = arguments[1:]
        if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
            operands = operands[0]  # type: ignore[assignment]
        return arguments[0], list(operands)
    if not isinstance(arguments[1], (list, tuple)):
        raise TypeError(
            "einsum(): argument 'equation' (position 1) must be str, not "
            f"{type(arguments[0]).__name__}"
        )
    lists = [_letters(subscripts) for subscripts in arguments[1::2]]
    equation = ",".join(lists)
    if len(arguments) % 2:
        equation += "->" + _letters(arguments[-1])
    return equation, list(arguments[: len(arguments) // 2 * 2 : 2])


def _letters(subscripts) -> str:
    """A list of numbers and ellipses as the letters of an equation."""
    for subscript in subscripts:
        if subscript is not Ellipsis and not 0 <= subscript < len(LETTERS):
            raise ValueError(
                "einsum(): subscript in subscript list is not within the valid range "
                f"[0, {len(LETTERS)}), but {subscript}"
            )
    return "".join("..." if item is Ellipsis else LETTERS[item] for item in subscripts)


@functools.lru_cache(maxsize=512)
def labels_of(equation: str, ranks: tuple[int, ...]) -> tuple[list[tuple], tuple]:
    """The labels of every operand's dimensions, and of the result's."""
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        few = "fewer" if len(ranks) < len(terms) else "more"
        raise RuntimeError(
            f"einsum(): {few} operands were provided than specified in the equation: "
            f"{len(ranks)} for {len(terms)} terms"
        )
    inputs, start = [], 0
    for number, (term, rank) in enumerate(zip(terms, ranks)):
        labels = _read(term, start, f"operand {number}")
        inputs.append(_with_rank(labels, rank, number))
        start += len(term) + 1
    dots = max((label for labels in inputs for label in labels if label[0] == "."), default=None)
    ellipsis = [f"...{place}" for place in reversed(range(int(dots[3:]) + 1))] if dots else []
    if not arrow:
        return inputs, _implied(inputs, ellipsis)
    return inputs, _explicit(_read(right, len(left) + 2, "the output"), inputs, ellipsis)


def _read(term: str, start: int, where: str) -> list[str]:
    """The letters and the ellipsis of one term."""
    labels, place = [], 0
    while place < len(term):
        letter = term[place]
        if letter == ".":
            if "..." in labels:
                raise RuntimeError(
                    f"einsum(): found '.' for {where} for which an ellipsis was already found"
                )
            if term[place : place + 3] != "...":
                raise RuntimeError(
                    f"einsum(): found '.' for {where} that is not part of any ellipsis"
                )
            labels.append("...")
            place += 3
            continue
        if letter in LETTERS:
            labels.append(letter)
        elif letter != " ":
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {start + place} in the equation "
                "string, subscripts must be in [a-zA-Z]"
            )
        place += 1
    return labels


def _with_rank(labels: list[str], rank: int, number: int) -> tuple[str, ...]:
    """The labels of an operand of so many dimensions, its ellipsis written out."""
    named = len(labels) - ("..." in labels)
    if named > rank or (named < rank and "..." not in labels):
        more = (
            "is more than the number of dimensions"
            if "..." in labels
            else f"({named}) does not match the number of dimensions"
        )
        raise RuntimeError(
            f"einsum(): the number of subscripts in the equation {more} ({rank}) for operand "
            f"{number}" + ("" if "..." in labels else " and no ellipsis was given")
        )
    dots = [f"...{place}" for place in reversed(range(rank - named))]
    return tuple(part for label in labels for part in (dots if label == "..." else [label]))


def _implied(inputs, ellipsis) -> tuple[str, ...]:
    """Without "->": the ellipsis, then the letters that occur once, in alphabetical order."""
    every = [label for labels in inputs for label in labels if label in LETTERS]
    return (*ellipsis, *sorted(label for label in set(every) if every.count(label) == 1))


def _explicit(labels, inputs, ellipsis) -> tuple[str, ...]:
    known = {label for operand in inputs for label in operand}
    for label in labels:
        if label != "..." and label not in known:
            raise RuntimeError(
                f"einsum(): output subscript {label} does not appear in the equation for any "
                "input operand"
            )
        if labels.count(label) > 1:
            raise RuntimeError(
                f"einsum(): output subscript {label} appears more than once in the output"
            )
    return tuple(part for label in labels for part in (ellipsis if label == "..." else [label]))
