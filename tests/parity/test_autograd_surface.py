"""The names of torch.autograd and its modules, and small programs about them, on both libraries."""

import importlib
import warnings

import pytest
import torch

import chainrule

MODULES = ["autograd", "autograd.function", "autograd.grad_mode", "autograd.profiler"]


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_there(module):
    expected = importlib.import_module(f"torch.{module}").__all__
    found = importlib.import_module(f"chainrule.{module}")

    assert [name for name in expected if not hasattr(found, name)] == []


def outcome(program, library):
    """What a program returns, or the exception and the beginning of its text; and its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = program(library)
        except Exception as error:
            result = type(error).__name__, str(error)[:25]
    return result, [warning.category.__name__ for warning in caught]


def boxed(torch):
    class Boxed(torch.autograd.Function):
        boxed_grads_call = True

        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, grads):
            return grads[0] * 2 + grads[1] * 3

    x = torch.ones(2, requires_grad=True)
    sum(part.sum() for part in Boxed.apply(x)).backward()
    return x.grad.tolist()


def saved_once(torch):
    class Once(torch.autograd.Function):
        clear_saved_tensors_on_access = True

        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0] + g * ctx.saved_tensors[0]

    x = torch.ones(2, requires_grad=True)
    Once.apply(x).sum().backward()


def both_names(torch):
    class Both(torch.autograd.Function):
        forward = staticmethod(lambda ctx, x: x * 2)
        backward = staticmethod(lambda ctx, g: g)
        vjp = staticmethod(lambda ctx, g: g)

    Both.apply(torch.ones(2, requires_grad=True)).sum().backward()


def an_instance(torch):
    class Plain(torch.autograd.Function):
        pass

    return type(Plain()).__name__


def saved_variables(torch):
    class Old(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_shared_storage((x, x))
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_variables[0]

    x = torch.ones(2, requires_grad=True)
    Old.apply(x).sum().backward()
    return x.grad.tolist()


def nested_results(torch):
    class Nested(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, options, scale=2):
            return x * scale, (x * 3,), 5, None

        @staticmethod
        def backward(ctx, *grads):
            assert grads[1:] == (None, None, None)
            return grads[0] * 2, None, None

    x = torch.ones(2, requires_grad=True)
    y, (z,), number, nothing = Nested.apply(x, {"a": [x]}, scale=3)
    y.sum().backward()
    return x.grad.tolist(), z.requires_grad, number, nothing


def keyword_arguments(torch):
    class Scaled(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, scale=2, shift=0):
            return x * scale + shift

        @staticmethod
        def backward(ctx, g):
            return g * 2, None, None

    x, found = torch.ones(2, requires_grad=True), []
    for arguments, keywords in [
        ((x,), {}), ((x,), {"scale": 3}), ((x,), {"scale": 3, "shift": 1}), ((), {"x": x}),
        ((x,), {"shift": 1}), ((x,), {"x": x}), ((x,), {"other": 1}), ((x, 1), {"scale": 1}),
    ]:  # fmt: skip
        try:
            y = Scaled.apply(*arguments, **keywords)
            found.append((y.tolist(), y.requires_grad, y.grad_fn is not None))
        except TypeError as error:
            found.append(str(error))
    return found


def keyword_arguments_without_ctx(torch):
    class Scaled(torch.autograd.Function):
        @staticmethod
        def forward(x, scale=2, shift=0):
            return x * scale + shift

        @staticmethod
        def setup_context(ctx, inputs, output):
            found.append(inputs[1:])

        @staticmethod
        def backward(ctx, g):
            found.append(ctx.needs_input_grad)
            return g * 2, None, None

    x, found = torch.ones(2, requires_grad=True), []
    Scaled.apply(x).sum().backward()
    Scaled.apply(x, shift=5).sum().backward()
    Scaled.apply(scale=1, x=x).sum().backward()
    return found, x.grad.tolist()


def results_in_a_list(torch):
    class Listed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return [x * 2, x * 3]

    return [part.requires_grad for part in Listed.apply(torch.ones(2, requires_grad=True))]


def non_differentiable(torch):
    seen = []

    class Two(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx._materialize_non_diff_grads = False
            second = x * 3
            ctx.mark_non_differentiable(second)
            return x * 2, second

        @staticmethod
        def backward(ctx, *grads):
            seen.append([grad if grad is None else grad.tolist() for grad in grads])
            ctx.maybe_clear_saved_tensors()
            return grads[0]

    Two.apply(torch.ones(2, requires_grad=True))[0].sum().backward()
    return seen


def deep(torch):
    class Deep(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            with torch.enable_grad():
                ctx.x = x.detach().requires_grad_() - 1
            return ctx.x.detach()

        @staticmethod
        def backward(ctx, g):
            if ctx.x >= 0:
                with torch.enable_grad():
                    Deep.apply(ctx.x).sum().backward()
            return g

    x = torch.tensor(200.0, requires_grad=True)
    Deep.apply(x).sum().backward()
    return x.grad.item()


def flags(torch):
    autograd = torch.autograd
    found = [autograd.is_multithreading_enabled()]
    with autograd.set_multithreading_enabled(False):
        found.append(autograd.is_multithreading_enabled())
    autograd.set_multithreading_enabled(False)
    found.append(autograd.is_multithreading_enabled())
    autograd.set_multithreading_enabled(True)
    return found


def layouts(torch):
    found = []
    for enforced in (True, False):
        x = torch.ones(2, 3).t().requires_grad_()
        with torch.autograd.enforce_grad_layout_policy(enforced):
            (x * 2).sum().backward()
        found.append(x.grad.stride())
    return found


PROGRAMS = [
    boxed, saved_once, both_names, an_instance, saved_variables, nested_results, keyword_arguments,
    keyword_arguments_without_ctx, results_in_a_list,
    non_differentiable, deep, flags, layouts,
    lambda torch: torch.autograd.set_multithreading_enabled(1),
    lambda torch: torch.autograd.enforce_grad_layout_policy(1),
    lambda torch: torch.autograd.variable([1.0]),
    lambda torch: torch.autograd.profiler.profile(use_cpu=False),
    lambda torch: repr(torch.autograd.profiler.profile(use_device="xx")),
    lambda torch: repr(torch.autograd.profiler.profile(use_device="cuda")),
    lambda torch: torch.autograd.profiler.emit_nvtx().__enter__(),
    lambda torch: torch.autograd.profiler.record_function("a").__exit__(None, None, None),
    lambda torch: torch.autograd.profiler.profile(enabled=False).__enter__(),
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_program_does_the_same(program):
    assert outcome(program, chainrule) == outcome(program, torch)
