"""Loops found again in a straight line of operations: what repeats becomes one group.

Apart from grouping.py, which puts leaves into the groups: here is only a sequence of tokens, of
which two are equal where the same expression made both.

Note: how loops are found. Items are put on a stack. Whenever the last ones equal those before them,
both become a loop of two iterations; whenever they equal the body of the loop before them, it has
one more. A loop is itself an item, so that loops in loops are found. Each step looks at a few
candidates, and a comparison goes on only while it succeeds, so that the time is nearly linear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.explain._graph.groups import LOOP, Group, Item

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

CANDIDATES = 4
# Fewer repetitions are clearer when each is seen.
FEWEST = 3


def folded(tokens: Sequence[Hashable]) -> list[Item]:
    """Items for a sequence of tokens: the place of a token, or a group of what repeats."""
    stack = _Stack()
    for place, token in enumerate(tokens):
        stack.push(token, place)
        while stack.join() or stack.extend():
            pass
    return _without_short(stack.items)


class _Stack:
    """Items, their tokens as small numbers, and where each token was seen last."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.tokens: list[int] = []
        self.numbers: dict[Hashable, int] = {}
        self.places: dict[int, list[int]] = {}
        self.loops: list[tuple[int, tuple[int, ...]]] = []  # place and body of each loop

    def push(self, token: Hashable, item: Item) -> None:
        number = self.numbers.setdefault(token, len(self.numbers))
        self.places.setdefault(number, []).append(len(self.items))
        self.items.append(item)
        self.tokens.append(number)

    def pop(self, count: int) -> list[Item]:
        """Take the last items away."""
        taken = self.items[len(self.items) - count :]
        for number in reversed(self.tokens[len(self.tokens) - count :]):
            self.places[number].pop()
        del self.items[len(self.items) - count :], self.tokens[len(self.tokens) - count :]
        while self.loops and self.loops[-1][0] >= len(self.items):
            self.loops.pop()
        return taken

    def extend(self) -> bool:
        """Whether the last items were one more iteration of the loop before them."""
        for place, body in reversed(self.loops[-CANDIDATES:]):
            length = len(self.items) - place - 1
            if length == len(body) and tuple(self.tokens[place + 1 :]) == body:
                iteration = self.pop(length)
                (loop,) = self.pop(1)
                assert isinstance(loop, Group)
                loop.iterations.append(iteration)
                self.push_loop(body, loop)
                return True
        return False

    def join(self) -> bool:
        """Whether the last items were equal to those before them, and are now a loop of two."""
        end = len(self.tokens)
        for place in reversed(self.places[self.tokens[-1]][-CANDIDATES - 1 : -1]):
            length = end - 1 - place
            start = place + 1 - length
            if start < 0 or self.tokens[start] != self.tokens[place + 1]:
                continue
            if self.tokens[start : place + 1] == self.tokens[place + 1 :]:
                body = tuple(self.tokens[place + 1 :])
                second, first = self.pop(length), self.pop(length)
                self.push_loop(body, Group(LOOP, [first, second]))
                return True
        return False

    def push_loop(self, body: tuple[int, ...], loop: Group) -> None:
        self.push((LOOP, body, len(loop.iterations)), loop)
        self.loops.append((len(self.items) - 1, body))


def _without_short(items: list[Item]) -> list[Item]:
    """Items with the iterations of short loops in their place."""
    found: list[Item] = []
    for item in items:
        if isinstance(item, int):
            found.append(item)
            continue
        item.iterations = [_without_short(iteration) for iteration in item.iterations]
        if len(item.iterations) < FEWEST:
            found += item.children
        else:
            found.append(item)
    return found
