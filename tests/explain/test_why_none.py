"""why_none names what cut a gradient off, and the line; or says that nothing did.

Apart from the tests of refusals, which nobody asks for.
"""

import gc
import weakref

import numpy as np
import pytest

import chainrule as torch
from chainrule.autograd import Function
from chainrule.explain import why_none


def leaf(*values):
    return torch.tensor(values or (1.0, 2.0), requires_grad=True)


def by_detach(x, w):
    return (x.detach() * w).sum()  # cut


def by_detach_of_a_result(x, w):
    return ((x * 2).detach() * w).sum()  # cut


def by_detach_of_a_leaf_made_anew(x, w):
    y = x.exp().detach().requires_grad_()  # cut
    return (y * w).sum()


def by_detach_in_place(x, w):
    y = x * 2
    y.detach_()  # cut
    return (y * w).sum()


def by_data(x, w):
    return (x.data * w).sum()  # cut


def by_no_grad(x, w):
    with torch.no_grad():
        y = x * 2  # cut
    return (y * w).sum()


def by_no_grad_of_a_product(x, w):
    with torch.no_grad():
        y = torch.ones(2, 2) @ x  # cut
    return (y * w).sum()


def by_a_view_under_no_grad(x, w):
    with torch.no_grad():
        y = x[:1]  # cut
    return (y * w).sum()


def by_members_under_no_grad(x, w):
    with torch.no_grad():
        y = x[[1, 0]]  # cut
    return (y * w).sum()


def by_inference_mode(x, w):
    with torch.inference_mode():
        y = x * 2  # cut
    return (y.clone() * w.detach()).sum()


def by_a_write_under_no_grad(x, w):
    y = torch.zeros(2)
    with torch.no_grad():
        y.copy_(x)  # cut
    return (y * w).sum()


def by_a_write_to_a_view_under_no_grad(x, w):
    y = torch.zeros(2, 2)
    with torch.no_grad():
        y[0].add_(x)  # cut
    return (y * w).sum()


def by_an_assignment_under_no_grad(x, w):
    y = torch.zeros(2, 2)
    with torch.no_grad():
        y[0] = x  # cut
    return (y * w).sum()


def by_a_comparison(x, w):
    return ((x > 1.5) * w).sum()  # cut


def by_argmax(x, w):
    return w[x.argmax()] * x.argmax()  # cut


def by_the_indices_of_max(x, w):
    return (x.max(0).indices * w).sum()  # cut


def by_integers(x, w):
    return (x.long() * w).sum()  # cut


def by_tensor_of_tensors(x, w):
    y = torch.tensor([x[0], x[1]])  # cut
    return (y * w).sum()


def by_tensor_of_a_tensor(x, w):
    return (torch.tensor(x) * w).sum()  # cut


def by_item(x, w):
    return w.sum() * (x.sum() + 0.25).item()  # cut


def by_float(x, w):
    return w.sum() * float(x.sum() + 0.125)  # cut


def by_grad_without_a_graph(x, w):
    (slope,) = torch.autograd.grad((x**2).sum(), x)  # cut
    return (slope * w).sum()


class Rounded(Function):
    @staticmethod
    def forward(ctx, x):
        out = x * 1
        ctx.mark_non_differentiable(out)
        return out

    @staticmethod
    def backward(ctx, g):
        return g


def by_a_function(x, w):
    return (Rounded.apply(x) * w).sum()  # cut


CUTS = {
    by_detach: "detach",
    by_detach_of_a_result: "detach",
    by_detach_of_a_leaf_made_anew: "detach",
    by_detach_in_place: "detach_",
    by_data: "data",
    by_no_grad: "mul",
    by_no_grad_of_a_product: "mv",
    by_a_view_under_no_grad: "slice",
    by_members_under_no_grad: "members",
    by_inference_mode: "mul",
    by_a_write_under_no_grad: "write",
    by_a_write_to_a_view_under_no_grad: "add",
    by_an_assignment_under_no_grad: "write",
    by_a_comparison: "gt",
    by_argmax: "argmax",
    by_the_indices_of_max: "indices",
    by_integers: "cast",
    by_tensor_of_tensors: "tensor",
    by_tensor_of_a_tensor: "tensor",
    by_item: "item",
    by_float: "float",
    by_grad_without_a_graph: "grad",
    by_a_function: "non_differentiable",
}


def line_of_the_cut(function):
    with open(__file__) as file:
        lines = file.read().split("\n")
    first = function.__code__.co_firstlineno
    return next(k for k in range(first, len(lines)) if "# cut" in lines[k - 1])


@pytest.mark.filterwarnings("ignore:Converting a tensor", "ignore:To copy construct")
@pytest.mark.parametrize(("function", "name"), CUTS.items(), ids=lambda value: str(value))
def test_a_cut_is_named_with_its_line(function, name):
    x, w = leaf(), leaf(3.0, 4.0)
    loss = function(x, w)
    if loss.requires_grad:
        loss.backward(retain_graph=True)
    report = why_none(loss, x)

    assert report.reason == "cut"
    assert report.cuts[0].name == name
    assert report.cuts[0].source.filename == __file__
    assert report.cuts[0].source.line == line_of_the_cut(function)
    assert f"{__file__}:{report.cuts[0].source.line}" in str(report)


def test_of_two_cuts_the_first_comes_first():
    x, w = leaf(), leaf()
    y = (x.detach() * w).exp()
    loss = (y.detach() * w).sum()

    assert [cut.source.text for cut in why_none(loss, x).cuts] == ["x.detach()"]
    assert [cut.source.text for cut in why_none(loss, y).cuts] == ["y.detach()"]


def test_a_gradient_cut_off_on_one_way_only_is_there():
    x = leaf()
    loss = (x * x.detach()).sum()
    loss.backward()

    assert why_none(loss, x).reason == "there"


def test_a_graph_that_is_gone_is_said_to_be():
    x, w = leaf(), leaf()
    y = x
    for _ in range(40):
        y = y * 1.5
    y = y.detach()
    report = why_none((y * w).sum(), x)

    assert report.reason == "maybe_cut"
    assert "cannot be checked" in str(report)


def test_a_deep_graph_that_something_holds_is_gone_through():
    x, w = leaf(), leaf()
    y = x
    for _ in range(100_000):
        y = y * 1.0
    report = why_none((y.detach() * w).sum(), x)

    assert report.reason == "cut"
    assert why_none(y.sum(), x).reason == "not_run"


def test_a_tensor_that_was_not_used():
    report = why_none(leaf().sum(), leaf(1.0))

    assert report.reason == "unused"
    assert "has shape [1]" in str(report)
    assert "1 other leaf, of shape [2]" in str(report)


def test_values_that_went_through_numpy():
    x, w = leaf(), leaf()
    y = torch.from_numpy(np.sin(x.detach().numpy()))
    report = why_none((y * w).sum(), x)

    assert report.reason == "unused"
    assert "taken out by numpy()" in str(report)
    assert f"{__file__}:" in str(report)


def test_a_result_is_no_leaf():
    x = leaf()
    y = x * 2
    loss = y.sum()
    loss.backward()
    report = why_none(loss, y)

    assert report.reason == "non_leaf"
    assert "y is no leaf: it is the result of MulBackward0" in str(report)
    assert "`x * 2`" in str(report)
    assert "y.retain_grad()" in str(report)


def test_a_backward_that_was_not_called():
    x = leaf()
    total = (x * x).sum()
    report = why_none(total, x)

    assert report.reason == "not_run"
    assert "remedy: total.backward()" in str(report)


def test_a_gradient_that_was_cleared():
    x = leaf()
    loss = (x * x).sum()
    loss.backward()
    x.grad = None
    report = why_none(loss, x)

    assert report.reason == "cleared"
    assert "`loss.backward()`" in str(report)


def test_a_gradient_that_was_returned_instead():
    x = leaf()
    loss = (x * x).sum()
    torch.autograd.grad(loss, x)
    report = why_none(loss, x)

    assert report.reason == "elsewhere"
    assert "`torch.autograd.grad(loss, x)`" in str(report)


def test_a_leaf_that_no_longer_wants_a_gradient():
    x = leaf()
    loss = (x * x).sum()
    x.requires_grad_(False)
    loss.backward()

    assert why_none(loss, x).reason == "switched_off"


def test_a_tensor_that_never_wanted_a_gradient():
    x, w = torch.ones(2), leaf()

    assert why_none((x * w).sum(), x).reason == "not_required"


def test_a_tensor_that_is_itself_what_a_cut_left():
    w = leaf()
    x = w.detach()
    report = why_none((x * w).sum(), x)

    assert report.reason == "not_required"
    assert report.cuts[0].source.text == "w.detach()"


def test_integers():
    x = torch.tensor([1, 2])

    assert why_none(leaf().sum(), x).reason == "integer"


def test_a_tensor_written_to_after_it_was_used():
    x = leaf()
    y = x * 2
    loss = (y + 1).sum()
    y.mul_(3)
    report = why_none(loss, y)

    assert report.reason == "overwritten"
    assert "`y.mul_(3)`" in str(report)


def test_a_number_in_place_of_the_loss():
    x = leaf()
    report = why_none((x * 3).sum().item(), x)

    assert report.reason == "number"
    assert report.cuts[-1].name == "item"


def test_a_loss_made_of_constants():
    report = why_none(torch.ones(2).sum(), leaf())

    assert report.reason == "constant"


@pytest.mark.parametrize("wrong", [None, "x", [1.0]])
def test_what_is_no_tensor_is_refused(wrong):
    with pytest.raises(TypeError, match="argument 'x' must be Tensor"):
        why_none(leaf().sum(), wrong)
    with pytest.raises(TypeError, match="argument 'loss' must be Tensor"):
        why_none(wrong, leaf())


# ------------------------------------------------------------------------------- strange graphs


class Faulty(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.op = ctx.source = ctx.parameters = "mine"
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return None


def test_a_function_that_returns_no_gradient_is_named():
    x = leaf()
    loss = Faulty.apply(x * 1).sum()
    loss.backward()
    report = why_none(loss, x)

    assert report.reason == "cleared"
    assert "whether the backward of Faulty, applied at" in str(report)


def test_hooks_are_named():
    x = leaf()
    y = x * 2
    y.register_hook(lambda g: g * y.detach())
    report = why_none(y.sum(), x)

    assert report.reason == "not_run"
    assert "what the hooks on MulBackward0 return" in str(report)


def test_braces_in_the_program_are_no_placeholders():
    x, w = leaf(), leaf()
    report = why_none(({"y": x.detach()}["y"] * w).sum(), {"x": x}["x"])

    assert report.reason == "cut"
    assert "{'x': x}['x'] gets no gradient from" in str(report)


# ------------------------------------------------------------------- what the marks keep alive


def test_a_mark_keeps_neither_graph_nor_leaf_alive():
    x = leaf()
    middle = x * 2
    watched = [weakref.ref(x), weakref.ref(middle), weakref.ref(middle._array)]
    constant = middle.detach().clone()
    del x, middle
    gc.collect()

    assert [reference() for reference in watched] == [None, None, None]
    assert constant.tolist() == [2.0, 4.0]


def test_marks_do_not_grow_in_a_loop():
    from chainrule._core.cuts import marks_of

    x = leaf()
    state = torch.zeros(2)
    for _ in range(1000):
        state = (state * x + 1).tanh().detach()
    with torch.no_grad():
        for _ in range(1000):
            state = state * x + leaf() * leaf()

    assert len(marks_of(state)) <= 8
    assert why_none((state * leaf()).sum(), x).reason == "cut"


def test_an_optimizer_marks_no_parameter():
    from chainrule._core.cuts import marks_of

    w = leaf()
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9, weight_decay=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        (w * w).sum().backward()
        optimizer.step()
        with torch.no_grad():
            w -= 0.1 * w
            w.copy_(w * 2)

    assert marks_of(w) == ()
    assert marks_of((w * w).sum()) == ()


@pytest.mark.parametrize(
    "chosen",
    [
        lambda w, x: w[x.argmax()],
        lambda w, x: w[x > 0],
        lambda w, x: w[None, x.argmax()],
        lambda w, x: w[x.argmax().int()],
        lambda w, x: w * torch.nn.functional.one_hot(x.argmax(), 2),
    ],
)
def test_a_cut_in_an_index_is_known(chosen):
    x, w = leaf(), leaf()
    loss = chosen(w, x).sum()
    loss.backward()

    assert why_none(loss, x).reason == "cut"
    assert why_none(loss, x).cuts[0].name in ("argmax", "gt")


@pytest.mark.parametrize(
    "write", [lambda y: y.zero_(), lambda y: y.copy_(torch.ones(2)), lambda y: y.fill_(3.0)]
)
def test_a_gradient_of_zeros_names_the_write_that_made_it(write):
    x, w = leaf(), leaf()
    y = x * 2
    write(y)
    loss = (y * w).sum()
    loss.backward()
    text = str(why_none(loss, x))

    assert "zero throughout" in text
    assert "has a slope of 0" in text


def test_a_chain_over_several_lines_is_told_whole():
    x = leaf()
    loss = (
        x
        .detach()
        .sum()
    )  # fmt: skip

    assert "`x .detach()`" in str(why_none(loss, x))
