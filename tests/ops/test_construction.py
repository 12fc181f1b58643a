"""Tensors from numbers, memory and old names: dtype, shape, sharing, and questions about them."""

import struct

import numpy as np
import pytest

import chainrule as torch

LEGACY = {
    "FloatTensor": torch.float32,
    "DoubleTensor": torch.float64,
    "HalfTensor": torch.float16,
    "LongTensor": torch.int64,
    "IntTensor": torch.int32,
    "ShortTensor": torch.int16,
    "CharTensor": torch.int8,
    "ByteTensor": torch.uint8,
    "BoolTensor": torch.bool,
}


@pytest.mark.parametrize("name", LEGACY)
def test_a_legacy_name_makes_its_dtype_of_numbers_sizes_or_nothing(name):
    make = getattr(torch, name)

    assert make([1, 0]).dtype == LEGACY[name]
    assert make([1, 0]).tolist() == [1, 0]
    assert make(2, 3).shape == (2, 3)
    assert make().shape == (0,)
    assert isinstance(make([1]), torch.Tensor)


def test_the_class_itself_makes_tensors_of_the_default_dtype():
    assert torch.Tensor([16]).tolist() == [16.0]
    assert torch.Tensor([16]).dtype == torch.float32
    assert torch.Tensor(2, 3).shape == (2, 3)


def test_a_variable_is_a_tensor():
    x = torch.autograd.Variable(torch.Tensor([16]), requires_grad=True)

    (x * x).backward()

    assert isinstance(x, torch.Tensor)
    assert x.grad.tolist() == [32.0]


def test_bfloat16_is_there_with_ml_dtypes():
    pytest.importorskip("ml_dtypes", reason="bfloat16 needs ml_dtypes")

    assert torch.BFloat16Tensor([1, 2]).dtype == torch.bfloat16
    assert torch.tensor([1.0, 2.0], dtype=torch.bfloat16).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("make", [torch.from_numpy, torch.as_tensor, torch.asarray])
def test_an_array_and_its_tensor_share_memory(make):
    array = np.zeros((2, 3))[:, ::2]

    x = make(array)
    x[0, 1] = 5
    array[1, 0] = 7

    assert array[0, 1] == 5
    assert x[1, 0] == 7
    assert x.stride() == (3, 2)
    assert np.shares_memory(x.numpy(), array)


def test_tensor_copies_what_it_is_given():
    array = np.zeros(2)

    x = torch.tensor(array)
    array[0] = 1

    assert x.tolist() == [0.0, 0.0]


def test_memory_travels_by_dlpack_and_buffers():
    x = torch.tensor([1.0, 2.0])

    assert np.shares_memory(np.from_dlpack(x), x.numpy())
    assert torch.from_dlpack(np.array([3, 4])).tolist() == [3, 4]
    assert torch.frombuffer(bytearray(struct.pack("2f", 1, 2)), dtype=torch.float32).tolist() == [
        1,
        2,
    ]


def test_range_includes_its_end_and_says_that_it_is_deprecated():
    with pytest.warns(UserWarning, match="torch.range is deprecated"):
        x = torch.range(1, 4)

    assert x.tolist() == [1.0, 2.0, 3.0, 4.0]


def test_shapes_broadcast_without_tensors():
    assert torch.broadcast_shapes((2, 1), (3,), ()) == torch.Size([2, 3])


def test_questions_about_tensors():
    x = torch.ones(2, 3)

    assert torch.is_tensor(x)
    assert not torch.is_tensor([1])
    assert torch.is_floating_point(x)
    assert not torch.is_complex(x)
    assert torch.numel(x) == x.numel() == x.nelement() == 6


def test_the_default_dtype_decides_what_floats_become():
    torch.set_default_dtype(torch.float64)

    assert torch.tensor(1.0).dtype == torch.ones(2).dtype == torch.get_default_dtype()
    assert torch.tensor(1j).dtype == torch.complex128
    assert (torch.tensor(1) / 2).dtype == torch.float64


@pytest.mark.filterwarnings("ignore:torch.set_default_tensor_type")
def test_the_default_dtype_has_an_old_way_to_be_set():
    torch.set_default_tensor_type(torch.DoubleTensor)

    assert torch.get_default_dtype() == torch.float64
