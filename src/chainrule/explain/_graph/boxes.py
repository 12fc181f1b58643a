"""What stands in the box of an item, and how large the box is.

Apart from svg.py and page.py, which both draw these boxes: letters are taken to be so wide as they
are in the fonts that the style sheet names.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainrule.explain._graph.groups import LOOP, PART, Group, Item
from chainrule.explain._graph.records import FUNCTION, LEAF, Record, bytes_text, shortened
from chainrule.explain._graph.text import label_of, place_of

TITLE_LETTER, SMALL_LETTER = 8.6, 6.3
PADDING, TITLE_LINE, SMALL_LINE = 12.0, 20.0, 15.0
LETTERS_AT_MOST = 34


@dataclass(slots=True)
class Box:
    """The lines of a box, the first one large, and its size."""

    style: str
    lines: list[str]
    width: float
    height: float


def box_of(item: Item, records: list[Record]) -> Box:
    """The box of a record, or of a closed group."""
    if isinstance(item, Group):
        return _sized(*_group_lines(item, records))
    record = records[item]
    lines = [shortened(label_of(record), LETTERS_AT_MOST)]
    if record.kind == LEAF:
        lines.append(record.kind_text)
    else:
        # A title and an expression that say the same are said once.
        lines.append(shortened(record.expression or record.node, LETTERS_AT_MOST))
        saved = f" · {bytes_text(record.bytes)}" if record.bytes else ""
        lines.append(record.kind_text + saved)
    return _sized(style_of(record), lines)


def style_of(record: Record) -> str:
    """Which kind of box, by what the record is."""
    if record.kind == LEAF:
        return "leaf"
    if record.is_output:
        return "output"
    if any(note.startswith("freed") for note in record.notes):
        return "freed"
    return "function" if record.kind == FUNCTION else "operation"


def _group_lines(group: Group, records: list[Record]) -> tuple[str, list[str]]:
    inside = list(group.records())
    saved = bytes_text(sum(records[number].bytes for number in inside))
    count = f"{len(inside):,} nodes · {saved} saved"
    if group.kind == PART and not group.title.startswith("iter"):
        count = f"{saved} saved"
    if group.kind == LOOP:
        lines = [f"×{group.repeats}", shortened(group.title, LETTERS_AT_MOST)]
        return "loop", [*lines, f"{place_of(group.place)} · {count}"]
    return "part", [group.title, place_of(group.place), count]


def _sized(style: str, lines: list[str]) -> Box:
    widths = [len(lines[0]) * TITLE_LETTER, *[len(line) * SMALL_LETTER for line in lines[1:]]]
    height = TITLE_LINE + SMALL_LINE * (len(lines) - 1) + PADDING
    return Box(style, lines, math.ceil(max(widths) + 2 * PADDING), height)
