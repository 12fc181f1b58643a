"""profile and record_function: where the time and the memory of a program go.

Apart from the recorder in `_core`, which is in nobody's way while no profile is active, and from
`profiler_util`, which says what can be done with the events. What needs CUDA says so.
"""

from __future__ import annotations

import functools
import math
import os
import sys
import warnings
from typing import TYPE_CHECKING, Any

from chainrule._core.profiling import Event, Recorder, begin_user, end_user
from chainrule.autograd.profiler_util import (
    MEMORY_EVENT,
    EventList,
    FunctionEvent,
    FunctionEventAvg,
    MemRecordsAcc,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "profile", "record_function", "emit_itt", "emit_nvtx", "load_nvprof", "EnforceUnique",
    "parse_nvprof_trace", "KinetoStepTracker", "EventList", "FunctionEvent", "MemRecordsAcc",
]  # fmt: skip

PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
SCOPES = {"op": 0, "memory": 0, "backward": 1, "user": 7}

# Operations of ours that PyTorch has under other names.
ATEN = {
    "cast": "_to_copy", "choose": "where", "conjugate": "_conj", "contiguous_clone": "clone",
    "invert": "bitwise_not", "product_nt": "mm", "product_tn": "mm", "vm": "mv",
    "slice_": "slice", "vector_norm": "linalg_vector_norm",
}  # fmt: skip


def _stack() -> list[str]:
    """The lines that led here, those of the user only, the innermost first."""
    found = []
    frame: Any = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if not code.co_filename.startswith(PACKAGE):
            found.append(f"{code.co_filename}({frame.f_lineno}): {code.co_name}")
        frame = frame.f_back
    return found


class profile:
    """Time what runs inside, in this thread: operations, nodes of backwards, named stretches.

    With `record_shapes` the operands' shapes are kept, with `profile_memory` the bytes that each
    allocated less those it freed, with `with_stack` the lines that led there, with `with_flops`
    the number of multiplications and additions of products, sums and products of matrices. Every
    event knows the line of the program that it was done for, the backward the line whose
    operation it differentiates: see `key_averages(group_by_line=True)`. There are no devices
    besides the CPU, and `with_modules` and the options of Kineto change nothing.

    Raises RuntimeError where one is active in this thread already.

    >>> import chainrule as torch
    >>> x = torch.ones(3, requires_grad=True)
    >>> with torch.autograd.profiler.profile() as prof:
    ...     (x * 2).sum().backward()
    >>> [event.key for event in prof.key_averages()][:2]
    ['aten::mul', 'aten::sum']

    See https://docs.pytorch.org/docs/2.13/autograd.html#profiler
    """

    def __init__(
        self,
        enabled: bool = True,
        *,
        use_cuda: bool = False,
        use_device: str | None = None,
        record_shapes: bool = False,
        with_flops: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_modules: bool = False,
        use_kineto: bool = False,
        use_cpu: bool = True,
        experimental_config: Any = None,
        acc_events: bool = False,
        custom_trace_id_callback: Callable[[], str] | None = None,
        post_processing_timeout_s: float | None = None,
        activity_filters: dict | None = None,
    ) -> None:
        self.enabled = enabled
        self.record_shapes, self.with_flops = record_shapes, with_flops
        self.profile_memory, self.with_stack = profile_memory, with_stack
        self.with_modules, self.use_cpu, self.acc_events = with_modules, use_cpu, acc_events
        self.entered, self.use_device = False, None
        self._recorder: Recorder | None = None
        self._events: EventList | None = None
        if enabled:
            _warn_of_devices(use_device, use_cuda)
            if not use_cpu:
                raise AssertionError(
                    "Device-only events supported only with Kineto (use_kineto=True): chainrule "
                    "has no device besides the CPU"
                )

    def __enter__(self):
        if not self.enabled:
            return None
        if self.entered:
            raise RuntimeError("Profiler context manager is not reentrant")
        recorder = Recorder(
            self.record_shapes or self.with_flops,
            self.profile_memory,
            _stack if self.with_stack else None,
        )
        recorder.start()
        self.entered, self._recorder = True, recorder
        return self

    def __exit__(self, *exception):
        if self._recorder is not None:
            self._recorder.stop()
        return False

    @property
    def function_events(self) -> EventList:
        """All events, in the order in which they began."""
        if self._events is None:
            if self._recorder is None:
                return self._list([])
            self._events = self._list(_function_events(self._recorder.events, self.with_flops))
        return self._events

    def _list(self, events: list[FunctionEvent]) -> EventList:
        return EventList(
            events,
            profile_memory=self.profile_memory,
            with_flops=self.with_flops,
            with_stack=self.with_stack,
        )

    def __repr__(self):
        if self._recorder is None:
            return "<unfinished torch.autograd.profile>"
        return repr(self.function_events)

    def __str__(self):
        if self._recorder is None:
            return "<unfinished torch.autograd.profile>"
        return str(self.function_events)

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int = 75,
        max_name_column_width: int = 55,
        max_shapes_column_width: int = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
    ) -> str:
        """Every event as a row."""
        return self.function_events.table(
            sort_by, row_limit, max_src_column_width, max_name_column_width,
            max_shapes_column_width, header, top_level_events_only,
        )  # fmt: skip

    def key_averages(
        self,
        group_by_input_shape: bool = False,
        group_by_stack_n: int = 0,
        group_by_overload_name: bool = False,
        group_by_line: bool = False,
    ) -> EventList:
        """The sums over the events of one name (and shapes, or stack), or over one line."""
        return self.function_events.key_averages(
            group_by_input_shape, group_by_stack_n, group_by_overload_name, group_by_line
        )

    def total_average(self) -> FunctionEventAvg:
        """The sum of all events."""
        return self.function_events.total_average()

    @property
    def self_cpu_time_total(self) -> float:
        """The microseconds spent in all events."""
        return self.function_events.self_cpu_time_total

    def export_chrome_trace(self, path: str) -> None:
        """Write the events as JSON that chrome://tracing and Perfetto show."""
        self.function_events.export_chrome_trace(path)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write the stacks and the sums of their times, as flame graphs are made of."""
        if not self.with_stack:
            raise AssertionError("export_stacks() requires with_stack=True")
        self.function_events.export_stacks(path, metric)


def _warn_of_devices(device: str | None, use_cuda: bool) -> None:
    """There is none: say so as PyTorch does, and profile the CPU."""
    if use_cuda:
        warnings.warn(
            "The attribute `use_cuda` will be deprecated soon, please use ``use_device = 'cuda'`` "
            "instead.",
            FutureWarning,
            stacklevel=3,
        )
        device = "cuda"
    if device == "cuda":
        warnings.warn("CUDA is not available, disabling CUDA profiling", stacklevel=3)
    elif device is not None:
        warnings.warn(f"The {device} is not a valid device option.", stacklevel=3)


# ------------------------------------------------------------------------ from what was recorded


def _function_events(recorded: list[Event], with_flops: bool) -> list[FunctionEvent]:
    """Events as users see them: named as in PyTorch, in microseconds from the first one's start."""
    origin = recorded[0].start if recorded else 0
    found: dict[int, FunctionEvent] = {}
    for number, event in enumerate(recorded, 1):
        made = _function_event(number, event, origin, with_flops)
        if event.parent is not None:
            parent = found[id(event.parent)]
            parent.append_cpu_child(made)
            made.set_cpu_parent(parent)
        found[id(event)] = made
    return list(found.values())


def _function_event(number: int, event: Event, origin: int, with_flops: bool) -> FunctionEvent:
    name = event.name
    if event.kind == "op" and not name.startswith("autograd::"):
        name = "aten::" + ATEN.get(name, name)
    return FunctionEvent(
        number,
        name,
        1,
        (event.start - origin) / 1000,
        (event.end - origin) / 1000,
        input_shapes=event.shapes,
        stack=event.stack,
        scope=SCOPES[event.kind],
        cpu_memory_usage=event.memory,
        sequence_nr=-1 if event.sequence is None else event.sequence,
        flops=_flops(name, event.shapes) if with_flops and name != MEMORY_EVENT else None,
        source=event.source,
    )


def _flops(name: str, shapes: list[list[int]] | None) -> int:
    """The multiplications and additions of those operations that PyTorch counts, 0 of others."""
    if not shapes:
        return 0
    if name in ("aten::mul", "aten::add"):
        return math.prod(max(shapes, key=math.prod))
    if name in ("aten::mm", "aten::bmm", "aten::matmul"):
        x, y = shapes
        return 2 * math.prod(x) * y[-1] if len(x) > 1 and len(y) > 1 else 0
    if name in ("aten::addmm", "aten::baddbmm"):
        return 2 * math.prod(shapes[1]) * shapes[2][-1]
    return 0


# ---------------------------------------------------------------------------------- named stretches


class record_function:
    """Let what runs inside appear in profiles under a name; a decorator too.

    >>> import chainrule as torch
    >>> with torch.autograd.profiler.profile() as prof:
    ...     with torch.autograd.profiler.record_function("step"):
    ...         y = torch.ones(3) * 2
    >>> [(event.name, [part.name for part in event.cpu_children])
    ...  for event in prof.function_events if event.cpu_parent is None]
    [('step', ['aten::mul'])]

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.profiler.record_function.html
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name
        self.args = args
        self._entered = False
        self._event: Event | None = None

    def __enter__(self):
        if not isinstance(self.name, str):
            raise RuntimeError(
                "profiler::_record_function_enter_new() Expected a value of type 'str' for "
                f"argument 'name' but instead found type '{type(self.name).__name__}'."
            )
        self._entered, self._event = True, begin_user(self.name)
        return self

    def __exit__(self, *exception):
        if not self._entered:
            raise AssertionError("Expected record to be set: record_function was not entered")
        if self._event is not None:
            end_user(self._event)

    def __call__(self, function: Callable) -> Callable:
        """Decorate: every call is a stretch of its own."""

        @functools.wraps(function)
        def recorded(*arguments, **keywords):
            with record_function(self.name, self.args):
                return function(*arguments, **keywords)

        return recorded


# ------------------------------------------------------------------------------- what else there is


class _Elsewhere:
    """A context manager that hands events to a tool that is not there."""

    def __init__(self, enabled: bool = True, record_shapes: bool = False) -> None:
        self.enabled = enabled

    def __enter__(self):
        if self.enabled:
            self._refuse()
        return self

    def __exit__(self, *exception):
        return False


class emit_nvtx(_Elsewhere):
    """Annotate for NVIDIA's profilers: refused when entered, since there is no CUDA."""

    def _refuse(self):
        raise AssertionError(
            "Torch not compiled with CUDA enabled: chainrule computes with NumPy, and "
            "autograd.profiler.profile times it"
        )


class emit_itt(_Elsewhere):
    """Annotate for Intel's profilers: refused when entered, since nothing here speaks to them."""

    def _refuse(self):
        raise RuntimeError(
            "The ITT functions are not installed: chainrule has none; use autograd.profiler.profile"
        )


def parse_nvprof_trace(path: str) -> list[FunctionEvent]:
    """Refused: traces of nvprof are of CUDA programs, which chainrule cannot have run."""
    raise RuntimeError(
        f"parse_nvprof_trace: {path!r} would be a trace of CUDA kernels, and chainrule has none"
    )


def load_nvprof(path: str) -> EventList:
    """Refused, as parse_nvprof_trace is."""
    return EventList(parse_nvprof_trace(path))


class EnforceUnique:
    """Raises where a key is seen a second time."""

    def __init__(self) -> None:
        self.seen: set[tuple] = set()

    def see(self, *key: Any) -> None:
        """Note a key."""
        if key in self.seen:
            raise RuntimeError("duplicate key: " + str(key))
        self.seen.add(key)


class KinetoStepTracker:
    """Counts the steps of a program; of those who count, the one furthest ahead is believed."""

    _current_step = 0
    _steps: dict[str, int] = {}

    @classmethod
    def init_step_count(cls, requester: str) -> None:
        """Let another one count, from where the steps are now."""
        cls._steps[requester] = cls._current_step

    @classmethod
    def erase_step_count(cls, requester: str) -> bool:
        """Forget one who counts; False where it was not known."""
        return cls._steps.pop(requester, None) is not None

    @classmethod
    def increment_step(cls, requester: str) -> int:
        """Count a step of `requester`; the number of steps that were made."""
        if requester not in cls._steps:
            cls.init_step_count(requester)
        cls._steps[requester] += 1
        cls._current_step = max(cls._steps.values())
        return cls._current_step

    @classmethod
    def current_step(cls) -> int:
        """How many steps were made."""
        return cls._current_step
