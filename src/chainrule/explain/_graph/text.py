"""A picture as lines of text, from the result down to the leaves.

Apart from svg.py and page.py: a terminal has no boxes. What an operation uses stands below it; its
longest input goes straight on, the others branch off; of a loop the last iteration is shown.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from chainrule.explain._graph.groups import LOOP, Item
from chainrule.explain._graph.records import LEAF, Record, bytes_text, shortened

if TYPE_CHECKING:
    from chainrule.explain._graph.picture import Picture

DEEPEST = 8
EXPRESSION_WIDTH = 48
Row = tuple[str, tuple[str, ...]]
Waiting = tuple[Item, str, str]


def text_of(picture: Picture) -> str:
    """The whole text."""
    rows = _Tree(picture.records).rows(picture.group.children, "")
    return "\n".join([summary_of(picture), "", *_aligned(rows)]).rstrip()


def summary_of(picture: Picture) -> str:
    """What there is, in one line or two."""
    if not picture.records:
        return "no graph: nothing that was given requires grad (explain.why_none says why)"
    found = (
        f"{counted(picture.operations, 'operation')}, {counted(picture.leaves, 'leaf', 'leaves')}"
        f"; {bytes_text(picture.saved_bytes)} saved for backward"
    )
    if picture.missing:
        found += f"\n{counted(picture.missing, 'thing')} given has no graph: no gradient is wanted"
    return found


def label_of(record: Record) -> str:
    """`h = mul`, or the name of a leaf."""
    if record.kind == LEAF or not record.variable:
        return record.title
    return f"{record.variable} = {record.title}"


def place_of(place: str) -> str:
    """A place by the name of its file alone."""
    return os.path.basename(place)


def counted(count: int, one: str, many: str = "") -> str:
    """`1 leaf`, `3 leaves`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _aligned(rows: list[Row]) -> list[str]:
    """Rows with their columns one below the other."""
    widths = [max((len(row[1][k]) for row in rows if row[1]), default=0) for k in range(4)]
    first = max((len(label) for label, columns in rows if columns), default=0)
    lines = []
    for label, columns in rows:
        parts = [column.ljust(width) for column, width in zip(columns, widths)]
        lines.append("  ".join([label.ljust(first if columns else 0), *parts]).rstrip())
    return lines


class _Tree:
    """Rows for the items of a group, and where each item was shown."""

    def __init__(self, records: list[Record]):
        self.records = records

    def rows(self, items: list[Item], prefix: str) -> list[Row]:
        inputs = self.inputs_of(items)
        used = {one for found in inputs.values() for one in found}
        found: list[Row] = []
        shown: set[Item] = set()
        # What is to be shown: (item, what stands before it, what before all below it).
        waiting = [(item, prefix, prefix) for item in items if item not in used]
        while waiting:
            item, branch, before = waiting.pop()
            if item not in shown:
                shown.add(item)
                found += self.item_rows(item, branch, before)
                waiting += self.below(inputs[item], shown, before)
            elif isinstance(item, int):
                found.append((f"{branch}{label_of(self.records[item])} (above)", ()))
        return found

    def below(
        self, inputs: list[Item], shown: set[Item], before: str
    ) -> list[tuple[Item, str, str]]:
        """The inputs of an item, in the order in which they are taken from the end of a list."""
        onward = [one for one in inputs if one not in shown and not self.is_leaf(one)]
        straight = max(onward, key=self.latest, default=None)
        found: list[Waiting] = [] if straight is None else [(straight, before, before)]
        aside = [
            one for one in inputs if one != straight and (one not in shown or type(one) is int)
        ]
        if before.count("│") >= DEEPEST:
            return found + [(one, before, before) for one in reversed(aside)]
        for one in reversed(aside):
            is_end = straight is None and one is aside[-1]
            found.append(
                (one, before + ("└─ " if is_end else "├─ "), before + ("   " if is_end else "│  "))
            )
        return found

    def inputs_of(self, items: list[Item]) -> dict[Item, list[Item]]:
        """What each item uses, of these items."""
        owner: dict[int, Item] = {}
        for item in items:
            for number in self.inside(item):
                owner[number] = item
        found: dict[Item, list[Item]] = {item: [] for item in items}
        for number, item in owner.items():
            for operand in self.records[number].operands:
                source = owner.get(operand.source)
                if source is not None and source != item and source not in found[item]:
                    found[item].append(source)
        return found

    def item_rows(self, item: Item, branch: str, before: str) -> list[Row]:
        if isinstance(item, int):
            return [(branch + f"{label_of(self.records[item])}", self.columns(self.records[item]))]
        inside = list(item.records())
        saved = bytes_text(sum(self.records[number].bytes for number in inside))
        title = f"×{item.repeats}  {item.title}" if item.kind == LOOP else "…"
        columns = (counted(len(inside), "node"), saved, place_of(item.place), "")
        found: list[Row] = [(branch + title, columns)]
        if item.kind == LOOP:
            found += self.rows(item.body, before + "┊  ")
        return found

    def columns(self, record: Record) -> tuple[str, ...]:
        saved = bytes_text(record.bytes) if record.bytes else ""
        text = shortened(record.expression, EXPRESSION_WIDTH)
        if record.kind == LEAF:
            text = shortened(record.numbers and f"= {record.numbers}", EXPRESSION_WIDTH)
        if record.notes:
            text = f"{text}  ({'; '.join(record.notes)})".strip()
        return record.kind_text, saved, place_of(record.place), text

    def inside(self, item: Item) -> list[int]:
        return [item] if isinstance(item, int) else list(item.records())

    def latest(self, item: Item) -> int:
        return max(self.inside(item))

    def is_leaf(self, item: Item) -> bool:
        return isinstance(item, int) and self.records[item].kind == LEAF
