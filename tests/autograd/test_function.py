"""Functions of one's own: what forward and backward are given, and what is checked of them.

Apart from the tests of operations, whose rules are not called with a `ctx`.
"""

import pytest

import chainrule as torch
from chainrule.autograd import Function
from chainrule.autograd.function import once_differentiable


def leaf(*values):
    return torch.tensor(list(values), requires_grad=True)


class Product(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y, g * x


def function(forward, backward):
    return type(
        "Made", (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    )


def test_it_is_differentiated_to_any_order():
    x = leaf(2.0)
    y = Product.apply(Product.apply(x, x), x)
    (dx,) = torch.autograd.grad(y, x, torch.ones(1), create_graph=True)
    (ddx,) = torch.autograd.grad(dx, x, torch.ones(1), create_graph=True)

    assert (y.item(), dx.item(), ddx.item()) == (8.0, 12.0, 12.0)


def test_its_node_is_named_after_it():
    y = Product.apply(leaf(1.0), leaf(2.0))

    assert y.grad_fn.name() == "ProductBackward"
    assert len(y.grad_fn.next_functions) == 2


def test_forward_and_setup_context_may_be_apart():
    class Apart(Function):
        @staticmethod
        def forward(x, factor):
            return x * factor

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.factor = inputs[1]
            ctx.save_for_backward(output)

        @staticmethod
        def backward(ctx, g):
            assert ctx.saved_tensors[0].tolist() == [6.0]
            return g * ctx.factor, None

    x = leaf(2.0)
    Apart.apply(x, 3).sum().backward()

    assert x.grad.tolist() == [3.0]


def test_grad_mode_is_off_in_forward_and_in_backward_unless_wanted():
    seen = []

    def forward(ctx, x):
        seen.append(torch.is_grad_enabled())
        return x * 2

    def backward(ctx, g):
        seen.append(torch.is_grad_enabled())
        return g * 2

    x = leaf(1.0)
    y = function(forward, backward).apply(x).sum()
    torch.autograd.grad(y, x, retain_graph=True)
    torch.autograd.grad(y, x, create_graph=True)

    assert seen == [False, False, True]


def test_needs_input_grad_says_which_gradients_are_wanted():
    seen = []

    def forward(ctx, *arguments):
        seen.append(ctx.needs_input_grad)
        return arguments[0] * 1

    made = function(forward, lambda ctx, g: (g, None, None))
    made.apply(leaf(1.0), torch.ones(1), 3)

    assert seen == [(True, False, False)]


def test_unused_results_get_zeros_or_none():
    seen = []

    def forward(ctx, x, materialize):
        ctx.set_materialize_grads(materialize)
        return x * 1, x * 2

    def backward(ctx, first, second):
        seen.append(None if second is None else second.tolist())
        return first, None

    for materialize in (True, False):
        function(forward, backward).apply(leaf(1.0), materialize)[0].sum().backward()

    assert seen == [[0.0], None]


def test_an_input_that_is_written_to_and_marked_has_the_functions_history():
    def forward(ctx, x):
        x.mul_(3)
        ctx.mark_dirty(x)
        return x

    x = leaf(1.0, 2.0)
    y = x * 1
    version = y._version
    z = function(forward, lambda ctx, g: g * 3).apply(y)
    z.sum().backward()

    assert z is y
    assert y._version > version
    assert x.grad.tolist() == [3.0, 3.0]


def test_an_input_returned_as_it_is_is_not_the_input():
    x = leaf(1.0)
    y = function(lambda ctx, x: x, lambda ctx, g: g * 5).apply(x)
    y.sum().backward()

    assert y is not x
    assert x.grad.tolist() == [5.0]


def test_results_marked_as_constants_have_no_gradient():
    def forward(ctx, x):
        places = (x > 1).long()
        ctx.mark_non_differentiable(places)
        return x * 2, places

    y, places = function(forward, lambda ctx, g, _: g * 2).apply(leaf(1.0, 2.0))

    assert y.requires_grad
    assert not places.requires_grad
    y.sum().backward()


def test_gradients_are_summed_to_the_shape_of_the_input():
    x = leaf(1.0)
    made = function(lambda ctx, x: x.expand(3) * 1, lambda ctx, g: g)
    made.apply(x).sum().backward()

    assert x.grad.tolist() == [3.0]


def test_a_saved_value_that_was_overwritten_is_refused():
    x = leaf(1.0) * 1
    y = Product.apply(x, x)
    x.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_saved_values_are_freed_with_the_graph():
    y = Product.apply(leaf(1.0), leaf(2.0))
    y.sum().backward()
    with pytest.raises(RuntimeError, match="a second time"):
        y.sum().backward()
    with pytest.raises(RuntimeError, match="after they have already been freed"):
        y.grad_fn.saved_tensors


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ((), "MadeBackward returned an incorrect number of gradients .expected 2, got 0"),
        ((torch.ones(2),), "returned an incorrect number of gradients .expected 2, got 1"),
        ((torch.ones(2), None, torch.ones(2)), "returned an incorrect number of gradients"),
        (
            (torch.ones(7), None),
            r"returned an invalid gradient at index 0 - got \[7\] but expected",
        ),
        ((5, None), "expected Variable or None .got int"),
    ],
)
def test_what_backward_returns_is_checked(returned, message):
    y = function(lambda ctx, x, n: x * n, lambda ctx, g: returned).apply(leaf(1.0, 2.0), 3)
    with pytest.raises(RuntimeError, match=message):
        y.sum().backward()


def test_more_gradients_than_inputs_are_fine_where_they_are_none():
    x = leaf(1.0)
    function(lambda ctx, x: x * 2, lambda ctx, g: (g * 2, None, None)).apply(x).sum().backward()

    assert x.grad.tolist() == [2.0]


def test_mistakes_in_forward_are_named():
    x = leaf(1.0)

    def unreturned(ctx, x):
        ctx.mark_dirty(x)
        return x * 2

    def number(ctx, x):
        ctx.save_for_backward(3)
        return x

    with pytest.raises(
        RuntimeError, match="marked as dirty during the forward method were not returned"
    ):
        function(unreturned, None).apply(x * 1)
    with pytest.raises(TypeError, match="save_for_backward can only save variables"):
        function(number, None).apply(x)
    with pytest.raises(NotImplementedError, match="You must implement the forward function"):
        Function.apply(x)
    with pytest.warns(DeprecationWarning, match="should not be instantiated"):
        made = Product()
    with pytest.raises(RuntimeError, match="Legacy autograd function"):
        made(x, x)


def test_a_function_without_backward_says_so_when_it_is_needed():
    class Forward(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    y = Forward.apply(leaf(1.0)).sum()
    with pytest.raises(NotImplementedError, match="You must implement either the backward or vjp"):
        y.backward()


def test_a_backward_that_is_differentiable_once_refuses_a_second_time():
    x = leaf(2.0)
    made = function(lambda ctx, x: x**2, once_differentiable(lambda ctx, g: g * 4))
    (dx,) = torch.autograd.grad((made.apply(x) ** 2).sum(), x, create_graph=True)

    assert dx.tolist() == [32.0]
    with pytest.raises(RuntimeError, match="marked with @once_differentiable"):
        dx.sum().backward()


def test_it_records_nothing_where_nothing_asks():
    assert not Product.apply(torch.ones(1), torch.ones(1)).requires_grad
    with torch.no_grad():
        assert not Product.apply(leaf(1.0), leaf(1.0)).requires_grad


def test_a_subclass_of_a_function_has_a_node_of_its_own_name():
    class Second(Product):
        pass

    assert Second.apply(leaf(1.0), leaf(1.0)).grad_fn.name() == "SecondBackward"


def test_a_program_may_use_any_name_on_ctx():
    """Guards ctx.op = ..., which raised, and ctx._inputs, which was overwritten."""
    names = ("op", "source", "parameters", "_inputs", "_kept", "_backward", "_release", "_keep")

    class Named(Function):
        @staticmethod
        def forward(ctx, x):
            for name in names:
                setattr(ctx, name, name)
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            assert [getattr(ctx, name) for name in names] == list(names)
            return g * 2

    x = torch.ones(2, requires_grad=True)
    Named.apply(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_a_dirty_result_may_be_saved():
    """Guards a result that was marked dirty and saved: it counted as written since."""

    class Doubled(Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            ctx.save_for_backward(x)
            return x

        @staticmethod
        def backward(ctx, g):
            (doubled,) = ctx.saved_tensors
            return g * doubled

    x = torch.ones(2, requires_grad=True)
    Doubled.apply(x * 3).sum().backward()
    assert x.grad.tolist() == [18.0, 18.0]
