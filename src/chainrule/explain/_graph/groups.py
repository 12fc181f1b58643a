"""Parts of a graph that are shown as one: the iterations of a loop, and runs of many nodes.

Apart from folding.py, which finds loops, and from layering.py, which draws: this is the tree that
both speak of. An item is the number of a record, or a group.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from collections.abc import Iterator

Item = Union[int, "Group"]

GRAPH, LOOP, PART = "graph", "loop", "part"


@dataclass(eq=False, slots=True)
class Group:
    """Items shown as one; those of a loop by iterations."""

    kind: str
    iterations: list[list[Item]]
    title: str = ""
    place: str = ""
    number: int = 0
    repeats: int = 1  # how often the body of a loop ran
    first: int = 1  # which iteration is the first one here
    body: list[Item] = field(default_factory=list)  # the last iteration of a loop

    @property
    def children(self) -> list[Item]:
        """All items, in the order in which they were made."""
        return [item for iteration in self.iterations for item in iteration]

    def records(self) -> Iterator[int]:
        """The numbers of all records inside."""
        waiting: list[Item] = [self]
        while waiting:
            item = waiting.pop()
            if isinstance(item, Group):
                waiting += item.children
            else:
                yield item

    def groups(self) -> Iterator[Group]:
        """This group and all inside, outer ones first."""
        waiting = [self]
        while waiting:
            group = waiting.pop()
            yield group
            waiting += [item for item in reversed(group.children) if isinstance(item, Group)]


@dataclass(slots=True)
class Link:
    """Edges between two items of one group, those of the records inside them together."""

    source: int  # place among the children of the group
    target: int
    pairs: list[tuple[int, int]] = field(default_factory=list)  # numbers of the records
