"""A profile as a table of text, as PyTorch lays it out.

Apart from the events: here is only which columns there are, and how wide.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from chainrule.autograd.profiler_util import MEMORY_EVENT, format_memory, format_time

WIDTH = 12
GAP = "  "


class Layout(NamedTuple):
    """How wide the columns of text may become, and the unit of times."""

    source: int
    name: int | None
    shapes: int
    unit: str | None


class _Column(NamedTuple):
    title: str
    width: int
    cell: Any  # event -> text


def table_of(events, sort_by, row_limit, header, top_only, layout) -> str:
    """The table, or "" where there are no events."""
    if not events:
        return ""
    total = events.self_cpu_time_total
    rows = list(events)
    if sort_by is not None:
        by = sort_by.replace("cuda", "device")
        rows.sort(key=lambda event: getattr(event, by), reverse=True)
    columns = _columns(events, rows, total, layout)
    ruler = GAP.join("-" * column.width for column in columns) + GAP
    lines = _heading(header, top_only, len(ruler))
    lines += [ruler, _row([column.title for column in columns], columns), ruler]
    shown = 0
    for event in rows:
        if shown == row_limit:
            break
        if top_only and event.cpu_parent is not None:
            continue
        shown += 1
        lines.append(_row([column.cell(event) for column in columns], columns))
    lines += [ruler, f"Self CPU time total: {format_time(total, layout.unit)}"]
    return "\n".join(lines) + "\n"


def _heading(header, top_only, width) -> list[str]:
    rule = "=" * width
    lines = [rule, header] if header is not None else []
    if top_only:
        lines += [rule, "This report only display top-level ops statistics"]
    return lines


def _row(cells, columns) -> str:
    return "".join(f"{cell:>{column.width}}{GAP}" for cell, column in zip(cells, columns))


def _columns(events, rows, total, layout) -> list[_Column]:
    columns = [
        _name_column(events, rows, layout.name),
        _Column("Self CPU %", WIDTH, lambda e: _share(e.self_cpu_time_total, total)),
        _time("Self CPU", "self_cpu_time_total", layout.unit),
        _Column("CPU total %", WIDTH, lambda e: _share(e.cpu_time_total, total)),
        _time("CPU total", "cpu_time_total", layout.unit),
        _time("CPU time avg", "cpu_time", layout.unit),
    ]
    if events._by_line:
        columns.append(_time("Backward", "backward_time_total", layout.unit))
    if events._profile_memory:
        columns.append(_memory("CPU Mem", "cpu_memory_usage"))
        columns.append(_memory("Self CPU Mem", "self_cpu_memory_usage"))
    columns.append(_Column("# of Calls", WIDTH, lambda e: str(e.count)))
    columns += _optional_columns(events, rows, layout)
    return columns


def _name_column(events, rows, limit) -> _Column:
    width = max(len(event.key) for event in rows) + 4
    if limit is None:
        return _Column("Name", width, lambda e: e.key)
    width = min(width, limit)
    if events._by_line:  # the end of a path says more than its beginning
        return _Column("Line", width, lambda e: _end_of(e.key, width))
    return _Column("Name", width, lambda e: _beginning_of(e.key, limit))


def _beginning_of(text: str, width: int) -> str:
    return text if len(text) < width - 3 else text[: width - 3] + "..."


def _end_of(text: str, width: int) -> str:
    return text if len(text) <= width else "..." + text[len(text) - width + 3 :]


def _share(time: float, total: float) -> str:
    return f"{100 * time / total:.2f}%" if total else "NaN"


def _time(title, name, unit) -> _Column:
    return _Column(title, WIDTH, lambda event: format_time(getattr(event, name), unit))


def _memory(title, name) -> _Column:
    return _Column(title, WIDTH, lambda event: format_memory(getattr(event, name)))


def _optional_columns(events, rows, layout) -> list[_Column]:
    columns = []
    if any(event.input_shapes for event in rows):
        width = min(max(len(str(event.input_shapes)) for event in rows) + 4, layout.shapes)
        columns.append(_Column("Input Shapes", width, lambda e: str(e.input_shapes)[:width]))
    if any(event.stack for event in rows):
        longest = max(len(line) for event in rows for line in event.stack)
        source = min(longest + 4, layout.source)
        columns.append(
            _Column("Source Location", source, lambda e: _end_of(_first(e.stack), source))
        )
    if events._with_flops:
        columns.append(_flops_column(rows))
    return columns


def _first(stack: list[str]) -> str:
    return stack[0] if stack else ""


def _flops_column(rows) -> _Column:
    most = max((event.flops or 0 for event in rows if event.key != MEMORY_EVENT), default=0)
    step = min((len(str(int(most))) - 1) // 3, 6)
    title = "Total " + ("", "K", "M", "G", "T", "P", "E")[step] + "FLOPs"
    return _Column(title, WIDTH, lambda e: f"{e.flops / 1000**step:.3f}" if e.flops else "--")
