"""What cannot be transformed is refused in PyTorch's words; more of them are in samples/semantics."""

import pytest

import chainrule as torch

x = torch.ones(2)
ERRORS = {
    "a gradient of several numbers": (
        lambda: torch.func.grad(lambda x: x)(x),
        (
            r"grad_and_value\(f\)\(\*args\): Expected f\(\*args\) to return a scalar Tensor, got tensor "
            "with 1 dims"
        ),
    ),
    "a gradient of none": (
        lambda: torch.func.grad(lambda x: 1.0)(x),
        r"Expected f\(\*args\) to return a Tensor, got <class 'float'>",
    ),
    "by integers": (
        lambda: torch.func.grad(lambda x: x.sum())(torch.tensor([1])),
        "only Tensors of floating point dtype can require gradients",
    ),
    "backward": (
        lambda: torch.func.grad(lambda x: x.sum().backward())(x),
        r"backward\(\) called inside a functorch transform",
    ),
    "requires_grad_": (
        lambda: torch.func.jvp(lambda x: x.requires_grad_(), (x,), (x,)),
        (
            r"You are attempting to call Tensor.requires_grad_\(\) .* inside of a function being "
            "transformed by a functorch transform"
        ),
    ),
    "retain_grad": (
        lambda: torch.func.vjp(lambda x: (x * 2).retain_grad(), x),
        r"You are attempting to call Tensor.retain_grad\(\) inside of a function being transformed",
    ),
    "functional inside": (
        lambda: torch.func.grad(lambda x: torch.autograd.functional.vjp(torch.sum, x)[1].sum())(x),
        "or perhaps using torch.autograd.functional",
    ),
    "a cotangent of another form": (
        lambda: torch.func.vjp(lambda x: (x, x), x)[1]([x, x]),
        r"cotangents: \[\*, \*\], primal output: \(\*, \*\)",
    ),
    "a tangent of another shape": (
        lambda: torch.func.jvp(torch.exp, (x,), (torch.ones(3),)),
        r"Tensor is of size \[2\] while the given forward gradient is of size \[3\]",
    ),
    "a Jacobian of complex numbers": (
        lambda: torch.func.jacrev(torch.exp)(torch.tensor([1j])),
        "jacrev: Expected all inputs to be real but received complex tensor at flattened input idx",
    ),
    "a tied weight twice": (
        lambda: torch.func.functional_call(torch.nn.Linear(1, 1), ({"bias": x}, {"bias": x}), x),
        r"\['bias'\] appeared in multiple dictionaries",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_refusal(name):
    run, phrase = ERRORS[name]

    with pytest.raises((RuntimeError, ValueError), match=phrase):
        run()


def test_what_is_no_tensor_is_a_value_error():
    with pytest.raises(ValueError, match="Thing passed to transform API must be Tensor, got"):
        torch.func.grad(lambda x: x)(2.0)


def test_tangents_of_integers_are_a_value_error():
    with pytest.raises(ValueError, match="Expected primal to be floating point or complex"):
        torch.func.jvp(torch.neg, (torch.tensor([1]),), (torch.tensor([1]),))


@pytest.mark.parametrize("build", [lambda f: torch.func.grad(torch.func.grad(f)), torch.func.grad])
def test_an_argument_is_not_written_to(build):
    value = torch.ones(())
    with pytest.raises(RuntimeError, match="in-place operation"):
        build(lambda x: x.add_(1))(value)

    assert value == 1.0


def test_nor_is_one_that_requires_grad():
    value = torch.ones((), requires_grad=True) * 2
    with pytest.raises(RuntimeError, match="being modified inplace"):
        torch.func.grad(lambda x: x.add_(1))(value)

    assert value == 2.0
