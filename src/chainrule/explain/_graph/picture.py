"""The picture of a graph: what `explain.graph` returns.

Apart from the modules that write it as text, SVG or a page: here everything is put together, once,
and the graph itself is let go.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from chainrule.explain._graph.grouping import grouped, links_of
from chainrule.explain._graph.naming import Names
from chainrule.explain._graph.page import page_of
from chainrule.explain._graph.reading import records_of
from chainrule.explain._graph.records import LEAF, Record
from chainrule.explain._graph.svg import svg_of
from chainrule.explain._graph.text import counted, text_of
from chainrule.explain._graph.walking import nodes_behind, roots_of
from chainrule.explain._names import calling_frame

if TYPE_CHECKING:
    from chainrule._core.core import Node, Tensor
    from chainrule.explain._graph.groups import Group, Link


class Picture:
    """A graph to be looked at: `print(picture)`, `picture.save("graph.html")`, or in a notebook."""

    def __init__(self, records: list[Record], missing: int = 0):
        self.records = records
        self.missing = missing  # how many things were given that have no graph
        self.group: Group = grouped(records)
        self.links: dict[Group, list[Link]] = links_of(self.group, records)

    @property
    def operations(self) -> int:
        """How many nodes are operations."""
        return len(self.records) - self.leaves

    @property
    def leaves(self) -> int:
        """How many nodes are leaves."""
        return sum(record.kind == LEAF for record in self.records)

    @property
    def saved_bytes(self) -> int:
        """What the nodes saved, together; memory that several saved counts once."""
        saved = {
            (one.address, one.bytes)
            for record in self.records
            for one in record.saved
            if one.address
        }
        return sum(size for _, size in saved)

    def text(self) -> str:
        """The graph as lines of text, from the result to the leaves."""
        return text_of(self)

    def svg(self) -> str:
        """The graph as an SVG image, loops folded."""
        return svg_of(self)

    def html(self) -> str:
        """The graph as one page that needs nothing else: no network, no other file."""
        return page_of(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file: `.html`, `.svg` or `.txt`, by its ending.

        Raises ValueError for any other ending.
        """
        writers = {".html": self.html, ".htm": self.html, ".svg": self.svg, ".txt": self.text}
        ending = os.path.splitext(os.fspath(path))[1].lower()
        if ending not in writers:
            raise ValueError(
                f"save: cannot tell from '{os.fspath(path)}' what to write; expected a path that "
                f"ends in {', '.join(writers)}"
            )
        with open(path, "w", encoding="utf-8") as file:
            file.write(writers[ending]())

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        operations = counted(self.operations, "operation")
        return f"<Picture of {operations} and {counted(self.leaves, 'leaf', 'leaves')}>"

    def _repr_html_(self) -> str:
        """For a notebook: the page in a frame of its own, so that styles do not mix."""
        page = self.html().replace("&", "&amp;").replace('"', "&quot;")
        return (
            f'<iframe srcdoc="{page}" title="gradient graph" loading="lazy" '
            f'sandbox="allow-scripts" style="width:100%;height:640px;border:0"></iframe>'
        )


def graph(result: Any, *, names: Any = None) -> Picture:
    """The graph behind a result, to be looked at: as text, as SVG, or as an interactive page.

    `result` is a tensor, several in a list, tuple or dict, or a `grad_fn`. Leaves are called what
    the calling program calls them; `names` says otherwise: a module, or a dict from names to
    tensors. Iterations of a loop are folded into one. Each node shows its expression and line,
    shape, dtype, what it saved, and its rule as a formula with its numbers. What cannot be seen
    any more, as in a graph that was freed, is said to be so. Nothing is computed or changed.

    Raises TypeError for what is neither a tensor nor a node.

    >>> import chainrule as torch
    >>> from chainrule import explain
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> loss = (x * x).sum()
    >>> print(explain.graph(loss))
    2 operations, 1 leaf; 8 B saved for backward
    <BLANKLINE>
    loss = sum  float32 () ...
    mul         float32 (2,)  16 B ...
    └─ x        float32 (2,)  = [1, 2]
    """
    found = list(roots_of(result))
    nodes = list(dict.fromkeys(node for node, _ in found if node is not None))
    edges = nodes_behind(nodes)
    tensors: dict[tuple[Node, int], Tensor] = {
        (node, tensor.output_nr): tensor
        for node, tensor in found
        if node is not None and tensor is not None
    }
    read = records_of(edges, tensors, Names(names, calling_frame()))
    numbers = {node: number for number, node in enumerate(edges)}
    for node in nodes:
        read[numbers[node]].is_output = True
    return Picture(read, sum(node is None for node, _ in found))
