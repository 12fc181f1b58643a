"""explain.graph as text: every node, its line, shape and bytes; loops folded; nothing raises."""

import re
import weakref

import numpy as np
import pytest

import chainrule as torch
from chainrule import explain, nn
from tests.explain import programs

FEW = """\
7 operations, 3 leaves; 32 B saved for backward

loss = sum  float32 ()          programs.py:12  (h.tanh() / (1 + a**2)).sum()
div         float32 (2,)  16 B  programs.py:12  h.tanh() / (1 + a**2)
├─ tanh     float32 (2,)  8 B   programs.py:12  h.tanh()
│  h = add  float32 (2,)        programs.py:11  a * b + c
│  ├─ c     float32 ()                          = 0.5
│  mul      float32 (2,)  16 B  programs.py:11  a * b
│  ├─ a     float32 (2,)                        = [2, 3]
│  └─ b     float32 (2,)                        = [1, -1]
add         float32 (2,)        programs.py:12  1 + a**2
square      float32 (2,)  8 B   programs.py:12  a**2
└─ a (above)"""

LOOP = """\
252 operations, 3 leaves; 7.55 kB saved for backward

loss = mean           float32 ()               programs.py:24  (h**2).mean()
square                float32 (3, 8)  96 B     programs.py:24  h**2
×50  mm · add · tanh  250 nodes       24.5 kB  programs.py:23
┊  h = tanh           float32 (3, 8)  96 B     programs.py:23  torch.tanh(inputs[t] @ u + h @ w + bias)
┊  add                float32 (3, 8)           programs.py:23  inputs[t] @ u + h @ w + bias
┊  add                float32 (3, 8)           programs.py:23  inputs[t] @ u + h @ w
┊  ├─ mm              float32 (3, 8)  48 B     programs.py:23  inputs[t] @ u
┊  mm                 float32 (3, 8)  352 B    programs.py:23  h @ w
├─ bias               float32 (8,)
├─ w                  float32 (8, 8)
└─ u                  float32 (4, 8)"""


@pytest.mark.parametrize(("program", "text"), [(programs.few, FEW), (programs.loop, LOOP)])
def test_a_graph_reads_from_the_result_to_its_leaves(program, text):
    found = str(program())

    assert found == text


def test_ten_thousand_operations_take_a_few_lines():
    found = str(programs.loop(2000)).splitlines()

    assert len(found) == len(LOOP.splitlines())
    assert found[4].startswith("×2000")


def test_what_never_repeats_is_shown_in_parts():
    found = str(programs.irregular(3000)).splitlines()

    assert len(found) < 150


def test_a_chain_of_any_length_is_walked():
    x = torch.ones(1, requires_grad=True)
    for _ in range(30_000):
        x = x * 1.5
    found = explain.graph(x)

    assert "×30000" in str(found)


def test_loops_in_loops_are_folded_in_each_other():
    x = torch.ones(1, requires_grad=True)
    for _ in range(4):
        for _ in range(5):
            x = x.sin()
        x = x.cos()
    found = str(explain.graph(x))

    assert re.findall(r"×\d+", found) == ["×4", "×5"]


def test_two_rounds_are_not_folded():
    x = torch.ones(1, requires_grad=True)
    for _ in range(2):
        x = x.sin()
    found = str(explain.graph(x))

    assert "×" not in found


def test_each_layers_leaves_are_folded_with_it():
    layers = [nn.Linear(3, 3) for _ in range(6)]
    x = torch.ones(2, 3)
    for layer in layers:
        x = layer(x).tanh()
    picture = explain.graph(x)
    (loop, *_) = [one for one in picture.group.groups() if one.kind == "loop"]

    assert sum(picture.records[number].kind == "leaf" for number in loop.records()) == 12


def test_leaves_have_the_names_of_the_program():
    model = nn.Sequential(nn.Linear(2, 2))
    weights = [torch.ones(2, requires_grad=True)]
    by_name = {"scale": torch.ones(2, requires_grad=True)}
    out = model(torch.ones(1, 2)) * weights[0] * by_name["scale"]
    found = {record.title for record in explain.graph(out).records if record.kind == "leaf"}

    assert found == {"model.0.weight", "model.0.bias", "weights[0]", "by_name['scale']"}


def make(function):
    """A result whose leaves no name of the caller is of."""
    return function(torch.ones(2, requires_grad=True))


def test_names_may_be_given():
    model = nn.Linear(2, 2)
    found = explain.graph((lambda net: net(torch.ones(1, 2)))(model), names=model)

    assert {record.title for record in found.records if record.kind == "leaf"} == {"weight", "bias"}
    assert "first" in str(explain.graph(model.weight.sum(), names={"first": model.weight}))


def test_a_leaf_without_a_name_is_a_leaf():
    assert "leaf" in str(explain.graph(make(torch.exp)))


def test_several_results_share_one_picture():
    x = torch.ones(2, requires_grad=True)
    one, other = x.exp(), x.sin()
    found = explain.graph({"a": one, "b": [other]})

    assert (found.operations, found.leaves) == (2, 1)
    assert sum(record.is_output for record in found.records) == 2


def test_a_node_is_enough():
    x = torch.ones(2, requires_grad=True)

    assert explain.graph((x * 2).grad_fn).operations == 1


def test_memory_that_two_nodes_saved_counts_once():
    x = torch.ones(1000, requires_grad=True)
    y = x.exp()
    found = explain.graph(y * y + y * 2)

    assert found.saved_bytes == 4000


def test_what_has_no_graph_says_so():
    found = str(explain.graph(torch.ones(2)))

    assert found.startswith("no graph")


@pytest.mark.parametrize("value", [3, "loss", None])
def test_what_is_no_tensor_is_refused(value):
    with pytest.raises(TypeError, match="expected a tensor, several tensors or a grad_fn"):
        explain.graph(value)


# -------------------------------------------------------------------------- strange graphs


def test_a_freed_graph_says_what_is_gone():
    x = torch.ones(2, requires_grad=True)
    y = x.exp().sum()
    y.backward()
    found = explain.graph(y)

    assert "freed" in str(found)
    assert found.records[0].gradient == "[2.718, 2.718]"


def test_a_custom_function_may_use_the_names_of_nodes():
    class Odd(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, factor):
            ctx.op, ctx.source, ctx.parameters, ctx.factor = "mine", 3, None, factor
            ctx.name, ctx.variable = "mine", x
            ctx.save_for_backward(x, None)
            return x * factor, x.new_ones(3)

        @staticmethod
        def backward(ctx, g, h):
            return g * ctx.factor, None

    x = torch.ones(2, requires_grad=True)
    found = explain.graph(Odd.apply(x, 3)[0].sum())
    (record,) = [record for record in found.records if record.kind == "function"]

    assert (record.title, record.bytes) == ("Odd", 8)
    assert "Odd" in str(found)


def test_hooks_are_mentioned():
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    x.register_hook(lambda g: g)
    y.register_hook(lambda g: g)
    y.grad_fn.register_prehook(lambda g: g)
    found = str(explain.graph(y))

    assert found.count("hooks") == 2


def test_a_leaf_that_wants_no_gradient_any_more_is_marked():
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    x.requires_grad_(False)

    assert "turned off" in str(explain.graph(y))


def test_views_and_writes_are_seen():
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    y[0] = 5.0
    y[1:].mul_(3)
    found = {record.node for record in explain.graph(y.sum()).records}

    assert "CopySlices" in found


def test_nodes_of_several_results_and_empty_tensors_are_seen():
    x = torch.ones(4, 3, requires_grad=True)
    values, _ = x.max(1)
    parts = x.unbind()
    nothing = x[:0].sum() + torch.stack(parts).sum() + torch.cat([values, values]).sum()
    found = explain.graph(nothing)

    assert found.leaves == 1
    assert all("(?)" not in record.kind_text for record in found.records if record.is_output)


def test_looking_changes_nothing():
    x = torch.ones(2, requires_grad=True)
    y = (x * x).exp().sum()
    before = torch.is_grad_enabled(), x._version
    for picture in (explain.graph(y), explain.graph(y)):
        picture.text(), picture.svg(), picture.html()
    y.backward()

    assert (torch.is_grad_enabled(), x._version) == before
    np.testing.assert_allclose(x.grad.numpy(), [2 * np.e] * 2, rtol=1e-6)


def test_a_picture_keeps_no_graph_alive():
    """Nor does looking for names: before Python 3.13, frame.f_locals keeps what was in it."""
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    alive = weakref.ref(y)
    picture = explain.graph(y)
    del y

    assert alive() is None
    assert picture.operations == 1


def test_what_a_program_got_from_locals_stays_as_it_was():
    x = torch.ones(2, requires_grad=True)
    variables = locals()
    explain.graph(x.exp())

    assert variables["x"] is x


@pytest.mark.parametrize("ending", [".txt", ".svg", ".html"])
def test_a_picture_is_saved_by_the_ending_of_its_path(tmp_path, ending):
    picture = programs.few()
    picture.save(tmp_path / f"graph{ending}")
    wanted = {".txt": picture.text, ".svg": picture.svg, ".html": picture.html}[ending]()

    assert (tmp_path / f"graph{ending}").read_text(encoding="utf-8") == wanted


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match="cannot tell from"):
        programs.few().save(tmp_path / "graph.png")
