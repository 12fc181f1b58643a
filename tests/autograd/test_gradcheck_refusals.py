"""What gradcheck cannot check it refuses, in PyTorch's words.

Apart from the tests of what it finds.
"""

import pytest
from tests.autograd.derivatives import double

import chainrule as torch
from chainrule.autograd import gradcheck, gradgradcheck


def twice(x):
    return x * 2


def test_an_input_must_require_grad():
    with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
        gradcheck(twice, (torch.ones(1),), raise_exception=False)
    with pytest.raises(ValueError, match="none of them have requires_grad=True"):
        gradcheck(twice, ([double(1.0)],))


def test_low_precision_gives_a_warning():
    x = torch.ones(1, requires_grad=True)

    with pytest.warns(UserWarning, match="Input #0 requires gradient and is not a double prec"):
        gradcheck(twice, (x,), atol=1e-2, eps=1e-2)


def test_inputs_that_overlap_themselves_are_refused():
    x = double(1.0).detach().expand(3).requires_grad_()

    with pytest.raises(RuntimeError, match="The 0th input has a dimension with stride 0"):
        gradcheck(twice, (x,))


@pytest.mark.parametrize("output", [3.0, None, {"a": 1}, (double(1.0), 3)])
def test_outputs_must_be_tensors(output):
    with pytest.raises(AttributeError, match="object has no attribute 'requires_grad'"):
        gradcheck(lambda x: output, (double(1.0),))


def test_outputs_must_keep_their_shape():
    calls = []

    def growing(x):
        calls.append(x)
        return x * torch.ones(len(calls), dtype=torch.float64)

    with pytest.raises(AssertionError, match="to return outputs with the same shape when inputs"):
        gradcheck(growing, (double(1.0),))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"check_backward_ad": False}, "at least one of check_forward_ad or check_backward_ad"),
        (
            {"check_batched_grad": True, "check_backward_ad": False, "check_forward_ad": True},
            "check_batched_grad=True requires check_backward_ad to be True",
        ),
        (
            {"check_batched_forward_grad": True},
            "check_batched_forward_grad=True requires check_forward_ad to be True",
        ),
    ],
)
def test_options_of_gradcheck_that_need_others_are_refused(options, message):
    with pytest.raises(AssertionError, match=message):
        gradcheck(twice, (double(1.0),), **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"check_rev_over_rev": False}, "at least one of check_fwd_over_rev or check_rev_over_rev"),
        (
            {"check_rev_over_rev": False, "check_fwd_over_rev": True},
            "check_undefined_grad=True requires check_rev_over_rev to be True",
        ),
        (
            {
                "check_rev_over_rev": False,
                "check_fwd_over_rev": True,
                "check_undefined_grad": False,
                "check_batched_grad": True,
            },
            "check_batched_grad=True requires check_rev_over_rev to be True",
        ),
    ],
)
def test_options_of_gradgradcheck_that_need_others_are_refused(options, message):
    with pytest.raises(AssertionError, match=message):
        gradgradcheck(twice, (double(1.0),), **options)


@pytest.mark.parametrize("raise_exception", [True, False])
def test_the_functions_own_error_is_its_own(raise_exception):
    with pytest.raises(ZeroDivisionError):
        gradcheck(lambda x: 1 / 0, (double(1.0),), raise_exception=raise_exception)


def test_a_number_of_cotangents_that_is_wrong_is_refused():
    with pytest.raises(RuntimeError, match="got 2 tensors and 1 gradients"):
        gradgradcheck(lambda x: (x**2, x**3), (double(1.0),), (double(1.0),))
