"""A picture as one SVG image, loops folded.

Apart from page.py, where groups can be opened: this is for papers, slides and files.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from chainrule.explain._graph.boxes import Box, box_of
from chainrule.explain._graph.layering import layers_of
from chainrule.explain._graph.placing import Point, placed
from chainrule.explain._graph.records import shape_text
from chainrule.explain._graph.text import summary_of

if TYPE_CHECKING:
    from chainrule.explain._graph.groups import Group
    from chainrule.explain._graph.picture import Picture

MARGIN = 20.0
LABELS_AT_MOST = 120
HERE = Path(__file__).parent


def svg_of(picture: Picture) -> str:
    """The whole image."""
    group, links = picture.group, picture.links[picture.group]
    boxes = [box_of(item, picture.records) for item in group.children]
    layers = layers_of(len(boxes), links)
    points, (width, height) = placed(layers, links, [(box.width, box.height) for box in boxes])
    labels = shape_labels(group, picture) if len(links) <= LABELS_AT_MOST else {}
    body = [
        _edge(points, boxes, [link.source, *bends, link.target], labels.get(link.source, ""))
        for link, bends in zip(links, layers.bends)
    ]
    body += [_box(box, points[place]) for place, box in enumerate(boxes)]
    summary = escape(summary_of(picture))
    if not boxes:
        width, body = 560.0, [f'<text x="0" y="14">{summary}</text>']
    view = f"{-MARGIN:g} {-MARGIN:g} {width + 2 * MARGIN:g} {height + 2 * MARGIN:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="{view}" '
        f'width="{width + 2 * MARGIN:g}" height="{height + 2 * MARGIN:g}" role="img">'
        f"<title>{summary}</title><style>{look()}</style>"
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" '
        'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z"/>'
        "</marker></defs>"
        f"{''.join(body)}</svg>"
    )


def look() -> str:
    """The style sheet of boxes and edges."""
    return (HERE / "look.css").read_text(encoding="utf-8")


def shape_labels(group: Group, picture: Picture) -> dict[int, str]:
    """The shapes that go along edges, by the place they come from."""
    return {
        place: shape_text(picture.records[item].shape)
        for place, item in enumerate(group.children)
        if isinstance(item, int) and picture.records[item].shape is not None
    }


def curve_through(points: list[Point]) -> str:
    """The path of an edge: upright at its ends and at every bend."""
    (x, y), *rest = points
    path = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in rest:
        middle = (y + to_y) / 2
        path.append(f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(path)


def _edge(points: list[Point], boxes: list[Box], way: list[int], label: str) -> str:
    places = [points[place] for place in way]
    (x, y), (to_x, to_y) = places[0], places[-1]
    places[0] = x, y + boxes[way[0]].height / 2
    places[-1] = to_x, to_y - boxes[way[-1]].height / 2
    drawn = f'<path class="edge" d="{curve_through(places)}" marker-end="url(#arrow)"/>'
    (x, y), (to_x, to_y) = places[0], places[1]
    at = f'x="{(x + to_x) / 2 + 5:.1f}" y="{(y + to_y) / 2 + 3:.1f}"'
    return drawn + (f'<text class="shape" {at}>{escape(label)}</text>' if label else "")


def _box(box: Box, middle: Point) -> str:
    left, top = middle[0] - box.width / 2, middle[1] - box.height / 2
    size = f'width="{box.width:g}" height="{box.height:g}" rx="{16 if box.style == "leaf" else 7}"'
    cards = [(6, 6), (3, 3)] if box.style in ("loop", "part") else []
    shapes = [f'<rect class="card" x="{x}" y="{y}" {size}/>' for x, y in cards]
    lines = [
        f'<text class="{"title" if k == 0 else "small"}" x="{box.width / 2:g}" '
        f'y="{22 + 15 * k + 3 * bool(k):g}">{escape(line)}</text>'
        for k, line in enumerate(box.lines)
    ]
    return (
        f'<g class="box {box.style}" transform="translate({left:.1f} {top:.1f})">'
        f"{''.join(shapes)}<rect {size}/>{''.join(lines)}</g>"
    )
