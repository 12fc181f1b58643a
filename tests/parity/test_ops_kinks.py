"""What is agreed upon at kinks is what PyTorch does there."""

import numpy as np
import pytest
import torch as pytorch
from tests.samples.drive import array_of
from tests.samples.kinks import KINKS


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kink", KINKS, ids=str)
def test_pytorch_gives_this_value_and_gradient(kink):
    inputs = [pytorch.from_numpy(np.array(x)).requires_grad_() for x in kink.inputs]

    y = kink.run(pytorch, *inputs)
    found = pytorch.autograd.grad(y.sum(), inputs)

    np.testing.assert_allclose(array_of(y), kink.value, rtol=1e-12)
    for one, expected in zip(found, kink.gradients, strict=True):
        np.testing.assert_allclose(array_of(one), expected, rtol=1e-12)
