"""The ways along which a gradient dies, vanishes or explodes, and the line to blame for it.

Apart from flow itself, which measures: here it is decided what is worth pointing out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from chainrule.explain._flow_report import Point, Target, Way
from chainrule.explain._lines import Line, line_of, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chainrule._core.core import Node
    from chainrule.explain._flow import Watch
    from chainrule.explain._walk import Place

# A gradient this much smaller or larger than what the backward started from is pointed out:
# float32 resolves 1e-7, and a factor of a million is no longer a matter of scale.
VANISHED, EXPLODED = 1e-6, 1e6


def ways_of(
    targets: dict[str, Target],
    places: dict[str, Place | None],
    watch: Watch,
    root: Node,
    points: tuple[Point, ...],
) -> tuple[Way, ...]:
    """What is to be pointed out: a way a target and kind, and every place where all dies."""
    ways = [Way("dead", (), 0.0, line_of(n), spoken(n), 0.0) for n in watch.dead]
    by_line: dict[Any, Way] = {(way.line, way.op): way for way in ways}
    found: dict[tuple, list[Way]] = defaultdict(list)
    for name, target in targets.items():
        place = places[name]
        kind = _kind(target.norm, watch.norms.get(root, 0.0))
        if kind is not None and place is not None and target.norm is not None:
            way = _blamed(name, kind, place[0], watch, root, target.norm)
            found[way.kind, way.line, way.op].append(way)
    for (kind, line, op), some in found.items():
        names = tuple(way.names[0] for way in some)
        by_line[line, op] = Way(kind, names, some[0].norm, line, op, some[0].gain, some[0].count)
    for way in _loops(points):
        by_line.setdefault((way.line, way.op), way)
    return tuple(by_line.values())


def _loops(points: tuple[Point, ...]) -> tuple[Way, ...]:
    """Repetitions along which the gradient vanishes or explodes, by the operation most to blame.

    A leaf that every repetition uses may still be given enough by the last of them.
    """
    found = []
    for kind, choose in (("vanishing", min), ("exploding", max)):
        some = [point for point in points if _kind_of_loop(point) == kind]
        if some:
            worst = choose(some, key=lambda point: point.gain)
            last, count = worst.norms[-1], len(worst.norms)
            found.append(Way(kind, (), last, worst.line, worst.op, worst.gain, count))
    return tuple(found)


def _kind_of_loop(point: Point) -> str | None:
    first, last = point.norms[0], point.norms[-1]
    return _kind(last, first) if len(point.norms) > 2 and last > 0 else None


def _kind(norm: float | None, seed: float) -> str | None:
    if norm is None or not seed:
        return None
    if not math.isfinite(norm):
        return "not finite"
    if norm == 0:
        return "dead"
    return (
        "vanishing" if norm < VANISHED * seed else "exploding" if norm > EXPLODED * seed else None
    )


def _blamed(name, kind, node: Node, watch: Watch, root: Node, norm: float) -> Way:
    """The line on the strongest way from the loss that changes the gradient most."""
    gains: dict[tuple[Line, str], list[float]] = {}
    for user, gain in _gains(node, watch, root):
        if kind == "dead" and gain == 0 and watch.norms[user]:
            return Way(kind, (name,), norm, line_of(user), spoken(user), 0.0)
        gains.setdefault((line_of(user), spoken(user)), []).append(gain)
    if kind == "dead":  # though no operation on the way made it zero
        return Way("cancelled", (name,), norm, line_of(node), spoken(node), math.nan)
    if kind == "not finite" or not gains:
        return Way(kind, (name,), norm, line_of(node), spoken(node), math.nan)
    choose = min if kind == "vanishing" else max
    (line, op), some = choose(gains.items(), key=lambda item: _exponent(item[1]))
    mean = math.exp(_exponent(some) / len(some))
    return Way(kind, (name,), norm, line, op, mean, len(some))


def _gains(node: Node, watch: Watch, root: Node) -> Iterator[tuple[Node, float]]:
    """From a leaf towards the loss: each node, and what it makes of a gradient of norm 1."""
    while node is not root and node in watch.strongest:
        size, user = watch.strongest[node]
        before = watch.norms.get(user, 0.0)
        yield user, (size / before if before else 0.0)
        node = user


def _exponent(gains: list[float]) -> float:
    return sum(math.log(gain) if gain > 0 else -700.0 for gain in gains if not math.isnan(gain))


def mean_of(gains: dict[Node, float], nodes: list[Node]) -> float:
    """The geometric mean of what the nodes multiply a norm by."""
    known = [gains[node] for node in nodes if node in gains]
    return math.exp(_exponent(known) / len(known)) if known else math.nan
