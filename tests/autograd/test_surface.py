"""The names of torch.autograd and its modules, and what the smaller of them do."""

import importlib
import threading

import pytest

import chainrule as torch
from chainrule.autograd import Function
from chainrule.autograd.function import (
    BackwardCFunction,
    FunctionCtx,
    FunctionMeta,
    InplaceFunction,
    NestedIOFunction,
)

NAMES = {
    "autograd": [
        "Variable", "Function", "backward", "grad_mode", "NestedIOFunction", "enable_grad", "grad",
        "gradcheck", "gradgradcheck", "inference_mode", "no_grad", "set_grad_enabled",
        "set_multithreading_enabled", "enforce_grad_layout_policy", "variable",
        "is_multithreading_enabled",
    ],
    "autograd.function": [
        "FunctionCtx", "BackwardCFunction", "FunctionMeta", "Function", "once_differentiable",
        "InplaceFunction", "NestedIOFunction",
    ],
    "autograd.grad_mode": [
        "no_grad", "enable_grad", "set_grad_enabled", "inference_mode",
        "set_multithreading_enabled", "enforce_grad_layout_policy",
    ],
    "autograd.variable": ["Variable"],
    "autograd.profiler": [
        "profile", "record_function", "emit_itt", "emit_nvtx", "load_nvprof", "EnforceUnique",
        "parse_nvprof_trace", "KinetoStepTracker", "EventList", "FunctionEvent", "MemRecordsAcc",
    ],
}  # fmt: skip


@pytest.mark.parametrize("module", NAMES)
def test_names_are_where_programs_import_them_from(module):
    found = importlib.import_module(f"chainrule.{module}")

    assert [name for name in NAMES[module] if not hasattr(found, name)] == []


def test_the_modes_of_grad_mode_are_those_of_torch():
    assert torch.autograd.grad_mode.no_grad is torch.no_grad
    assert torch.autograd.grad_mode.inference_mode is torch.inference_mode


def test_variable_is_a_function_that_refuses_and_a_module_that_holds_variable():
    module = importlib.import_module("chainrule.autograd.variable")

    assert module.Variable is torch.autograd.Variable
    with pytest.raises(RuntimeError, match=r"torch.autograd.variable\(...\) is deprecated"):
        torch.autograd.variable([1.0])


# ------------------------------------------------------------------------ flags of the engine


def test_multithreading_is_a_flag_by_call_and_in_a_with():
    enabled = torch.autograd.is_multithreading_enabled

    @torch.autograd.set_multithreading_enabled(False)
    def decorated():
        return enabled()

    with torch.autograd.set_multithreading_enabled(False):
        inside = enabled()
    torch.autograd.set_multithreading_enabled(False)
    called = enabled()
    torch.autograd.set_multithreading_enabled(True)

    assert [enabled(), inside, called, decorated(), enabled()] == [True, False, False, False, True]


def test_multithreading_belongs_to_a_thread():
    found = []
    with torch.autograd.set_multithreading_enabled(False):
        thread = threading.Thread(
            target=lambda: found.append(torch.autograd.is_multithreading_enabled())
        )
        thread.start()
        thread.join()

    assert found == [True]


def test_a_backward_without_multithreading_is_the_same():
    x = torch.ones(3, requires_grad=True)
    with torch.autograd.set_multithreading_enabled(False):
        (x * x).sum().backward()

    assert x.grad.tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize(("enforced", "strides"), [(True, (1, 3)), (False, (2, 1))])
def test_a_gradient_has_the_layout_of_its_leaf_unless_that_is_not_asked(enforced, strides):
    x = torch.ones(2, 3).t().requires_grad_()
    with torch.autograd.enforce_grad_layout_policy(enforced):
        (x * 2).sum().backward()

    assert x.grad.stride() == strides
    assert x.grad.tolist() == [[2.0, 2.0]] * 3


def test_a_gradient_that_others_hold_is_copied_whatever_the_layout():
    x = torch.ones(2, 3).t().requires_grad_()
    seed = torch.ones(3, 2)
    with torch.autograd.enforce_grad_layout_policy(False):
        x.backward(seed)
    seed.zero_()

    assert x.grad.tolist() == [[1.0, 1.0]] * 3


@pytest.mark.parametrize(
    ("mode", "setter"),
    [
        (torch.autograd.set_multithreading_enabled, "set_multithreading_enabled"),
        (torch.autograd.enforce_grad_layout_policy, "set_grad_layout_enforcement_enabled"),
    ],
)
def test_a_flag_must_be_a_bool(mode, setter):
    with pytest.raises(TypeError, match=rf"{setter}\(\): argument 'enabled' \(position 1\) must"):
        mode(1)


# ---------------------------------------------------------------------------------- Functions


class Double(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 2


def given():
    return torch.ones(2, requires_grad=True)


def test_the_classes_of_a_function_are_pytorchs():
    node = Double.apply(given()).grad_fn

    assert type(Double) is FunctionMeta
    assert isinstance(node, BackwardCFunction)
    assert isinstance(node, FunctionCtx)
    assert issubclass(Double, FunctionCtx)
    assert node._forward_cls is Double
    assert type(node) is Double._backward_cls
    assert node.name() == "DoubleBackward"
    assert node.requires_grad


def test_a_function_of_the_first_years_is_a_function():
    class InPlace(InplaceFunction):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2)

        @staticmethod
        def backward(ctx, g):
            return g * 2

    class Nested(NestedIOFunction):
        forward, backward = Double.forward, Double.backward

    x = given()
    InPlace.apply(Nested.apply(x)).sum().backward()

    assert x.grad.tolist() == [4.0, 4.0]
    with pytest.warns(DeprecationWarning, match="should not be instantiated"):
        assert InPlace(inplace=True).inplace


def test_vjp_is_another_name_for_backward():
    class Triple(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 3

        @staticmethod
        def vjp(ctx, g):
            return g * 3

    class Both(Triple):
        @staticmethod
        def backward(ctx, g):
            return g

    x = given()
    Triple.apply(x).sum().backward()

    assert x.grad.tolist() == [3.0, 3.0]
    with pytest.raises(RuntimeError, match="Implementing both 'backward' and 'vjp'"):
        Both.apply(x).sum().backward()


def test_saved_variables_is_the_former_name_of_saved_tensors():
    x = given()
    node = Double.apply(x).grad_fn
    with pytest.warns(DeprecationWarning, match="'saved_variables' is deprecated"):
        (saved,) = node.saved_variables

    assert saved is x


def test_shared_storage_need_not_be_marked():
    node = Double.apply(given()).grad_fn
    with pytest.warns(FutureWarning, match="`mark_shared_storage` is deprecated"):
        node.mark_shared_storage()


def test_saved_tensors_may_be_let_go_of_early():
    class Early(Double):
        @staticmethod
        def backward(ctx, g):
            ctx.maybe_clear_saved_tensors()
            return g * 2

    y = Early.apply(given()).sum()
    y.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="after they have already been freed"):
        y.grad_fn.next_functions[0][0].saved_tensors


def test_saved_tensors_can_be_had_once_where_a_function_says_so():
    class Once(Double):
        clear_saved_tensors_on_access = True

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * x * g

    x = given()
    y = Once.apply(x).sum()
    y.backward(retain_graph=True)

    assert x.grad.tolist() == [2.0, 2.0]
    with pytest.raises(RuntimeError, match="saved_tensors can only be accessed once when"):
        y.backward()


def test_gradients_come_in_one_list_where_a_function_says_so():
    class Boxed(Function):
        boxed_grads_call = True

        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, grads):
            first, second = grads
            grads.clear()
            return first * 2 + second * 3

    x = given()
    a, b = Boxed.apply(x)
    (a + b).sum().backward()

    assert x.grad.tolist() == [5.0, 5.0]


@pytest.mark.parametrize("materialized", [True, False])
def test_results_without_a_gradient_are_given_zeros_or_none(materialized):
    given_gradients = []

    class Two(Function):
        @staticmethod
        def forward(ctx, x):
            ctx._materialize_non_diff_grads = materialized
            second = x * 3
            ctx.mark_non_differentiable(second)
            return x * 2, second

        @staticmethod
        def backward(ctx, *grads):
            given_gradients.extend(grads)
            return grads[0]

    Two.apply(given())[0].sum().backward()

    assert (given_gradients[1] is None) == (not materialized)


def test_structured_and_keyword_arguments_come_as_they_are():
    seen = []

    class Structured(Function):
        @staticmethod
        def forward(ctx, x, options, scale=1, shift=0):
            seen.append((options, scale, shift))
            return x * scale + shift, (x * 3,), 5, None

        @staticmethod
        def backward(ctx, *grads):
            seen.append([g if g is None else g.tolist() for g in grads])
            return grads[0] * 2, None, None, None

    x = given()
    options = {"list": [x, 1], "none": None}
    y, nested, number, nothing = Structured.apply(x, options, 2, shift=1)
    y.sum().backward()

    assert seen[0][0] is options
    assert seen[0][1:] == (2, 1)
    assert seen[1] == [[1.0, 1.0], None, None, None]
    assert x.grad.tolist() == [2.0, 2.0]
    assert not nested[0].requires_grad
    assert (number, nothing) == (5, None)


def test_a_tensor_passed_by_name_is_tracked():
    """Guards: it was not, and its gradient silently None."""
    x = given()
    Double.apply(x=x).sum().backward()

    assert x.grad.tolist() == [2.0, 2.0]
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'y'"):
        Double.apply(x, y=x)


def test_a_forward_without_ctx_has_its_defaults_filled_in():
    seen = []

    class Scaled(Function):
        @staticmethod
        def forward(x, scale=3):
            return x * scale

        @staticmethod
        def setup_context(ctx, inputs, output):
            seen.append(inputs[1])

        @staticmethod
        def backward(ctx, g):
            seen.append(ctx.needs_input_grad)
            return g * 3, None

    Scaled.apply(given()).sum().backward()

    assert seen == [3, (True, False)]
