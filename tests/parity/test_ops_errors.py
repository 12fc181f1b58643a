"""The tables of mistakes tell the truth about PyTorch: its exceptions and its words."""

import re

import pytest
import torch as pytorch
from tests.samples.mistakes import MISTAKES


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_pytorch_refuses_in_these_words(mistake):
    with pytest.raises(mistake.exception, match=re.escape(mistake.phrase)):
        mistake.run(pytorch)
