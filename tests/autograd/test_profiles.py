"""Profiles as a whole: threads, tables, files, and what needs more than a CPU.

Apart from the events, which test_profiler is about.
"""

import gzip
import json
import threading

import pytest

import chainrule as torch
from chainrule.autograd import profiler
from chainrule.autograd.profiler import profile, record_function


def program():
    x = torch.ones(3, 4, requires_grad=True)
    w = torch.ones(4, 2, requires_grad=True)
    y = (x @ w).tanh() * 2
    y.sum().backward()


def names(prof):
    return [event.name for event in prof.function_events]


def test_an_exception_ends_the_profile():
    def fail():
        torch.ones(2) * 2
        raise KeyError

    prof = profile()
    with pytest.raises(KeyError), prof:
        fail()
    torch.ones(2) * 2

    assert names(prof) == ["aten::mul"]


def test_a_disabled_profile_is_none():
    with profile(enabled=False) as prof:
        torch.ones(2) * 2

    assert prof is None


def test_only_one_profile_at_a_time_and_each_once():
    with profile() as prof:
        with pytest.raises(RuntimeError, match="Profiler is already enabled on this thread"):
            profile().__enter__()
        with pytest.raises(RuntimeError, match="Profiler context manager is not reentrant"):
            prof.__enter__()
    with pytest.raises(RuntimeError, match="Profiler context manager is not reentrant"):
        prof.__enter__()


def test_a_profile_that_was_not_entered_is_empty():
    prof = profile()

    assert repr(prof) == str(prof) == "<unfinished torch.autograd.profile>"
    assert prof.key_averages() == []
    assert prof.table() == ""


def test_only_the_thread_that_profiles_is_seen():
    go, done = threading.Event(), threading.Event()

    def other():
        go.wait(60)
        torch.ones(2, requires_grad=True).exp().sum().backward()
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with profile() as prof:
        go.set()
        assert done.wait(60)
        torch.ones(2) * 2
    thread.join()

    assert names(prof) == ["aten::mul"]


def test_several_threads_profile_at_the_same_time():
    barrier, found = threading.Barrier(3, timeout=60), {}

    def work(number):
        for _ in range(20):
            with profile() as prof:
                barrier.wait()
                for _ in range(number):
                    torch.ones(2, requires_grad=True).exp().sum().backward()
            found.setdefault(number, []).append(len(prof.function_events))

    threads = [threading.Thread(target=work, args=(number,)) for number in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    each = found[1][0]
    assert found == {number: [number * each] * 20 for number in (1, 2, 3)}


def test_a_profile_ends_in_the_thread_that_began_it():
    prof, errors = profile(), []
    prof.__enter__()

    def end():
        try:
            prof.__exit__(None, None, None)
        except RuntimeError as error:
            errors.append(str(error))

    thread = threading.Thread(target=end)
    thread.start()
    thread.join()
    prof.__exit__(None, None, None)

    assert errors == ["a profile must end in the thread that began it"]


# ------------------------------------------------------------------------- tables and files


def test_a_table_is_sorted_and_cut_as_asked():
    with profile() as prof:
        for _ in range(3):
            torch.ones(2) * 2
        torch.ones(2) + 1
    averages = prof.key_averages()
    rows = averages.table(sort_by="count", row_limit=1, header="Mine").splitlines()

    assert rows[1] == "Mine"
    assert [row.split()[0] for row in rows if "aten" in row] == ["aten::mul"]
    assert rows[-1].startswith("Self CPU time total: ")
    with pytest.raises(AttributeError, match="no attribute 'unheard_of'"):
        averages.table(sort_by="unheard_of")


def test_a_table_of_the_top_level_shows_nothing_inside():
    with profile() as prof, record_function("outer"):
        torch.ones(2) * 2
    table = prof.table(top_level_events_only=True)

    assert "outer" in table
    assert "aten::mul" not in table


@pytest.mark.parametrize("name", ["trace.json", "trace.json.gz"])
def test_a_trace_holds_every_event_and_arrows_to_the_backward(tmp_path, name):
    path = tmp_path / name
    with profile(record_shapes=True, profile_memory=True) as prof, record_function("outer"):
        program()
    prof.export_chrome_trace(str(path))
    opened = gzip.open if name.endswith("gz") else open
    with opened(path, "rt") as file:
        entries = json.load(file)["traceEvents"]

    assert [e["name"] for e in entries if e["ph"] in "Xi"] == names(prof)
    assert {e["cat"] for e in entries if e["ph"] == "X"} == {"cpu_op", "user_annotation"}
    assert sum(e["ph"] == "s" for e in entries) == sum(e["ph"] == "f" for e in entries) == 4


def test_stacks_are_written_for_flame_graphs(tmp_path):
    with profile(with_stack=True) as prof:
        for _ in range(50):
            torch.ones(1000) * 2
    prof.export_stacks(str(tmp_path / "stacks"))
    *stack, time = (tmp_path / "stacks").read_text().splitlines()[0].rsplit(" ", 1)

    assert int(time) > 0
    assert stack[0].endswith("): test_stacks_are_written_for_flame_graphs")
    with profile() as prof:
        pass
    with pytest.raises(AssertionError, match="requires with_stack=True"):
        prof.export_stacks("nowhere")


# ------------------------------------------------------------------------ what is not there


def test_what_needs_a_device_says_so():
    with pytest.warns(UserWarning, match="CUDA is not available, disabling CUDA profiling"):
        profile(use_device="cuda")
    with pytest.warns(UserWarning, match="The xx is not a valid device option"):
        profile(use_device="xx")
    with pytest.raises(AssertionError, match="Device-only events supported only with Kineto"):
        profile(use_cpu=False)
    with pytest.raises(AssertionError, match="Torch not compiled with CUDA enabled"):
        profiler.emit_nvtx().__enter__()
    with pytest.raises(RuntimeError, match="ITT"):
        profiler.emit_itt().__enter__()
    with pytest.raises(RuntimeError, match="CUDA"):
        profiler.load_nvprof("trace")


def test_steps_are_those_of_whoever_is_furthest_ahead():
    tracker = profiler.KinetoStepTracker
    first = tracker.current_step()
    tracker.init_step_count("a")
    tracker.init_step_count("b")

    assert [tracker.increment_step(who) - first for who in "aab"] == [1, 2, 2]
    assert tracker.erase_step_count("a")
    assert tracker.erase_step_count("b")
    assert not tracker.erase_step_count("a")


def test_a_key_seen_twice_is_refused():
    unique = profiler.EnforceUnique()
    unique.see("a", 1)

    with pytest.raises(RuntimeError, match="duplicate key"):
        unique.see("a", 1)
