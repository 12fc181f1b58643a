"""torch.profiler: autograd's profiler, step by step on a schedule.

Apart from `autograd.profiler`, which records: here is only when it does.
"""

from __future__ import annotations

import enum
import json
import os
import socket
import time
import warnings
from typing import TYPE_CHECKING, Any

from chainrule.autograd import profiler
from chainrule.autograd.profiler import record_function
from chainrule.autograd.profiler_util import DeviceType, EventList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "profile", "schedule", "supported_activities", "tensorboard_trace_handler", "ProfilerAction",
    "ProfilerActivity", "DeviceType", "record_function",
]  # fmt: skip


class ProfilerActivity(enum.Enum):
    """What can be profiled: of these, the CPU."""

    CPU = 0
    XPU = 1
    CUDA = 3


class ProfilerAction(enum.Enum):
    """What a schedule says of a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


def supported_activities() -> set[ProfilerActivity]:
    """What can be profiled here."""
    return {ProfilerActivity.CPU}


def schedule(
    *,
    wait: int,
    warmup: int,
    active: int,
    repeat: int = 0,
    skip_first: int = 0,
    skip_first_wait: int = 0,
) -> Callable[[int], ProfilerAction]:
    """A schedule: skip some steps, then, in cycles: wait, warm up, record.

    `repeat` is the number of cycles, 0 for no end; with `skip_first_wait` the first has no wait.
    Raises AssertionError for negative numbers, and where nothing would be recorded.

    >>> import chainrule.profiler
    >>> chosen = chainrule.profiler.schedule(wait=1, warmup=1, active=1)
    >>> [chosen(step).name for step in range(4)]
    ['NONE', 'WARMUP', 'RECORD_AND_SAVE', 'NONE']

    See https://docs.pytorch.org/docs/2.13/profiler.html#torch.profiler.schedule
    """
    if min(wait, warmup, repeat, skip_first) < 0 or active <= 0:
        raise AssertionError(
            f"Invalid profiler schedule arguments. Got wait={wait} (need >= 0), warmup={warmup} "
            f"(need >= 0), active={active} (need > 0), repeat={repeat} (need >= 0), "
            f"skip_first={skip_first} (need >= 0)."
        )
    if warmup == 0:
        warnings.warn(
            "Profiler won't be using warmup, this can skew profiler results", stacklevel=2
        )
    length = wait + warmup + active
    start = skip_first - (wait if skip_first_wait else 0)

    def action_of(step: int) -> ProfilerAction:
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        cycle, place = divmod(step - start, length)
        if step < skip_first or (repeat and cycle >= repeat) or place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        last = place == length - 1
        return ProfilerAction.RECORD_AND_SAVE if last else ProfilerAction.RECORD

    return action_of


def _always(step: int) -> ProfilerAction:
    return ProfilerAction.RECORD


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False
) -> Callable[[profile], None]:
    """What writes each trace into a folder, when given to a profile as `on_trace_ready`."""

    def write(prof: profile) -> None:
        os.makedirs(dir_name, exist_ok=True)
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        name = f"{worker}.{time.time_ns()}.pt.trace.json" + (".gz" if use_gzip else "")
        prof.export_chrome_trace(os.path.join(dir_name, name))

    return write


class profile:
    """Profile what runs inside: all of it, or the steps that a schedule says.

    A program with a schedule calls `step()` after each of its steps. `on_trace_ready(prof)` is
    called whenever the schedule says that a recording is to be saved, and at the end of one that
    is still going on. Options are those of autograd.profiler.profile. With `acc_events`, the
    events of earlier cycles are kept. Raises AssertionError where no activity, or none that there
    is, is to be profiled.

    >>> import chainrule as torch
    >>> from chainrule.profiler import profile
    >>> with profile() as prof:
    ...     y = torch.ones(3) * 2
    >>> [event.name for event in prof.events()]
    ['aten::mul']

    See https://docs.pytorch.org/docs/2.13/profiler.html#torch.profiler.profile
    """

    def __init__(
        self,
        *,
        activities: Iterable[ProfilerActivity] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[[profile], Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        experimental_config: Any = None,
        execution_trace_observer: Any = None,
        acc_events: bool = False,
        use_cuda: bool | None = None,
        custom_trace_id_callback: Callable[[], str] | None = None,
        post_processing_timeout_s: float | None = None,
    ) -> None:
        self.activities = set(activities) if activities is not None else supported_activities()
        if not self.activities & supported_activities():
            raise AssertionError(
                "No activities specified for the profiler, of those that there are: "
                f"{sorted(a.name for a in supported_activities())}"
            )
        self.on_trace_ready, self.acc_events = on_trace_ready, acc_events
        self.schedule, self.record_steps = schedule or _always, schedule is not None
        self.step_num = 0
        self.current_action = self.schedule(0)
        self.profiler: profiler.profile | None = None
        self._options = {
            "record_shapes": record_shapes,
            "profile_memory": profile_memory,
            "with_stack": with_stack,
            "with_flops": with_flops,
            "with_modules": with_modules,
        }
        self._earlier: list = []
        self._metadata: dict[str, Any] = {}
        self._is_recording = False
        self._step: record_function | None = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.stop()

    def start(self) -> None:
        """Begin the first step."""
        self._turn_to(self.schedule(self.step_num))
        self._begin_step()

    def stop(self) -> None:
        """End the last step, and what is being recorded."""
        self._end_step()
        if self._is_recording:
            self._end_recording()

    def step(self) -> None:
        """End a step, and begin the next."""
        self._end_step()
        if self.current_action is ProfilerAction.RECORD_AND_SAVE:
            self.step_num += 1
            self._end_recording()
        else:
            self.step_num += 1
        self._turn_to(self.schedule(self.step_num))
        self._begin_step()

    def _turn_to(self, action: ProfilerAction) -> None:
        self.current_action = action
        if action in RECORDING and not self._is_recording:
            if self.acc_events and self.profiler is not None:
                self._earlier += self.profiler.function_events
            self.profiler = profiler.profile(**self._options)  # type: ignore[arg-type]
            self.profiler.__enter__()
            self._is_recording = True
        elif action not in RECORDING and self._is_recording:
            self._end_recording()

    def _end_recording(self) -> None:
        assert self.profiler is not None
        self.profiler.__exit__(None, None, None)
        self._is_recording = False
        if self.on_trace_ready is not None:
            self.on_trace_ready(self)

    def _begin_step(self) -> None:
        if self.record_steps and self._is_recording:
            self._step = record_function(f"ProfilerStep#{self.step_num}")
            self._step.__enter__()

    def _end_step(self) -> None:
        if self._step is not None:
            self._step.__exit__(None, None, None)
            self._step = None

    def events(self) -> EventList:
        """What was recorded, in the order in which it began."""
        if self.profiler is None:
            raise AssertionError("Profiler must be initialized before accessing events")
        found = self.profiler.function_events
        return found._like([*self._earlier, *found]) if self._earlier else found

    def key_averages(
        self,
        group_by_input_shape: bool = False,
        group_by_stack_n: int = 0,
        group_by_overload_name: bool = False,
        group_by_line: bool = False,
    ) -> EventList:
        """The sums over the events of one name (and shapes, or stack), or over one line."""
        if self.profiler is None:
            raise AssertionError("Profiler must be initialized before getting key averages")
        return self.events().key_averages(
            group_by_input_shape, group_by_stack_n, group_by_overload_name, group_by_line
        )

    def export_chrome_trace(self, path: str) -> None:
        """Write the events as JSON that chrome://tracing and Perfetto show."""
        from chainrule.autograd._profiler_trace import write_trace

        write_trace(self.events(), path, self._metadata)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write the stacks and the sums of their times, as flame graphs are made of."""
        if self.profiler is None:
            raise AssertionError("Profiler must be initialized before exporting stacks")
        self.profiler.export_stacks(path, metric)

    def add_metadata(self, key: str, value: str) -> None:
        """Add a text to the trace."""
        self._metadata[key] = value

    def add_metadata_json(self, key: str, value: str) -> None:
        """Add to the trace what a text of JSON says."""
        self._metadata[key] = json.loads(value)
