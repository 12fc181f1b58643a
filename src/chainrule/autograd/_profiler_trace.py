"""A profile as files for other programs: Chrome's traces, and stacks for flame graphs.

Apart from the events, and imported only when something is written.
"""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from typing import Any

from chainrule.autograd.profiler_util import MEMORY_EVENT

CATEGORIES = {0: "cpu_op", 1: "cpu_op", 7: "user_annotation"}


def write_trace(events: Any, path: str, metadata: dict[str, Any] | None = None) -> None:
    """Write a trace of the events and what else is given; compressed, if the name ends in .gz."""
    opened = gzip.open if str(path).endswith(".gz") else open
    trace = {
        **(metadata or {}),
        "schemaVersion": 1,
        "displayTimeUnit": "ms",
        "traceEvents": [*map(_entry, events), *_arrows(events)],
    }
    with opened(path, "wt", encoding="utf-8") as file:
        json.dump(trace, file, indent=1)


def _entry(event: Any) -> dict:
    common = {
        "name": event.name,
        "pid": os.getpid(),
        "tid": event.thread,
        "ts": event.time_range.start,
    }
    if event.name == MEMORY_EVENT:
        return {**common, "ph": "i", "s": "t", "args": {"Bytes": event.cpu_memory_usage}}
    return {
        **common,
        "ph": "X",
        "cat": CATEGORIES[event.scope],
        "dur": event.cpu_time_total,
        "args": _details(event),
    }


def _details(event: Any) -> dict:
    details: dict[str, Any] = {"External id": event.id}
    if event.sequence_nr >= 0:
        details["Sequence number"] = event.sequence_nr
    if event.input_shapes:
        details["Input Dims"] = event.input_shapes
    if event.cpu_memory_usage:
        details["Bytes"] = event.cpu_memory_usage
    if event.source is not None:
        details["Line"] = str(event.source)
    if event.stack:
        details["Call stack"] = ";".join(event.stack)
    return details


def _arrows(events: Any) -> list[dict]:
    """From each operation to the node that differentiates it, as Chrome draws flows."""
    forward = {
        event.sequence_nr: event
        for event in events
        if event.scope == 0 and event.sequence_nr >= 0 and not event.in_backward
    }
    arrows = []
    for event in events:
        if event.scope == 1 and event.sequence_nr in forward:
            start = forward[event.sequence_nr]
            for end, at in (("s", start), ("f", event)):
                arrows.append(
                    {
                        "ph": end,
                        "bp": "e",
                        "cat": "fwdbwd",
                        "name": "fwdbwd",
                        "id": event.sequence_nr,
                        "pid": os.getpid(),
                        "tid": at.thread,
                        "ts": at.time_range.start,
                    }
                )
    return arrows


def write_stacks(events: Any, path: str, metric: str) -> None:
    """Write "outer;...;inner time" lines, the times in whole microseconds."""
    totals: Counter[str] = Counter()
    for event in events:
        if event.stack:
            totals[";".join(reversed(event.stack))] += getattr(event, metric)
    with open(path, "w", encoding="utf-8") as file:
        for stack, time in totals.items():
            if int(time) > 0:
                file.write(f"{stack} {int(time)}\n")
