"""A picture as one HTML page, which needs nothing else: no network, no other file.

Apart from svg.py: what a reader opens is drawn by page.js, from what is put together here. Texts
come to the page as data and are set as text, so that no expression of a program can become markup.
"""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainrule.explain._graph.boxes import box_of
from chainrule.explain._graph.groups import Group
from chainrule.explain._graph.layering import layers_of
from chainrule.explain._graph.records import Record, bytes_text, shape_text
from chainrule.explain._graph.svg import look
from chainrule.explain._graph.text import summary_of

if TYPE_CHECKING:
    from chainrule.explain._graph.picture import Picture

HERE = Path(__file__).parent


def page_of(picture: Picture) -> str:
    """The whole page."""
    parts = {
        "TITLE": escape(title_of(picture)),
        "LOOK": look(),
        "STYLE": (HERE / "page.css").read_text(encoding="utf-8"),
        "DATA": as_script_data(data_of(picture)),
        "SCRIPT": (HERE / "page.js").read_text(encoding="utf-8"),
    }
    page = (HERE / "page.html").read_text(encoding="utf-8")
    # In one go, so that nothing is put into what was put in.
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda place: parts[place[1]], page)


def title_of(picture: Picture) -> str:
    """What the picture is of."""
    names = [record.variable for record in picture.records if record.is_output and record.variable]
    return f"Gradient graph of {', '.join(names[:3])}" if names else "Gradient graph"


def as_script_data(data: Any) -> str:
    """JSON that may stand in a script element, whatever its strings contain."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def data_of(picture: Picture) -> dict[str, Any]:
    """What page.js draws from."""
    return {
        "title": title_of(picture),
        "summary": summary_of(picture),
        "records": [_record(record, picture.records) for record in picture.records],
        "groups": [_group(group, picture) for group in picture.group.groups()],
    }


def _record(record: Record, records: list[Record]) -> dict[str, Any]:
    box = box_of(record.number, records)
    found = {
        "style": box.style,
        "lines": box.lines,
        "size": [box.width, box.height],
        "kind": record.kind,
        "title": record.title,
        "node": record.node,
        "expression": record.expression,
        "place": record.place,
        "function": record.function,
        "variable": record.variable,
        "meaning": record.meaning,
        "shape": shape_text(record.shape),
        "type": record.kind_text,
        "numbers": record.numbers,
        "gradient": record.gradient,
        "constants": record.constants,
        "notes": record.notes,
        "operands": [
            {"from": one.source, "name": one.name, "formula": one.formula, "slope": one.slope}
            for one in record.operands
        ],
        "saved": [
            [one.name, one.kind, bytes_text(one.bytes) if one.bytes else "", one.numbers]
            for one in record.saved
        ],
    }
    return {name: value for name, value in found.items() if value}


def _group(group: Group, picture: Picture) -> dict[str, Any]:
    """A group: its items (a record by its number n, a group as -1 - n), its rows and links."""
    links = picture.links[group]
    layers = layers_of(len(group.children), links)
    box = box_of(group, picture.records)
    return {
        "kind": group.kind,
        "style": box.style,
        "lines": box.lines,
        "size": [box.width, box.height],
        "title": group.title,
        "place": group.place,
        "repeats": group.repeats,
        "items": [-1 - one.number if isinstance(one, Group) else one for one in group.children],
        "rows": layers.rows,
        "links": [
            [link.source, link.target, through, [number for pair in link.pairs for number in pair]]
            for link, through in zip(links, layers.bends)
        ],
    }
