"""Coordinates for rows of boxes: each near the middle of its neighbours, none over another.

Apart from layering.py, which finds the rows, and from svg.py, which draws. The page does the same
in page.js, for what a reader opens.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainrule.explain._graph.groups import Link
    from chainrule.explain._graph.layering import Layers

GAP_ACROSS, GAP_DOWN, BEND_WIDTH, BEND_GAP = 26.0, 46.0, 4.0, 6.0
PASSES, CHAIN_WEIGHT = 4, 12.0

Point = tuple[float, float]
Size = tuple[float, float]


def placed(layers: Layers, links: list[Link], sizes: list[Size]) -> tuple[list[Point], Size]:
    """The middle of each item and bend, and the size of it all."""
    count = 1 + max([place for row in layers.rows for place in row], default=-1)
    size = [*sizes, *[(BEND_WIDTH, 0.0)] * (count - len(sizes))]
    across = [0.0] * count
    for row in layers.rows:
        offsets = _offsets(row, size)
        for place, offset in zip(row, offsets):
            across[place] = offset - offsets[-1] / 2
    above, below = _neighbours(layers, links)
    # What has inputs here is part of a chain, and straight; what has none stands beside it.
    weights = [CHAIN_WEIGHT if place in above and size[place][1] else 1.0 for place in range(count)]
    for number in range(PASSES):
        neighbours = above if number % 2 == 0 else below
        for row in layers.rows if number % 2 == 0 else reversed(layers.rows):
            _settle(row, across, neighbours, size, weights)
    return _down(layers, across, size)


def _neighbours(layers: Layers, links: list[Link]) -> tuple[dict[int, list[int]], ...]:
    above: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for link, through in zip(links, layers.bends):
        way = [link.source, *through, link.target]
        for one, other in itertools.pairwise(way):
            below.setdefault(one, []).append(other)
            above.setdefault(other, []).append(one)
    return above, below


def _settle(
    row: list[int],
    across: list[float],
    neighbours: dict[int, list[int]],
    size: list[Size],
    weights: list[float],
) -> None:
    """Move the members of a row towards their neighbours, as far as their order and width allow.

    The least squares under `next - this >= distance` are means of blocks: members that would
    overlap join a block, which moves as one.
    """
    offsets, blocks = _offsets(row, size), list[tuple[float, float, int]]()
    for place, offset in zip(row, offsets):
        near = neighbours.get(place, ())
        total = sum(weights[one] for one in near)
        wish = sum(weights[one] * across[one] for one in near) / total if near else across[place]
        mean, weight, count = wish - offset, weights[place], 1
        while blocks and blocks[-1][0] > mean:
            last, heavy, more = blocks.pop()
            mean = (last * heavy + mean * weight) / (heavy + weight)
            weight, count = heavy + weight, count + more
        blocks.append((mean, weight, count))
    members = zip(row, offsets)
    for mean, _, count in blocks:
        for place, offset in itertools.islice(members, count):
            across[place] = mean + offset


def _offsets(row: list[int], size: list[Size]) -> list[float]:
    """How far the middle of each member is from that of the first, when they stand close."""
    found = [0.0]
    for one, other in itertools.pairwise(row):
        is_bend = size[one][1] == 0 or size[other][1] == 0
        gap = BEND_GAP if is_bend else GAP_ACROSS
        found.append(found[-1] + (size[one][0] + size[other][0]) / 2 + gap)
    return found


def _down(layers: Layers, across: list[float], size: list[Size]) -> tuple[list[Point], Size]:
    left = min([x - size[place][0] / 2 for place, x in enumerate(across)], default=0.0)
    right = max([x + size[place][0] / 2 for place, x in enumerate(across)], default=0.0)
    points: list[Point] = [(0.0, 0.0)] * len(across)
    top = 0.0
    for row in layers.rows:
        height = max([size[place][1] for place in row], default=0.0)
        for place in row:
            points[place] = (across[place] - left, top + height / 2)
        top += height + GAP_DOWN
    return points, (right - left, max(top - GAP_DOWN, 0.0))
