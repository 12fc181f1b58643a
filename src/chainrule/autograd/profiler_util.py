"""What a profile found: events, averages over them, and lists of either.

Apart from the profiler, which makes the events; how they are laid out as a table or as a trace
is said in `_profiler_table` and `_profiler_trace`. Times are in microseconds.
"""

from __future__ import annotations

import bisect
import enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chainrule._core.source import Source

MEMORY_EVENT = "[memory]"


class DeviceType(enum.Enum):
    """Where an event ran: there is one place."""

    CPU = 0

    def __repr__(self):
        return str(self)


def format_time(microseconds: float, unit: str | None = None) -> str:
    """A time as the tables show it, in the unit that suits it, or in the given one."""
    if unit is None:
        unit = "s" if microseconds >= 1e6 else "ms" if microseconds >= 1e3 else "us"
    scale = {"s": 1e6, "ms": 1e3}.get(unit, 1)
    return f"{microseconds / scale:.3f}{unit if scale > 1 else 'us'}"


def format_memory(nbytes: int) -> str:
    """A number of bytes as the tables show it."""
    for size, name in ((2**30, "GB"), (2**20, "MB"), (2**10, "KB")):
        if abs(nbytes) >= size:
            return f"{nbytes / size:.2f} {name}"
    return f"{nbytes} B"


class Interval:
    """From `start` to `end`."""

    def __init__(self, start: float, end: float) -> None:
        self.start = start
        self.end = end

    def elapsed_us(self) -> float:
        """How long it was."""
        return self.end - self.start


class _Times:
    """What events and averages have in common: the mean, and times as text."""

    count: int
    cpu_time_total: float
    self_cpu_time_total: float
    # There is no device besides the CPU.
    device_time_total = self_device_time_total = 0
    device_memory_usage = self_device_memory_usage = 0

    @property
    def cpu_time(self) -> float:
        """The time of one, on average."""
        return self.cpu_time_total / self.count if self.count else 0.0

    @property
    def device_time(self) -> float:
        """The time of one on a device: none."""
        return 0.0

    cpu_time_str = property(lambda self: format_time(self.cpu_time))
    cpu_time_total_str = property(lambda self: format_time(self.cpu_time_total))
    self_cpu_time_total_str = property(lambda self: format_time(self.self_cpu_time_total))
    device_time_str = property(lambda self: format_time(self.device_time))
    device_time_total_str = property(lambda self: format_time(self.device_time_total))
    self_device_time_total_str = property(lambda self: format_time(self.self_device_time_total))


class FunctionEvent(_Times):
    """One operation, node or named stretch, with its times, and what ran inside it."""

    count = 1
    node_id, is_async, is_remote, is_legacy, use_device = -1, False, False, False, None
    device_type = DeviceType.CPU

    def __init__(
        self,
        id: int,
        name: str,
        thread: int,
        start_us: float,
        end_us: float,
        input_shapes: list | None = None,
        stack: list[str] | None = None,
        scope: int = 0,
        cpu_memory_usage: int = 0,
        sequence_nr: int = -1,
        flops: int | None = None,
        source: Source | None = None,
    ) -> None:
        self.id, self.name, self.thread = id, name, thread
        self.time_range = Interval(start_us, end_us)
        self.input_shapes = [] if input_shapes is None else input_shapes
        self.stack = [] if stack is None else stack
        self.scope, self.sequence_nr, self.flops = scope, sequence_nr, flops
        self.cpu_time_total = self.self_cpu_time_total = end_us - start_us
        self.cpu_memory_usage = self.self_cpu_memory_usage = cpu_memory_usage
        self.source = source
        self.cpu_children: list[FunctionEvent] = []
        self.cpu_parent: FunctionEvent | None = None

    @property
    def key(self) -> str:
        """What averages are taken by: the name, the same for all steps of a program."""
        return "ProfilerStep*" if self.name.startswith("ProfilerStep#") else self.name

    def append_cpu_child(self, child: FunctionEvent) -> None:
        """Note what ran inside: its time and its bytes are not this one's own."""
        self.cpu_children.append(child)
        self.self_cpu_time_total -= child.cpu_time_total
        self.self_cpu_memory_usage -= child.cpu_memory_usage

    def set_cpu_parent(self, parent: FunctionEvent) -> None:
        """Note what this ran inside of."""
        self.cpu_parent = parent

    @property
    def in_backward(self) -> bool:
        """Whether this is a node of a backward, or ran inside one."""
        event: FunctionEvent | None = self
        while event is not None and not event.name.startswith("autograd::engine::"):
            event = event.cpu_parent
        return event is not None

    def __repr__(self):
        return (
            f"<FunctionEvent id={self.id} name={self.name} device_type={self.device_type} "
            f"cpu_time={self.cpu_time_str} start_us={self.time_range.start} "
            f"end_us={self.time_range.end} "
            f"cpu_children={[child.id for child in self.cpu_children]} thread={self.thread} "
            f"input_shapes={self.input_shapes} cpu_memory_usage={self.cpu_memory_usage} "
            f"seq_nr={self.sequence_nr}>"
        )


class FunctionEventAvg(_Times):
    """The sums over the events of one name (and shapes, or stack), or of one line."""

    def __init__(self, key: str | None = None) -> None:
        self.key = key
        self.count = 0
        self.cpu_time_total = self.self_cpu_time_total = 0.0
        self.backward_time_total = 0.0  # the part of the self time that was spent in backward
        self.cpu_memory_usage = self.self_cpu_memory_usage = 0
        self.flops = 0
        self.input_shapes: Any = None
        self.stack: list[str] = []
        self.scope: int | None = None
        self.source: Source | None = None
        self.cpu_parent: FunctionEvent | None = None
        self.cpu_children: list[FunctionEvent] = []

    def add(self, other: FunctionEvent | FunctionEventAvg) -> FunctionEventAvg:
        """Add an event, or another sum."""
        if self.key is None:
            self.key, self.input_shapes, self.stack = other.key, other.input_shapes, other.stack
            self.scope, self.source = other.scope, other.source
            self.cpu_parent, self.cpu_children = other.cpu_parent, other.cpu_children
        self.cpu_time_total += other.cpu_time_total
        self.cpu_memory_usage += other.cpu_memory_usage
        self.add_own(other)
        self.count += other.count
        return self

    def add_own(self, other: FunctionEvent | FunctionEventAvg) -> None:
        """Add what an event did itself, without what ran inside it."""
        self.self_cpu_time_total += other.self_cpu_time_total
        self.self_cpu_memory_usage += other.self_cpu_memory_usage
        self.flops += other.flops or 0
        if isinstance(other, FunctionEventAvg):
            self.backward_time_total += other.backward_time_total
        elif other.in_backward:
            self.backward_time_total += other.self_cpu_time_total

    __iadd__ = add

    def __repr__(self):
        return (
            f"<FunctionEventAvg key={self.key} self_cpu_time={self.self_cpu_time_total_str} "
            f"cpu_time={self.cpu_time_str}  self_cuda_time=0.000us cuda_time=0.000us "
            f"input_shapes={self.input_shapes} cpu_memory_usage={self.cpu_memory_usage} "
            "cuda_memory_usage=0>"
        )


class EventList(list):
    """Events in the order in which they began, or averages."""

    def __init__(
        self,
        events: Iterable = (),
        *,
        profile_memory: bool = False,
        with_flops: bool = False,
        with_stack: bool = False,
    ) -> None:
        super().__init__(events)
        self._profile_memory, self._with_flops = profile_memory, with_flops
        self._with_stack = with_stack
        self._by_line = False

    def __str__(self):
        return self.table()

    def _like(self, events: Iterable) -> EventList:
        return EventList(
            events,
            profile_memory=self._profile_memory,
            with_flops=self._with_flops,
            with_stack=self._with_stack,
        )

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events, each stretch once."""
        return sum(event.self_cpu_time_total for event in self)

    def key_averages(
        self,
        group_by_input_shapes: bool = False,
        group_by_stack_n: int = 0,
        group_by_overload_name: bool = False,
        group_by_line: bool = False,
    ) -> EventList:
        """The sums over the events of one name (and shapes, or stack), or over one line.

        By line, which PyTorch does not have, the key is "file:line" and the backward counts for
        the line whose operation it differentiates.
        """
        if group_by_line:
            return self._line_averages()
        found: dict[tuple, FunctionEventAvg] = {}
        for event in self:
            key = [event.key]
            if group_by_input_shapes:
                key.append(str(event.input_shapes))
            key += event.stack[:group_by_stack_n]
            found.setdefault(tuple(key), FunctionEventAvg()).add(event)
        for average in found.values():
            average.stack = average.stack[:group_by_stack_n]
            if not group_by_input_shapes:
                average.input_shapes = ""
        return self._like(found.values())

    def _line_averages(self) -> EventList:
        found: dict[str, FunctionEventAvg] = {}
        for event in self:
            if event.source is None:
                continue
            line = found.setdefault(str(event.source), FunctionEventAvg(str(event.source)))
            line.source, line.input_shapes = event.source, ""
            if _encloses_line(event):
                line.add_own(event)
            else:
                line.add(event)
        lines = self._like(found.values())
        lines._by_line = True
        return lines

    def total_average(self) -> FunctionEventAvg:
        """The sum of all."""
        total = FunctionEventAvg()
        for event in self:
            total.add(event)
            total.key = None
        total.key = "Total"
        return total

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int = 75,
        max_name_column_width: int | None = 55,
        max_shapes_column_width: int = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
        time_unit: str | None = None,
    ) -> str:
        """The events, one a row: the longest first if sorted by a time; at most `row_limit`."""
        from chainrule.autograd._profiler_table import Layout, table_of

        layout = Layout(
            max_src_column_width, max_name_column_width, max_shapes_column_width, time_unit
        )
        return table_of(self, sort_by, row_limit, header, top_level_events_only, layout)

    def export_chrome_trace(self, path: str) -> None:
        """Write the events as JSON that chrome://tracing and Perfetto show."""
        from chainrule.autograd._profiler_trace import write_trace

        write_trace(self, path)

    def supported_export_stacks_metrics(self) -> list[str]:
        """What export_stacks can sum."""
        return ["self_cpu_time_total"]

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write the stacks and the sums of their times, as flame graphs are made of."""
        from chainrule.autograd._profiler_trace import write_stacks

        if metric not in self.supported_export_stacks_metrics():
            raise ValueError(
                f"metric should be one of: {self.supported_export_stacks_metrics()}, got {metric!r}"
            )
        write_stacks(self, path, metric)


def _encloses_line(event: FunctionEvent) -> bool:
    """Whether what this ran inside of counts for the same line already."""
    parent = event.cpu_parent
    while parent is not None:
        if parent.source is not None and str(parent.source) == str(event.source):
            return True
        parent = parent.cpu_parent
    return False


class MemRecordsAcc:
    """Records of memory, by the time they were made."""

    def __init__(self, mem_records: list) -> None:
        self._records = sorted(mem_records, key=lambda record: record[0].start_ns())
        self._starts = [record[0].start_ns() for record in self._records]

    def in_interval(self, start_us: float, end_us: float) -> Iterable:
        """Those from `start_us` to `end_us`."""
        start = bisect.bisect_left(self._starts, start_us * 1000)
        end = bisect.bisect_right(self._starts, end_us * 1000)
        return iter(self._records[start:end])
