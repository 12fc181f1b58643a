"""The patterns of rearrange, taken apart: "a (b c) ... -> (a ...) c b".

Apart from rearrange, which gives the names sizes. A side is a list of dimensions, each of them a
list of names: one, several in parentheses, or none, for a dimension of size 1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ELLIPSIS = "…"  # in the place of three dots
Group = list[str]
DOTS: Group = [ELLIPSIS]  # outside parentheses, where they are several dimensions and not one


def parsed(pattern: str, given: Iterable[str]) -> tuple[list[Group], list[Group]]:
    """Both sides of a pattern; ValueError where it is none, or misses names of given sizes."""
    sides = pattern.split("->")
    if len(sides) != 2:
        raise ValueError("Pattern must contain a single '->' separator")
    left, right = map(_groups, sides)
    names, others = _names(left), _names(right)
    if ELLIPSIS in others and ELLIPSIS not in names:
        raise ValueError(f"Ellipsis found in right side, but not left side of a pattern {pattern}")
    if any(ELLIPSIS in group and group is not DOTS for group in left):
        raise ValueError(f"Ellipsis is parenthesis in the left side is not allowed: {pattern}")
    if names ^ others:
        raise ValueError(
            "Identifiers only on one side of rearrange expression (should be on both): "
            f"{names ^ others}"
        )
    if set(given) - names:
        raise ValueError(f"Identifiers not found in rearrange expression: {set(given) - names}")
    return left, right


def _names(groups: list[Group]) -> set[str]:
    return {name for group in groups for name in group}


def _groups(side: str) -> list[Group]:
    """The dimensions of one side of a pattern."""
    text = side.replace("...", ELLIPSIS)
    if "." in text or text.count(ELLIPSIS) > 1:
        raise ValueError(
            "Expression may contain dots only inside ellipsis (...); only one ellipsis for tensor"
        )
    groups: list[Group] = []
    inside = False
    seen: set[str] = set()
    for word in re.findall(r"[()]|[^\s()]+", text):
        if word in "()":
            inside = _parenthesis(word, inside, side)
            if inside:
                groups.append([])
            continue
        _check_name(word, seen)
        seen.add(word)
        names = [] if word == "1" else [word]
        if inside:
            groups[-1] += names
        else:
            groups.append(DOTS if word == ELLIPSIS else names)
    if inside:
        raise ValueError(f"Imbalanced parentheses in expression: '{side}'")
    return groups


def _parenthesis(word: str, inside: bool, side: str) -> bool:
    """Whether what follows is inside parentheses."""
    if word == "(" and inside:
        raise ValueError("Axis composition is one-level (brackets inside brackets not allowed)")
    if word == ")" and not inside:
        raise ValueError(f"Imbalanced parentheses in expression: '{side}'")
    return word == "("


def _check_name(word: str, seen: set[str]) -> None:
    if word == "1":
        return
    if word in seen:
        raise ValueError(f"Indexing expression contains duplicate dimension '{word}'")
    if word == ELLIPSIS:
        return
    if word.isdecimal():
        raise ValueError("rearrange only supports unnamed axes of size 1")
    reason = None
    if not word.isidentifier():
        reason = "not a valid python identifier"
    elif word.startswith("_") or word.endswith("_"):
        reason = "axis name should should not start or end with underscore"
    if reason:
        raise ValueError(f"Invalid axis identifier: {word}\n{reason}")
