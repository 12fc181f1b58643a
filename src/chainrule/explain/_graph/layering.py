"""Rows for the items of one group: each below what it uses, with few crossings.

Apart from placing.py, which gives coordinates: rows do not depend on how large an item is drawn, so
that the page need not find them again when a group is opened.

Note: bends. An edge over several rows goes through a place of its own in each row between, a bend,
so that it is not drawn across other items. Bends have numbers after those of the items.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainrule.explain._graph.groups import Link

SWEEPS = 6
# An edge over more rows than this is drawn directly: its bends would cost more than they clear up.
ROWS_BENT = 40


@dataclass(slots=True)
class Layers:
    """Rows of places, and for each link the bends on its way."""

    rows: list[list[int]]
    bends: list[list[int]]


def layers_of(count: int, links: list[Link]) -> Layers:
    """Rows for `count` items, which come in the order in which they were made."""
    levels = _levels(count, links)
    rows: list[list[int]] = [[] for _ in range(max(levels, default=-1) + 1)]
    for place, level in enumerate(levels):
        rows[level].append(place)
    bends = _bent(count, links, levels, rows)
    _uncross(rows, links, bends)
    return Layers(rows, bends)


def _levels(count: int, links: list[Link]) -> list[int]:
    """The row of each item: below all it uses, and as near to what uses it as that allows."""
    levels = [0] * count
    for link in sorted(links, key=lambda link: link.target):
        levels[link.target] = max(levels[link.target], levels[link.source] + 1)
    users: dict[int, list[int]] = {}
    for link in links:
        users.setdefault(link.source, []).append(link.target)
    for place in reversed(range(count)):
        if place in users:
            levels[place] = min(levels[user] for user in users[place]) - 1
    return levels


def _bent(
    count: int, links: list[Link], levels: list[int], rows: list[list[int]]
) -> list[list[int]]:
    bends: list[list[int]] = []
    for link in links:
        between = range(levels[link.source] + 1, levels[link.target])
        through = []
        if len(between) <= ROWS_BENT:
            for level in between:
                rows[level].append(count)
                through.append(count)
                count += 1
        bends.append(through)
    return bends


def _uncross(rows: list[list[int]], links: list[Link], bends: list[list[int]]) -> None:
    """Order each row by the middle of what its members are connected with, up and down."""
    above: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for link, through in zip(links, bends):
        way = [link.source, *through, link.target]
        for one, other in itertools.pairwise(way):
            below.setdefault(one, []).append(other)
            above.setdefault(other, []).append(one)
    for sweep in range(SWEEPS):
        neighbours, order = (above, rows) if sweep % 2 == 0 else (below, rows[::-1])
        places = {member: place for row in rows for place, member in enumerate(row)}
        for row in order:
            middles = {
                member: _middle([places[one] for one in neighbours.get(member, ())], places[member])
                for member in row
            }
            row.sort(key=middles.__getitem__)
            places.update({member: place for place, member in enumerate(row)})


def _middle(places: list[int], own: int) -> float:
    return sum(places) / len(places) if places else own
