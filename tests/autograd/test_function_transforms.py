"""Inside transforms a Function is what its own jvp, vmap and backward say."""

import pytest

import chainrule as torch
from chainrule.autograd import forward_ad
from chainrule.func import grad, jvp, vmap


class Marked(torch.autograd.Function):
    """x squared, whose jvp is ten times too large and whose backward a hundred times."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x * x

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def jvp(ctx, tangent):
        (x,) = ctx.saved_tensors
        return 10 * 2 * x * tangent

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 100 * 2 * x * g


POINTS = torch.tensor([1.0, 2.0, 3.0])
ONES = torch.ones(3)


def test_a_generated_rule_in_forward_mode_calls_the_functions_jvp():
    """It ran forward on the duals, which never asked jvp; then it was refused."""
    values, tangents = jvp(vmap(Marked.apply), (POINTS,), (ONES,))

    assert values.tolist() == [1, 4, 9]
    assert tangents.tolist() == [20, 40, 60]


def test_of_two_batches_in_forward_mode():
    x = POINTS.reshape(3, 1)

    tangents = jvp(vmap(vmap(Marked.apply)), (x,), (torch.ones(3, 1),))[1]

    assert tangents.tolist() == [[20], [40], [60]]


def test_forward_mode_in_a_batch():
    tangents = vmap(lambda x: jvp(Marked.apply, (x,), (torch.tensor(1.0),))[1])(POINTS)

    assert tangents.tolist() == [20, 40, 60]


def test_of_a_batch_of_tangents_only():
    tangents = vmap(lambda t: jvp(Marked.apply, (torch.tensor(2.0),), (t,))[1])(POINTS)

    assert tangents.tolist() == [40, 80, 120]


def test_forward_over_reverse_differentiates_the_functions_backward():
    tangents = jvp(grad(lambda x: Marked.apply(x).sum()), (POINTS,), (ONES,))[1]

    assert tangents.tolist() == [200, 200, 200]


def test_a_jvp_is_differentiated_by_its_own_operations():
    """PyTorch gives zero: there the tensors saved for jvp have no tangent of the outer level."""
    found = jvp(lambda x: jvp(Marked.apply, (x,), (ONES,))[1], (POINTS,), (ONES,))

    assert found[1].tolist() == [20, 20, 20]


def test_the_second_derivative_in_a_batch():
    found = vmap(grad(grad(Marked.apply)))(POINTS)

    assert found.tolist() == [200, 200, 200]


class Doubled(torch.autograd.Function):
    """Twice x, in place."""

    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def jvp(ctx, tangent):
        return 2 * tangent


def test_what_was_written_to_is_returned_with_its_new_tangent():
    with forward_ad.dual_level():
        d = forward_ad.make_dual(torch.ones(2), torch.tensor([3.0, 5.0])).clone()
        found = Doubled.apply(d)

        assert found is d
        assert forward_ad.unpack_dual(d).primal.tolist() == [2, 2]
        assert forward_ad.unpack_dual(d).tangent.tolist() == [6, 10]


class Structured(torch.autograd.Function):
    """Several results, one of them not differentiable, and an argument that is no tensor."""

    @staticmethod
    def forward(x, options):
        return x * options["by"], x > 0

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.by = inputs[1]["by"]
        ctx.mark_non_differentiable(output[1])

    @staticmethod
    def jvp(ctx, tangent, options):
        assert options is None
        return tangent * ctx.by, None

    @staticmethod
    def backward(ctx, g, _):
        return g * ctx.by, None

    @staticmethod
    def vmap(info, in_dims, x, options):
        assert in_dims == (0, {"by": None})
        return Structured.apply(x, options), (0, 0)


def test_structured_arguments_and_results_in_a_batch():
    try:
        first, second = vmap(lambda x: Structured.apply(x, {"by": 3.0}))(POINTS - 2)
    except AssertionError:
        pytest.fail("in_dims have the structure of the arguments")

    assert first.tolist() == [-3, 0, 3]
    assert second.tolist() == [False, False, True]


def test_structured_results_in_forward_mode():
    with forward_ad.dual_level():
        d = forward_ad.make_dual(POINTS, ONES)
        first, second = Structured.apply(d, {"by": 3.0})

        assert forward_ad.unpack_dual(first).tangent.tolist() == [3, 3, 3]
        assert forward_ad.unpack_dual(second).tangent is None


def test_a_jvp_of_whole_numbers_is_refused():
    class Whole(Marked):
        @staticmethod
        def jvp(ctx, tangent):
            return tangent.long()

    with pytest.raises(RuntimeError, match="floating point or complex"):
        jvp(Whole.apply, (POINTS,), (ONES,))
