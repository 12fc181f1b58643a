"""The pool of freed memory: arrays from it are arrays like others, and it stays in its bounds.

Apart from the tests of programs, which only use it.
"""

import gc
import threading

import numpy as np
import pytest

from chainrule._core import buffers

LARGE = 100_000


@pytest.fixture(autouse=True)
def empty_pool():
    before = buffers.limit()
    buffers.clear()
    yield
    buffers.set_limit(before)
    buffers.clear()


@pytest.mark.parametrize("shape", [(), (3,), (0,), (3, 0, 2), (LARGE,), (400, 500), (7, 1, 99_999)])
@pytest.mark.parametrize("letter", "?bBhHiIlLqefdgFDG")
def test_an_array_is_as_numpy_would_make_it(shape, letter):
    found = buffers.empty(shape, letter)
    expected = np.empty(shape, letter)

    assert type(found) is np.ndarray
    assert (found.shape, found.strides, found.dtype) == (shape, expected.strides, expected.dtype)
    assert found.flags.c_contiguous
    assert found.flags.writeable
    assert found.flags.aligned
    found[...] = 1
    assert np.all(found == 1)


@pytest.mark.parametrize("letter", ["O", "S5", "U2", "M8[s]", "V8", ">f8", "f4,i4"])
def test_types_that_need_care_are_left_to_numpy(letter):
    like = np.zeros(LARGE, letter)

    found = buffers.empty_like(like)

    assert found.dtype.type is like.dtype.type
    assert found.itemsize == like.itemsize
    assert buffers.held() == 0


def test_like_an_array_of_any_layout_or_class():
    found = buffers.empty_like(np.ma.masked_array(np.zeros((300, 500)).T))

    assert type(found) is np.ndarray
    assert found.shape == (500, 300)
    assert found.flags.c_contiguous


def test_large_arrays_start_at_cache_lines():
    arrays = [buffers.empty((LARGE + k,), np.float32) for k in range(20)]

    assert {array.ctypes.data % 64 for array in arrays} == {0}


def test_freed_memory_is_used_again():
    array = buffers.empty((LARGE,), np.float32)
    place = array.ctypes.data
    del array
    held = buffers.held()
    array = buffers.empty((LARGE - 1000,), np.float32)

    assert held >= 4 * LARGE
    assert array.ctypes.data == place
    assert buffers.held() == 0


def test_a_view_keeps_the_memory():
    array = buffers.empty((LARGE,), np.float32)
    array[:] = 7
    view = array[10:].reshape(-1, 10)[::2]
    del array

    assert buffers.held() == 0
    assert np.all(view == 7)
    del view
    assert buffers.held() > 0


def test_living_arrays_never_share_memory(rng):
    living = {}
    for k in range(3000):
        if living and rng.random() < 0.5:
            number = list(living)[rng.integers(len(living))]
            assert np.all(living.pop(number) == number % 251)
        else:
            living[k] = buffers.empty((int(rng.integers(1, 60_000)),), np.int32)
            living[k].fill(k % 251)
        if k % 500 == 0:
            buffers.clear()
    for number, array in living.items():
        assert np.all(array == number % 251)


def test_the_pool_never_holds_more_than_its_limit():
    buffers.set_limit(1_000_000)
    arrays = [buffers.empty((50_000,), np.float32) for _ in range(20)]
    del arrays

    assert 0 < buffers.held() <= 1_000_000
    buffers.set_limit(100_000)
    assert buffers.held() == 0


def test_a_limit_of_zero_turns_the_pool_off():
    buffers.set_limit(0)
    array = buffers.empty((LARGE,), np.float32)
    array[:] = 1
    del array

    assert buffers.held() == 0


def test_sizes_that_are_not_used_any_more_make_room():
    buffers.set_limit(2_000_000)
    arrays = [buffers.empty((60_000,), np.float32) for _ in range(20)]
    del arrays
    stale = buffers.held()
    array = buffers.empty((300_000,), np.float32)
    after = buffers.held()
    del array

    assert stale > 1_500_000
    assert after == 0
    assert buffers.held() >= 1_200_000


def test_clear_gives_everything_back():
    del_me = [buffers.empty((LARGE * k,), np.float32) for k in range(1, 5)]
    del del_me
    assert buffers.held() > 0

    buffers.clear()

    assert buffers.held() == 0


@pytest.mark.parametrize("limit", [-1, -(2**70)])
def test_a_negative_limit_is_refused(limit):
    with pytest.raises(ValueError, match="expected a number of bytes"):
        buffers.set_limit(limit)


@pytest.mark.parametrize(
    ("shape", "error"),
    [
        ((-1,), ValueError),
        ((3, -LARGE), ValueError),
        ((2**62,), (MemoryError, ValueError)),
        ((2**40, 2**40), (MemoryError, ValueError)),
        ((2**45,), MemoryError),
        ((1,) * 65, ValueError),
        (("a",), TypeError),
        ((2**70,), OverflowError),
    ],
)
def test_impossible_shapes_are_refused(shape, error):
    with pytest.raises(error):
        buffers.empty(shape, np.float64)


def test_threads_share_the_pool():
    wrong = []

    def work(number):
        for _ in range(200):
            array = buffers.empty((20_000 + number,), np.int64)
            array.fill(number)
            other = array + 0
            if not np.array_equal(array, other):
                wrong.append(number)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    gc.collect()

    assert not wrong
    assert buffers.held() <= buffers.limit()
