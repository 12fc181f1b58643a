"""How results are shown: a table to read, or JSON to keep.

Apart, so that what is measured does not depend on how it is printed.
"""

from __future__ import annotations

import json

from benchmarks.rows import Result

HEADINGS = ("", "chainrule", "PyTorch", "ratio", "wanted", "")
WIDTHS = (52, 10, 10, 8, 14, 7)


def line(*cells: str) -> str:
    first, *others = zip(cells, WIDTHS, strict=True)
    cells = (first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others))
    return " ".join(cells).rstrip()


def heading() -> str:
    return line(*HEADINGS) + "\n" + "-" * (sum(WIDTHS) + len(WIDTHS) - 1)


def row(result: Result) -> str:
    ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
    met = {True: "ok", False: "MISSED", None: ""}[result.met]
    ours, theirs = shown(result.ours, result.unit), shown(result.theirs, result.unit)
    return line(result.title, ours, theirs, ratio, result.wanted, met)


def shown(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if unit != "s":
        return f"{value:.1f} {unit}".rstrip() if value < 100 else f"{value:.0f} {unit}".rstrip()
    for scale, name in ((1, "s"), (1e3, "ms"), (1e6, "us")):
        if value * scale >= 1:
            return f"{value * scale:.2f} {name}"
    return f"{value * 1e9:.0f} ns"


def as_json(results: list[Result], surroundings: dict[str, str]) -> str:
    rows = [
        {
            "key": result.key,
            "title": result.title,
            "unit": result.unit,
            "chainrule": result.ours,
            "torch": result.theirs,
            "ratio": result.ratio,
            "wanted": result.wanted,
            "met": result.met,
        }
        for result in results
    ]
    return json.dumps({"surroundings": surroundings, "rows": rows}, indent=2)
