"""The profiler: which events there are, what they hold, and that nothing stays behind."""

import pytest

import chainrule as torch
from chainrule.autograd.profiler import profile, record_function


def program():
    x = torch.ones(3, 4, requires_grad=True)
    w = torch.ones(4, 2, requires_grad=True)
    y = (x @ w).tanh() * 2
    y.sum().backward()


def names(prof, top_only=False):
    return [
        event.name for event in prof.function_events if not top_only or event.cpu_parent is None
    ]


def line_of(event):
    return event.source.text


def test_operations_and_nodes_are_events_in_the_order_in_which_they_ran():
    with profile() as prof:
        program()

    assert names(prof, top_only=True) == [
        "aten::matmul",
        "aten::tanh",
        "aten::mul",
        "aten::sum",
        "autograd::engine::evaluate_function: SumBackward0",
        "autograd::engine::evaluate_function: MulBackward0",
        "autograd::engine::evaluate_function: TanhBackward0",
        "autograd::engine::evaluate_function: MmBackward0",
        "autograd::engine::evaluate_function: torch::autograd::AccumulateGrad",
        "autograd::engine::evaluate_function: torch::autograd::AccumulateGrad",
    ]


def test_a_rule_is_inside_its_node_and_the_node_inside_its_evaluation():
    with profile() as prof:
        program()
    (outer,) = [e for e in prof.function_events if e.name.endswith("function: MmBackward0")]
    (inner,) = outer.cpu_children

    assert inner.name == "MmBackward0"
    assert [event.name for event in inner.cpu_children] == ["aten::mm", "aten::mm"]
    assert inner.cpu_parent is outer
    assert outer.time_range.start <= inner.time_range.start
    assert inner.time_range.end <= outer.time_range.end
    assert outer.cpu_time_total == pytest.approx(outer.self_cpu_time_total + inner.cpu_time_total)


def test_an_operation_and_its_node_have_one_sequence_number():
    with profile() as prof:
        program()
    events = {event.name: event for event in prof.function_events}

    for op, node in (("tanh", "TanhBackward0"), ("matmul", "MmBackward0"), ("sum", "SumBackward0")):
        assert events["aten::" + op].sequence_nr == events[node].sequence_nr >= 0


@pytest.mark.parametrize(
    ("work", "found"),
    [
        (lambda x: x + 1, ["aten::add"]),
        (lambda x: 1 + x, ["aten::add"]),
        (lambda x: -x, ["aten::neg"]),
        (lambda x: torch.exp(x), ["aten::exp"]),
        (lambda x: x.exp_(), ["aten::exp_"]),
        (lambda x: x.mul_(2), ["aten::mul_"]),
        (lambda x: x.__iadd__(x), ["aten::add_"]),
        (lambda x: torch.mm(x, x), ["aten::mm"]),
        (lambda x: x @ x, ["aten::matmul"]),
        (lambda x: x[1:], ["aten::slice"]),
        (lambda x: x.sum(0), ["aten::sum"]),
        (lambda x: torch.where(x > 0, x, x), ["aten::gt", "aten::where"]),
        (lambda x: x.clamp_(0, 1), ["aten::clamp_"]),
    ],
)
def test_every_way_of_an_operation_is_seen(work, found):
    x = torch.ones(2, 2)
    with profile() as prof:
        work(x)

    assert names(prof) == found


def test_an_operation_that_raises_is_an_event_that_ended():
    with profile() as prof, pytest.raises(RuntimeError):
        torch.ones(2) + torch.ones(3)
    (event,) = prof.function_events

    assert event.name == "aten::add"
    assert event.time_range.end >= event.time_range.start


def test_a_refused_operand_leaves_no_event():
    with profile() as prof, pytest.raises(TypeError):
        torch.ones(2) + object()

    assert names(prof) == []


def test_shapes_are_kept_where_asked():
    with profile(record_shapes=True) as prof:
        torch.ones(2, 3) * torch.ones(3)
        torch.ones(2, 3) * 2
    shapes = [event.input_shapes for event in prof.function_events]
    averages = prof.key_averages(group_by_input_shape=True)

    assert shapes == [[[2, 3], [3]], [[2, 3], []]]
    assert [(e.key, e.count) for e in averages] == [("aten::mul", 1), ("aten::mul", 1)]
    assert "Input Shapes" in averages.table()
    assert "Input Shapes" not in prof.key_averages().table()


@pytest.mark.parametrize("size", [1, 10, 100_000])
def test_memory_is_what_was_allocated_less_what_was_freed(size):
    x = torch.ones(size)
    with profile(profile_memory=True) as prof:
        y = x * 2
        z = x * 3
        del y
        torch.exp(z)
    found = [(event.name, event.cpu_memory_usage) for event in prof.function_events]

    assert found == [
        ("aten::mul", 4 * size),
        ("aten::mul", 4 * size),
        ("[memory]", -4 * size),
        ("aten::exp", 4 * size),
        ("[memory]", -4 * size),
    ]


def test_memory_that_outlives_the_profile_is_freed_as_any_other():
    kept = []
    with profile(profile_memory=True):
        kept += [torch.ones(10) * k for k in range(10)]
        kept += [torch.ones(100_000) * k for k in range(3)]
    kept.clear()

    assert float((torch.ones(100_000) * 2).sum()) == 200_000


def test_an_event_of_the_backward_belongs_to_the_line_of_the_forward():
    x = torch.ones(3, requires_grad=True)
    with profile() as prof:
        y = x.exp()
        z = y.tanh().sum()
        z.backward()
    lines = {event.name: line_of(event) for event in prof.function_events if event.scope == 1}

    assert lines["ExpBackward0"] == "x.exp()"
    assert lines["TanhBackward0"] == "y.tanh()"
    assert lines["torch::autograd::AccumulateGrad"] == "z.backward()"


def test_what_a_rule_does_belongs_to_the_line_of_its_node():
    x = torch.ones(3, 3, requires_grad=True)
    with profile() as prof:
        y = x.mm(x)
        y.backward(torch.ones(3, 3))
    inside = [e for e in prof.function_events if e.name == "aten::mm" and e.in_backward]

    assert [line_of(event) for event in inside] == ["x.mm(x)"] * 2


def test_what_a_function_does_in_backward_belongs_to_its_own_lines():
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = torch.ones(3, requires_grad=True)
    with profile() as prof:
        Double.apply(x).backward(torch.ones(3))
    lines = [line_of(event) for event in prof.function_events if event.name == "aten::mul"]

    assert lines == ["x * 2", "g * 2"]


def test_averages_by_line_count_the_backward_for_the_line_of_the_forward():
    x = torch.ones(3, requires_grad=True)
    with profile() as prof:
        y = x.exp().tanh()
        y.backward(torch.ones(3))
    lines = prof.key_averages(group_by_line=True)
    (first,) = [line for line in lines if line.source.line == lines[0].source.line]
    own = [e for e in prof.function_events if str(e.source) == first.key]

    assert first.key == f"{__file__}:{first.source.line}"
    assert {e.name for e in own} >= {"aten::exp", "aten::tanh", "ExpBackward0", "TanhBackward0"}
    assert first.self_cpu_time_total == pytest.approx(sum(e.self_cpu_time_total for e in own))
    assert 0 < first.backward_time_total < first.self_cpu_time_total
    assert first.cpu_time_total == pytest.approx(first.self_cpu_time_total)
    assert "Backward" in lines.table()


def test_self_times_add_up_to_the_total():
    with profile() as prof:
        program()
    top = sum(e.cpu_time_total for e in prof.function_events if e.cpu_parent is None)

    assert prof.self_cpu_time_total == pytest.approx(top)
    assert prof.key_averages().self_cpu_time_total == pytest.approx(top)
    assert prof.key_averages(group_by_line=True).self_cpu_time_total == pytest.approx(top)
    assert prof.total_average().self_cpu_time_total == pytest.approx(top)


def test_stacks_are_the_lines_of_the_user_innermost_first():
    with profile(with_stack=True) as prof:
        program()
    event = prof.function_events[0]

    assert event.stack[0].startswith(f"{__file__}(")
    assert event.stack[0].endswith("): program")
    assert event.stack[1].endswith("): test_stacks_are_the_lines_of_the_user_innermost_first")
    assert prof.key_averages(group_by_stack_n=1)[0].stack == event.stack[:1]
    assert "Source Location" in prof.key_averages(group_by_stack_n=1).table()


def test_flops_are_counted_for_products_and_sums():
    x = torch.ones(2, 3)
    with profile(with_flops=True) as prof:
        x * 2
        x.mm(torch.ones(3, 4))
        torch.addmm(torch.ones(4), x, torch.ones(3, 4))
        torch.ones(5, 2, 3).bmm(torch.ones(5, 3, 4))
        x.exp()
    found = {event.name: event.flops for event in prof.function_events}

    assert found["aten::mul"] == 6
    assert found["aten::mm"] == found["aten::addmm"] == 48
    assert found["aten::bmm"] == 240
    assert found["aten::exp"] == 0
    assert "Total FLOPs" in prof.key_averages().table()


# ---------------------------------------------------------------------------- record_function


def test_record_function_names_what_runs_inside():
    @record_function("made")
    def made():
        return torch.ones(2) * 2

    with profile() as prof:
        with record_function("outer"), record_function("inner"):
            made()
        torch.ones(2) + 1

    assert [(e.name, e.cpu_parent and e.cpu_parent.name) for e in prof.function_events] == [
        ("outer", None),
        ("inner", "outer"),
        ("made", "inner"),
        ("aten::mul", "made"),
        ("aten::add", None),
    ]


def test_a_decorated_function_may_call_itself():
    @record_function("count")
    def count(n):
        return n and count(n - 1)

    with profile() as prof:
        count(3)

    assert names(prof) == ["count"] * 4


def test_record_function_outside_of_a_profile_does_nothing():
    with record_function("nobody sees"):
        pass

    with profile() as prof:
        pass

    assert names(prof) == []


def test_record_function_takes_a_name_and_must_be_entered():
    with pytest.raises(RuntimeError, match="Expected a value of type 'str' for argument 'name'"):
        record_function(3).__enter__()
    with pytest.raises(AssertionError, match="Expected record to be set"):
        record_function("a").__exit__(None, None, None)


def test_what_was_left_open_ends_with_the_profile():
    with profile() as prof:
        record_function("open").__enter__()
        torch.ones(2) * 2

    assert all(event.time_range.end > 0 for event in prof.function_events)
