"""Grad modes: what is recorded inside them, and that they end as they began.

Apart from the threads' tests: here one thread switches to and fro.
"""

import pytest

import chainrule as torch

x = torch.tensor([1.0], requires_grad=True)


def records():
    return (x * 2).requires_grad


@pytest.mark.parametrize(
    ("mode", "inside"),
    [
        (torch.no_grad, False),
        (torch.enable_grad, True),
        (lambda: torch.set_grad_enabled(False), False),
        (lambda: torch.set_grad_enabled(True), True),
        (torch.inference_mode, False),
        (lambda: torch.inference_mode(False), True),
    ],
)
@pytest.mark.parametrize("outside", [True, False])
def test_a_mode_holds_inside_and_ends_as_it_began(mode, inside, outside):
    with torch.set_grad_enabled(outside):
        with mode():
            assert records() == inside
        assert records() == outside
        with pytest.raises(KeyError), mode():
            raise KeyError
        assert records() == outside


@pytest.mark.parametrize("decorate", [torch.no_grad, torch.no_grad(), torch.inference_mode()])
def test_a_decorated_function_runs_in_the_mode(decorate):
    @decorate
    def function(a, *, b):
        """Doc."""
        return records(), a, b

    assert function(1, b=2) == (False, 1, 2)
    assert function.__doc__ == "Doc."
    assert records()


def test_a_decorated_function_may_call_itself():
    @torch.no_grad()
    def function(depth):
        return [records(), *(function(depth - 1) if depth else [])]

    assert function(2) == [False] * 3
    assert records()


def test_the_mode_of_a_decorated_generator_holds_in_its_body_only():
    @torch.no_grad()
    def generator():
        received = yield records()
        try:
            received = yield records(), received
        except KeyError:
            yield records()

    made = generator()

    assert next(made) is False
    assert records()
    assert made.send(3) == (False, 3)
    assert records()
    assert made.throw(KeyError) is False
    made.close()
    assert records()


def test_set_grad_enabled_called_alone_lasts():
    torch.set_grad_enabled(False)
    assert not records()
    torch.set_grad_enabled(True)
    assert records()


def test_a_mode_used_twice_ends_twice():
    mode = torch.no_grad()
    with mode:
        pass
    assert records()
    with mode:
        assert not records()
    assert records()


def test_factories_make_leaves_in_any_mode():
    with torch.no_grad():
        made = torch.ones(2, requires_grad=True)

    assert made.requires_grad
    assert made.is_leaf


def test_what_is_made_in_inference_mode_is_kept_out_of_graphs():
    with torch.inference_mode():
        made = torch.ones(1) * 2

    assert made.is_inference()
    assert not (made * 1).is_inference()
    with pytest.raises(RuntimeError, match="Inference tensors cannot be saved for backward"):
        x * made
    with pytest.raises(RuntimeError, match="Inference tensors do not track version counter"):
        made._version
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor outside"):
        made.add_(1)
    assert made.tolist() == [2.0]
    assert (x + made).requires_grad
    assert (x * made.clone()).requires_grad


def test_writing_to_a_leaf_without_recording_is_allowed():
    y = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        y.sub_(0.5)
        y[0] = 7

    assert y.tolist() == [7.0, 0.5]
    assert y.is_leaf


def test_backward_may_be_called_in_any_mode():
    y = (x.detach().requires_grad_() * 3).sum()
    with torch.no_grad():
        y.backward()

    assert not torch.autograd.grad((x * 2).sum(), x)[0].requires_grad
