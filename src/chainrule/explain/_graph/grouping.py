"""From records to the tree of what is shown: loops folded, leaves beside what uses them.

Apart from folding.py, which knows no records. Whatever the graph, no group has more than a hundred
or so items, so that each can be drawn at once; a long run without a loop is cut into parts.
"""

from __future__ import annotations

from chainrule.explain._graph.folding import folded
from chainrule.explain._graph.groups import GRAPH, LOOP, PART, Group, Item, Link
from chainrule.explain._graph.records import LEAF, Record

ITEMS_AT_MOST = 120

# Which group a record is in, and in which of its iterations.
Home = tuple[Group, int]


def grouped(records: list[Record]) -> Group:
    """The whole graph as a group."""
    operations = [record.number for record in records if record.kind != LEAF]
    items = _numbered(folded([records[number].token for number in operations]), operations)
    graph = Group(GRAPH, [items])
    _place_leaves(graph, records)
    for group in list(graph.groups()):
        _describe(group, records)
    _divide(graph, records)
    for number, group in enumerate(graph.groups()):
        group.number = number
    return graph


def _numbered(items: list[Item], operations: list[int]) -> list[Item]:
    """Items with the numbers of records for places in the list of operations."""
    for item in items:
        if isinstance(item, Group):
            item.iterations = [_numbered(one, operations) for one in item.iterations]
    return [item if isinstance(item, Group) else operations[item] for item in items]


def _describe(group: Group, records: list[Record]) -> None:
    """The title of a loop is the lines that its body stands in."""
    if group.kind != LOOP:
        return
    group.repeats, group.body = len(group.iterations), group.iterations[-1]
    body = Group(PART, [group.body])
    inside = [records[number] for number in body.records() if records[number].kind != LEAF]
    files = {record.filename for record in inside}
    lines = [record.line for record in inside]
    names = list(dict.fromkeys(record.title for record in sorted(inside, key=lambda r: r.number)))
    group.title = " · ".join(names[:5]) + (" · …" if len(names) > 5 else "")
    if len(files) == 1:
        first, last = min(lines), max(lines)
        group.place = f"{files.pop()}:{first}" + (f"-{last}" if last > first else "")


# ---------------------------------------------------------------------------------- leaves


def homes_of(graph: Group) -> tuple[dict[int, Home], dict[Group, Home]]:
    """Where each record is, and where each group is."""
    records: dict[int, Home] = {}
    groups: dict[Group, Home] = {}
    for group in graph.groups():
        for place, iteration in enumerate(group.iterations):
            for item in iteration:
                if isinstance(item, Group):
                    groups[item] = group, place
                else:
                    records[item] = group, place
    return records, groups


def _place_leaves(graph: Group, records: list[Record]) -> None:
    """Put each leaf into the innermost iteration that holds all that uses it."""
    homes, outer = homes_of(graph)
    users: dict[int, list[int]] = {}
    for record in records:
        for operand in record.operands:
            if records[operand.source].kind == LEAF:
                users.setdefault(operand.source, []).append(record.number)
    placed: dict[int, dict[Item, list[int]]] = {}
    lists: dict[int, list[Item]] = {}
    for record in records:
        if record.kind == LEAF:
            group, place = _common_home(
                [homes[user] for user in users.get(record.number, ())], outer, graph
            )
            iteration = group.iterations[place]
            first = _first_of(iteration, users.get(record.number, ()), homes, outer, group)
            lists[id(iteration)] = iteration
            placed.setdefault(id(iteration), {}).setdefault(first, []).append(record.number)
    for key, before in placed.items():
        iteration = lists[key]
        iteration[:] = [
            one for item in [*iteration] for one in (*before.get(item, ()), item)
        ] + before.get(-1, [])


def _chain(home: Home, outer: dict[Group, Home]) -> list[Home]:
    """A home and those around it, the outermost first."""
    found = [home]
    while found[-1][0] in outer:
        found.append(outer[found[-1][0]])
    return found[::-1]


def _common_home(homes: list[Home], outer: dict[Group, Home], graph: Group) -> Home:
    """The innermost iteration that all homes are in."""
    common: list[Home] | None = None
    for home in dict.fromkeys(homes):
        chain = _chain(home, outer)
        if common is None:
            common = chain
        else:
            same = 0
            while same < min(len(common), len(chain)) and common[same] == chain[same]:
                same += 1
            common = common[:same]
    return common[-1] if common else (graph, 0)


def _first_of(
    iteration: list[Item],
    users: list[int] | tuple[int, ...],
    homes: dict[int, Home],
    outer: dict[Group, Home],
    group: Group,
) -> Item:
    """The item of an iteration that holds the first user of a leaf; -1 where nothing uses it."""
    if not users:
        return -1
    first = min(users)
    item: Item = first
    home = homes[first]
    while home[0] is not group:
        item, home = home[0], outer[home[0]]
    return item


# ----------------------------------------------------------------------------------- parts


def _divide(graph: Group, records: list[Record]) -> None:
    """Cut what is too long to be drawn at once into parts, and these again."""
    waiting = [graph]
    while waiting:
        group = waiting.pop()
        if len(group.children) > ITEMS_AT_MOST:
            if len(group.iterations) > 1:
                group.iterations = [_parts_of_loop(group)]
            else:
                group.iterations = [_parts_of_run(group.children, records)]
        waiting += [item for item in group.children if isinstance(item, Group)]


def _parts_of_loop(loop: Group) -> list[Item]:
    """Runs of iterations, each short enough to be drawn, or else to be cut again."""
    count = len(loop.iterations)
    longest = max(len(iteration) for iteration in loop.iterations)
    each = max(_round(ITEMS_AT_MOST // longest), -(-count // ITEMS_AT_MOST), 1)
    parts: list[Item] = []
    for start in range(0, count, each):
        part = Group(PART, loop.iterations[start : start + each], place=loop.place)
        part.first = loop.first + start
        last = part.first + len(part.iterations) - 1
        part.title = f"iteration {last}"
        if last > part.first:
            part.title = f"iterations {part.first} to {last}"
        parts.append(part)
    return parts


def _round(count: int) -> int:
    """The largest number as 1, 2, 5, 10, 20, ... that is not above a count."""
    found = 1
    while found * 10 <= count:
        found *= 10
    return found * max(step for step in (1, 2, 5) if step == 1 or found * step <= count)


def _parts_of_run(items: list[Item], records: list[Record]) -> list[Item]:
    """Equal parts of a run, as many as they have items."""
    each = int(len(items) ** 0.5) + 1
    parts: list[Item] = []
    for start in range(0, len(items), each):
        part = Group(PART, [items[start : start + each]])
        numbers = sorted(part.records())
        lines = [records[number].line for number in numbers if records[number].line]
        part.title = f"{len(numbers)} nodes"
        if lines:
            name = next(records[n].filename for n in numbers if records[n].filename)
            part.place = f"{name}:{min(lines)}-{max(lines)}"
        parts.append(part)
    return parts


# ----------------------------------------------------------------------------------- links


def links_of(graph: Group, records: list[Record]) -> dict[Group, list[Link]]:
    """The edges, each in the innermost group that holds both its ends, between the items there."""
    paths = _paths(graph)
    found: dict[Group, dict[tuple[int, int], Link]] = {group: {} for group in graph.groups()}
    for record in records:
        for operand in record.operands:
            group, source, target = _meeting(paths[operand.source], paths[record.number])
            if source != target:
                link = found[group].setdefault((source, target), Link(source, target))
                link.pairs.append((operand.source, record.number))
    return {group: list(links.values()) for group, links in found.items()}


Path = tuple[tuple[Group, int], ...]


def _paths(graph: Group) -> dict[int, Path]:
    """For each record the groups around it, from the outermost, and its place in each."""
    found: dict[int, Path] = {}
    around: dict[Group, Path] = {graph: ()}
    for group in graph.groups():
        for place, item in enumerate(group.children):
            path = (*around[group], (group, place))
            if isinstance(item, Group):
                around[item] = path
            else:
                found[item] = path
    return found


def _meeting(one: Path, other: Path) -> tuple[Group, int, int]:
    """The innermost group that two paths share, and the place of each in it."""
    for (group, source), (same, target) in reversed(list(zip(one, other))):
        if group is same:
            return group, source, target
    raise AssertionError("every path starts at the graph")
