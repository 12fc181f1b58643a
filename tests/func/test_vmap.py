"""vmap of what differs from member to member: indices, masks, weights, random numbers."""

import pytest

import chainrule as torch
from chainrule.func import grad, vmap

X = torch.arange(6.0).reshape(2, 3)

READS = {
    "x[i]": lambda x, i: x[i],
    "x[i, i]": lambda x, i: torch.outer(x, x)[i, i],
    "gather": lambda x, i: x.gather(0, i),
    "index_select": lambda x, i: x.index_select(0, i),
    "take": lambda x, i: x.take(i),
    "embedding": lambda x, i: torch.nn.functional.embedding(i, x[:, None]),
    "nll_loss": lambda x, i: torch.nn.functional.nll_loss(x, i[0]),
    "index_put": lambda x, i: x.index_put((i,), x[:1]),
    "index_add": lambda x, i: x.index_add(0, i, x[:1]),
    "index_fill": lambda x, i: x.index_fill(0, i, 0.0),
    "scatter": lambda x, i: x.scatter(0, i, 0.0),
}


@pytest.mark.parametrize("index", [[[3], [0]], [[0], [3]], [[-4], [0]]])
@pytest.mark.parametrize("name", READS)
def test_no_index_reaches_into_another_member(name, index):
    """x[i] did: past the end of one member's numbers are the next one's."""
    with pytest.raises((IndexError, RuntimeError), match="out of"):
        vmap(READS[name])(X, torch.tensor(index))


def test_negative_indices_count_from_the_end_of_each_member():
    found = vmap(lambda x, i: x[i])(X, torch.tensor([[-1], [-3]]))

    assert found.tolist() == [[2], [3]]


def test_index_fill_counts_negative_numbers_from_the_end():
    found = vmap(lambda x, i: x.index_fill(0, i, 9.0))(X, torch.tensor([[-1], [-3]]))

    assert found.tolist() == [[0, 1, 9], [9, 4, 5]]


def test_a_number_named_twice_is_filled_by_one_value():
    slope = grad(lambda v, i, x: x.index_fill(0, i, v).sum())
    twice, once = torch.tensor([1, 1]), torch.tensor([0, 2])

    found = vmap(slope, in_dims=(0, 0, 0))(torch.ones(2), torch.stack([twice, once]), X)

    assert found.tolist() == [1, 2]


def test_gradients_of_masked_scatter():
    masks = torch.tensor([[True, False, True], [False, True, False]])
    value = lambda source, mask, x: (x.masked_scatter(mask, source) * x).sum()  # noqa: E731

    found = vmap(grad(value))(X, masks, X)

    assert found.tolist() == [[0, 2, 0], [4, 0, 0]]


def test_too_few_elements_for_a_mask():
    with pytest.raises(RuntimeError, match="Number of elements of source < number of ones"):
        vmap(lambda m: torch.zeros(3).masked_scatter(m, torch.ones(1)))(X > 0)


def test_weights_may_be_all_that_has_a_batch():
    weights = torch.tensor([[1.0, 2.0], [3.0, 5.0]])
    scores, classes = torch.zeros(2, 2), torch.tensor([0, 1])
    loss = lambda w: torch.nn.functional.nll_loss(  # noqa: E731
        scores - torch.eye(2), classes, w, reduction="sum"
    )

    assert vmap(loss)(weights).tolist() == [3, 8]


def test_a_batch_of_no_members():
    assert vmap(lambda x: x * 2)(torch.ones(0, 3)).shape == (0, 3)


def test_members_of_the_same_randomness_are_written_alike():
    found = vmap(lambda x: x.clone().uniform_(), randomness="same")(X)

    assert found[0].tolist() == found[1].tolist()


@pytest.mark.parametrize("randomness", ["same", "different"])
def test_slopes_of_rrelu_lie_within_their_bounds(randomness):
    x = -torch.ones(4, 50)

    found = -vmap(
        lambda x: torch.nn.functional.rrelu(x, 0.25, 0.5, training=True), randomness=randomness
    )(x)

    assert found.min().item() >= 0.25
    assert found.max().item() < 0.5
    assert (found[0].tolist() == found[1].tolist()) == (randomness == "same")
