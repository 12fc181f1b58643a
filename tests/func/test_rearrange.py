"""rearrange does what its pattern says, and refuses patterns that say nothing."""

import pytest

import chainrule as torch

x = torch.arange(24).view(2, 3, 4)
SAME = {
    "a b c -> c b a": lambda x: x.permute(2, 1, 0),
    "a b c -> (a b) c": lambda x: x.reshape(6, 4),
    "a b c -> a (c b)": lambda x: x.permute(0, 2, 1).reshape(2, 12),
    "... c -> c ...": lambda x: x.permute(2, 0, 1),
    "a ... -> (...) a": lambda x: x.permute(1, 2, 0).reshape(12, 2),
    "a b c -> a () b 1 c": lambda x: x[:, None, :, None],
    "a b c -> a (b 1 c)": lambda x: x.reshape(2, 12),
    "...->...": lambda x: x,
}
REFUSED = {
    "a b c": "single '->' separator",
    "a b c -> a b": "Identifiers only on one side",
    "a b -> b a": r"Number of dimensions in pattern \(2\)",
    "a a b -> a b": "duplicate dimension 'a'",
    "a (b c -> a b c": "Imbalanced parentheses",
    "a b) c -> a b c": "Imbalanced parentheses",
    "a ((b) c) d -> a b c d": "one-level",
    "a b c -> a 2 b c": "unnamed axes of size 1",
    "... ... a -> a": "only one ellipsis",
    "a b c -> ... a b c": "Ellipsis found in right side",
    "a (... b) -> a b": "Ellipsis is parenthesis in the left side",
    "1a b c -> b c": "not a valid python identifier",
    "_a b c -> _a b c": "underscore",
    "a (b d) c -> a b d c": "cannot infer the sizes of two dimensions at once b and d",
    "a b 1 -> a b": "sizes to do not match",
}


@pytest.mark.parametrize("pattern", SAME)
def test_a_pattern(pattern):
    assert torch.equal(torch.func.rearrange(x, pattern), SAME[pattern](x))


def test_a_size_that_is_given():
    found = torch.func.rearrange(x, "a b (c d) -> a b d c", d=2)

    assert torch.equal(found, x.view(2, 3, 2, 2).transpose(2, 3))


@pytest.mark.parametrize(("size", "phrase"), [(3, "does not evenly fit"), (0, "does not evenly")])
def test_a_size_that_does_not_fit(size, phrase):
    with pytest.raises(ValueError, match=phrase):
        torch.func.rearrange(x, "a b (c d) -> a b d c", d=size)


def test_a_list_is_stacked():
    assert torch.func.rearrange([x, x], "l a b c -> a l b c").shape == (2, 2, 3, 4)


@pytest.mark.parametrize("pattern", REFUSED)
def test_a_pattern_that_is_refused(pattern):
    with pytest.raises(ValueError, match=REFUSED[pattern]):
        torch.func.rearrange(x, pattern)


def test_it_is_differentiated_and_batched():
    def f(x):
        return torch.func.rearrange(x, "(a b) -> b a", a=2)

    found = torch.func.vmap(torch.func.jacrev(f))(torch.ones(5, 6))

    assert found.shape == (5, 3, 2, 6)
