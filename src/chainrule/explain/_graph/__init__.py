"""Pictures of the graph behind a result: text, SVG and an interactive page.

Apart from the other explanations, which answer one question each; this one shows everything. From
the top: `picture` puts together `walking` (nodes), `reading` (records), `grouping` (loops folded)
and one of `text`, `svg` and `page`.
"""

from __future__ import annotations

from chainrule.explain._graph.picture import Picture, graph

__all__ = ["Picture", "graph"]
