"""torch.profiler: recording on a schedule, and what is called when."""

import json

import pytest

import chainrule as torch
from chainrule.profiler import (
    ProfilerActivity,
    profile,
    record_function,
    schedule,
    tensorboard_trace_handler,
)


def actions(count, **arguments):
    chosen = schedule(**arguments)
    return "".join(
        {"NONE": ".", "WARMUP": "w", "RECORD": "r", "RECORD_AND_SAVE": "S"}[chosen(step).name]
        for step in range(count)
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"wait": 1, "warmup": 1, "active": 2}, ".wrS.wrS.w"),
        ({"wait": 1, "warmup": 1, "active": 2, "repeat": 1}, ".wrS......"),
        ({"wait": 1, "warmup": 1, "active": 2, "repeat": 2, "skip_first": 1}, "..wrS.wrS."),
        ({"wait": 0, "warmup": 1, "active": 1}, "wSwSwSwSwS"),
        (
            {"wait": 2, "warmup": 1, "active": 1, "skip_first": 1, "skip_first_wait": 1},
            ".wS..wS..w",
        ),
    ],
)
def test_a_schedule_says_what_becomes_of_each_step(arguments, expected):
    assert actions(10, **arguments) == expected


def test_a_schedule_that_records_nothing_is_refused():
    with pytest.raises(AssertionError, match="Invalid profiler schedule arguments"):
        schedule(wait=0, warmup=1, active=0)
    with pytest.raises(AssertionError, match="Step must be non-negative"):
        schedule(wait=0, warmup=1, active=1)(-1)
    with pytest.warns(UserWarning, match="Profiler won't be using warmup"):
        schedule(wait=0, warmup=0, active=1)


def test_what_is_recorded_is_handed_over_at_the_end_of_each_cycle():
    calls = []

    def ready(prof):
        calls.append((prof.step_num, [(e.key, e.count) for e in prof.key_averages()]))

    with profile(
        schedule=schedule(wait=1, warmup=1, active=2, repeat=2), on_trace_ready=ready
    ) as prof:
        for _ in range(9):
            torch.ones(3) * 2
            prof.step()

    expected = [("ProfilerStep*", 2), ("aten::mul", 2)]
    assert calls == [(4, expected), (8, expected)]


def test_events_of_earlier_cycles_are_kept_where_asked():
    chosen = schedule(wait=0, warmup=1, active=1)
    with profile(schedule=chosen, acc_events=True) as prof:
        for _ in range(4):
            torch.ones(3) * 2
            prof.step()

    assert [event.name for event in prof.events() if "aten" in event.name] == ["aten::mul"] * 2


def test_without_a_schedule_all_is_recorded():
    calls = []
    with profile(activities=[ProfilerActivity.CPU], on_trace_ready=calls.append) as prof:
        with record_function("part"):
            torch.ones(3) * 2
        prof.step()
        torch.ones(3) + 2

    assert [event.name for event in prof.events()] == ["part", "aten::mul", "aten::add"]
    assert calls == [prof]


def test_traces_are_written_into_a_folder(tmp_path):
    with profile(on_trace_ready=tensorboard_trace_handler(str(tmp_path / "log"), "me")) as prof:
        prof.add_metadata("note", "text")
        prof.add_metadata_json("numbers", "[1, 2]")
        torch.ones(3) * 2
    (path,) = (tmp_path / "log").iterdir()
    trace = json.loads(path.read_text())

    assert path.name.startswith("me.")
    assert (trace["note"], trace["numbers"]) == ("text", [1, 2])
    assert [entry["name"] for entry in trace["traceEvents"]] == ["aten::mul"]


def test_what_cannot_be_profiled_is_refused():
    with pytest.raises(AssertionError, match="No activities specified for the profiler"):
        profile(activities=[ProfilerActivity.CUDA])
    with pytest.raises(AssertionError, match="Profiler must be initialized before getting"):
        profile().key_averages()
