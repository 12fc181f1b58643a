"""A refusal says PyTorch's phrase first, then the lines and values that were found.

Apart from the table of mistakes, which knows PyTorch's phrases alone.
"""

import copy

import pytest

import chainrule as torch
from chainrule.autograd import Function


def leaf(*values):
    return torch.tensor(values or (1.0, 2.0), requires_grad=True)


def here(text):
    """The place of the one line of this file that holds a text, as errors name it."""
    with open(__file__) as file:
        numbers = [k for k, line in enumerate(file, 1) if text in line and "here(" not in line]

    assert len(numbers) == 1
    return f"{__file__}:{numbers[0]}"


def message_of(action):
    with pytest.raises((RuntimeError, TypeError, ValueError, IndexError)) as caught:
        action()
    return str(caught.value)


class Doubled(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x


# ---------------------------------------------------------------------------------- freed graphs


def test_a_second_backward_names_the_line_that_freed_and_the_shared_part():
    x = leaf()
    shared = x.exp()
    first, second = shared.sum(), (shared * 3).sum()
    first.backward()
    message = message_of(second.backward)

    assert message.startswith("Trying to backward through the graph a second time")
    assert f"freed by the backward at {here('    first.backward()')}: `first.backward()`" in message
    assert f"ExpBackward0, made at {here('shared = x.exp()')}: `x.exp()`" in message


def test_so_does_one_after_autograd_grad():
    x = leaf()
    y = x.tanh().sum()
    torch.autograd.grad(y, x)
    message = message_of(lambda: torch.autograd.grad(y, x, allow_unused=True))

    assert f"{here('    torch.autograd.grad(y, x)')}: `torch.autograd.grad(y, x)`" in message


def test_so_does_a_function():
    x = leaf()
    y = Doubled.apply(x)
    y.sum().backward()
    message = message_of(lambda: y.sum().backward(gradient=None))

    assert f"freed by the backward at {here('    y.sum().backward()')}" in message
    assert "DoubledBackward, made at" in message
    assert "`Doubled.apply(x)`" in message


def test_so_does_a_look_at_what_was_saved():
    x = leaf()
    y = x * x
    y.backward(torch.ones(2))
    message = message_of(lambda: y.grad_fn._saved_self)

    assert "(or directly access saved tensors" in message
    assert f"{here('y.backward(torch.ones(2))')}: `y.backward(torch.ones(2))`" in message


def test_a_graph_freed_part_by_part_names_the_line_of_each_part():
    x = leaf()
    low = x.exp()
    one, other = low.sin().sum(), low.cos()
    one.backward(retain_graph=True)
    other.sum().backward()
    message = message_of(one.backward)

    assert here("    other.sum().backward()") in message


# --------------------------------------------------------------------- values that were written to


def overwritten_operand():
    x = leaf()
    a = x * 2
    b = a * x  # saved
    a.add_(1)  # written
    b.sum().backward()


def overwritten_argument():
    x = leaf()
    a = x * 2
    b = torch.mul(x, a)  # saved
    a[0] = 5.0  # written
    b.sum().backward()


def overwritten_result():
    x = leaf()
    a = x.exp()  # saved
    a += 1  # written
    a.sum().backward()


def overwritten_function_result():
    x = leaf()
    a = torch.exp(x + 1)  # saved
    a.mul_(2)  # written
    a.sum().backward()


def overwritten_base():
    x = leaf() * 2
    y = x**2  # saved
    x[0] = 5.0  # written
    y.mean().backward()


def overwritten_sum():
    x = leaf()
    a = x * 2
    b = (a + 1) @ x  # saved
    with torch.no_grad():
        x.mul_(3)  # written
    b.backward()


OVERWRITTEN = {
    overwritten_operand: ("MulBackward0: its operand 0 `a`", "a.clone()"),
    overwritten_argument: ("MulBackward0: its operand 1 `a`", "a.clone()"),
    overwritten_result: ("ExpBackward0: its result", "x.exp().clone()"),
    overwritten_function_result: ("ExpBackward0: its result", "torch.exp(x + 1).clone()"),
    overwritten_base: ("PowBackward0: its operand 0 `x`", "x.clone()"),
    overwritten_sum: ("DotBackward0: its operand 1 `x`", "x.clone()"),
}


def lines_in(function):
    """The numbers of the lines marked as saving and as writing."""
    first = function.__code__.co_firstlineno
    with open(__file__) as file:
        lines = file.readlines()
    return [
        next(k for k in range(first, len(lines)) if f"# {what}" in lines[k - 1])
        for what in ("saved", "written")
    ]


@pytest.mark.parametrize(("program", "said"), OVERWRITTEN.items(), ids=lambda value: str(value))
def test_a_value_written_to_is_named_with_both_lines_and_the_place_for_clone(program, said):
    message = message_of(program)
    saved, written = lines_in(program)

    assert message.startswith(
        "one of the variables needed for gradient computation has been modified by an inplace "
        "operation: [torch.FloatTensor [2]]"
    )
    assert f"saved by {said[0]}, at {__file__}:{saved}:" in message
    assert f"overwritten at {__file__}:{written}:" in message
    assert f"`{said[1]}` in place of" in message


def test_the_place_for_clone_is_right():
    x = leaf()
    a = x * 2
    b = a.clone() * x
    a.add_(1)
    b.sum().backward()

    assert x.grad.tolist() == [4.0, 8.0]


def test_what_a_function_of_several_operations_saved_is_not_guessed_at():
    x = leaf()
    a = x * 2
    b = torch.nn.functional.normalize(a, dim=0)
    a.zero_()
    message = message_of(lambda: b.sum().backward())

    assert "saved by" in message
    assert "Hint: a clone() of the saved value" in message


def test_a_value_that_a_function_saved():
    x = leaf()
    a = x * 2
    b = Doubled.apply(a)
    a.add_(1)
    message = message_of(lambda: b.sum().backward())

    assert "saved by DoubledBackward: its operand 0, at" in message
    assert "`Doubled.apply(a)`" in message
    assert "`a.add_(1)`" in message


# ------------------------------------------------------------------------------------- constants


def test_a_backward_of_a_constant_names_the_line_that_cut_it_off():
    x = leaf()
    loss = (x.detach() * 2).sum()
    message = message_of(loss.backward)

    assert message.startswith("element 0 of tensors does not require grad and does not have a grad")
    assert f"by detach at {here('loss = (x.detach() * 2)')}: `x.detach()`" in message


def test_a_hook_on_a_constant_does_too():
    x = leaf()
    with torch.no_grad():
        y = x * 3
    message = message_of(lambda: y.register_hook(print))

    assert "cut off from its graph by mul at" in message
    assert "`x * 3`" in message


def test_reading_the_gradient_of_a_result_says_what_made_it():
    y = leaf() * 4

    with pytest.warns(UserWarning, match="that is not a leaf Tensor") as caught:
        assert y.grad is None

    assert f"MulBackward0 at {here('y = leaf() * 4')}: `leaf() * 4`" in str(caught[0].message)


# ------------------------------------------------------------------------------- values and shapes

SAID = {
    "item": (lambda: torch.ones(2, 3).item(), "cannot be converted to Scalar", "[2, 3]"),
    "float": (lambda: float(torch.ones(2)), "only one element tensors", "[2]"),
    "bool": (lambda: bool(torch.ones(2)), "Boolean value of Tensor with more than one", "[2]"),
    "no bool": (lambda: bool(torch.ones(0, 3)), "with no values is ambiguous", "[0, 3]"),
    "index": (lambda: [1][torch.tensor(0.5)], "only integer tensors of a single", "float32"),
    "numpy": (lambda: leaf().numpy(), "Can't call numpy() on Tensor that requires", "a leaf"),
    "leaf": (lambda: leaf().add_(1), "a leaf Variable that requires grad is being", "[2]"),
    "view": (lambda: leaf()[:1].add_(1), "a view of a leaf Variable that requires", "[1]"),
    "unused": (lambda: torch.autograd.grad(leaf().sum(), leaf(1.0)), "not have been used", "[1]"),
    "no grad": (lambda: torch.autograd.grad(leaf().sum(), torch.ones(3)), "not require", "[3]"),
    "retain": (lambda: torch.ones(4).retain_grad(), "can't retain_grad on Tensor", "[4]"),
    "resize": (lambda: leaf().resize_(3), "cannot resize variables", "[2]"),
    "deepcopy": (lambda: copy.deepcopy(leaf() * 2), "graph leaves", "MulBackward0"),
    "scalar": (lambda: (leaf() * 2).backward(), "only for scalar outputs", "[2]"),
    "sizes": (lambda: torch.ones(2) + torch.ones(3), "must match the size of tensor b (3)", "[2]"),
    "product": (lambda: torch.ones(2, 3) @ torch.ones(2, 3), "cannot be multiplied", "2x3"),
    "dtype": (lambda: torch.ones(2) @ torch.ones(2).long(), "same dtype", "Float and Long"),
    "place": (lambda: torch.ones(2)[5], "index 5 is out of bounds", "size 2"),
    "dim": (lambda: torch.ones(2).sum(3), "Dimension out of range", "[-1, 0]"),
    "shape": (lambda: torch.ones(2, 3).view(4), "is invalid for input of size 6", "[4]"),
}


@pytest.mark.parametrize("name", SAID)
def test_the_values_found_are_said_after_pytorchs_phrase(name):
    action, phrase, found = SAID[name]
    message = message_of(action)

    assert phrase in message
    assert found in message
