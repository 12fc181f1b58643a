"""What may be asked of a distribution, and PyTorch's words for what may not.

Apart from the functions that draw, so that those read as what they do. Messages name types as
PyTorch's do: by their names in C++.
"""

from __future__ import annotations

import functools
import warnings
from typing import TYPE_CHECKING

import numpy

from chainrule._core.limits import finfo, iinfo

if TYPE_CHECKING:
    from chainrule._core.core import Tensor
    from chainrule._core.types import dtype as dtype_type

NAMES_IN_C = {
    "float16": "c10::Half",
    "bfloat16": "c10::BFloat16",
    "float32": "float",
    "float64": "double",
    "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short int",
    "int32": "int",
    "int64": "long int",
    "bool": "bool",
}
# Up to 2 to this power every integer is a number of the type.
DIGITS = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}


def name_in_c(dtype: dtype_type) -> str:
    """What PyTorch's messages call a dtype."""
    return NAMES_IN_C.get(dtype.name, dtype.name)


def refuse_dtype(kernel: str, dtype: dtype_type) -> None:
    """Raise what PyTorch raises where a kernel has no variant for a dtype."""
    raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtype.legacy}'")


# --------------------------------------------------------------------------- real parameters


def check_uniform(dtype: dtype_type, low: float, high: float) -> None:
    """Refuse bounds that are not finite numbers of the dtype, or in the wrong order."""
    if dtype.category < 2:
        refuse_dtype("check_uniform_bounds", dtype)
    real = dtype.to_real()
    limit = range_of(real)[1]
    for name, bound in (("from", low), ("to", high)):
        if not -limit <= bound <= limit:
            raise RuntimeError(f"{name} is out of bounds for {name_in_c(real)}: {bound:g}")
    if low > high:
        raise RuntimeError(
            f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}"
        )
    if not high - low <= limit:
        raise RuntimeError(
            f"uniform_ expects to-from <= std::numeric_limits<{real.legacy}>::max(), but found "
            f"to={high:g} and from={low:g} which result in to-from to exceed the limit"
        )


def check_normal(dtype: dtype_type, std: float) -> None:
    """Refuse integers, and a standard deviation that is negative or NaN."""
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    if dtype.category < 2:
        refuse_dtype("normal_kernel_cpu", dtype)


def check_positive(function: str, name: str, value: float) -> None:
    """Refuse a parameter that is zero, negative or NaN."""
    if not value > 0:
        raise RuntimeError(f"{function} expects {name} > 0.0, but found {name}={value:g}")


def check_continuous(distribution: str, dtype: dtype_type, found: str) -> None:
    """Refuse dtypes that cannot hold draws of a continuous distribution."""
    if not dtype.is_floating_point:
        raise RuntimeError(
            f"{distribution} distribution is a continuous probability distribution. "
            f"dtype must be a floating point but you specified {found}"
        )


def check_chance(p: float) -> None:
    """Refuse one probability outside [0, 1]."""
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")


def check_chances(p: Tensor) -> None:
    """Refuse probabilities that are no real numbers, or outside [0, 1]."""
    if not p.dtype.is_floating_point:
        refuse_dtype("bernoulli_tensor_cpu_p_", p.dtype)
    inside = (p._array >= 0) & (p._array <= 1)
    if not inside.all():
        raise RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false: the probability "
            f"{p._array[~inside][0]} is not in [0, 1]"
        )


def check_weights(weights: Tensor, samples: int, replacement: bool, out: Tensor | None) -> None:
    """Refuse what no indices can be drawn by."""
    if out is not None and out.dtype.name != "int64":
        raise RuntimeError(f"multinomial expects Long tensor out, got: {out.dtype.legacy}")
    if not weights.dtype.is_floating_point:
        raise RuntimeError(
            "multinomial only supports floating-point dtypes for input, got: "
            f"{weights.dtype.legacy}"
        )
    if weights.ndim not in (1, 2):
        raise RuntimeError(f"prob_dist must be 1 or 2 dim, but has {weights.ndim}")
    if samples <= 0:
        raise RuntimeError(f"cannot sample n_sample <= 0 samples: {samples}")
    categories = weights.shape[-1]
    if not replacement and samples > categories:
        raise RuntimeError(
            "cannot sample n_sample > prob_dist.size(-1) samples without replacement: "
            f"{samples} of {categories}"
        )
    if categories > 2**24:
        raise RuntimeError(f"number of categories cannot exceed 2^24, but is {categories}")
    _check_each_weight(weights._array, one_by_one=replacement and samples > 1)


def _check_each_weight(weights: numpy.ndarray, one_by_one: bool) -> None:
    """Refuse weights that are no weights; with replacement PyTorch says it in other words."""
    if not ((weights >= 0) & (weights < numpy.inf)).all():
        if not one_by_one:
            raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
        if not (weights >= 0).all():
            raise RuntimeError(
                "invalid multinomial distribution (encountering probability entry < 0)"
            )
        raise RuntimeError(
            "invalid multinomial distribution (encountering probability entry = infinity or NaN)"
        )
    if not (weights.sum(-1) > 0).all():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")


# ---------------------------------------------------------------------------------- integers


@functools.cache
def range_of(dtype: dtype_type) -> tuple[float, float]:
    """The least and the largest number of a real dtype."""
    if dtype.name == "bool":
        return 0, 1
    limits = finfo(dtype) if dtype.is_floating_point else iinfo(dtype)
    return limits.min, limits.max


@functools.cache
def largest_integer(dtype: dtype_type) -> int:
    """The largest integer up to which the dtype has all integers."""
    digits = DIGITS.get(dtype.name)
    return range_of(dtype)[1] if digits is None else 2**digits  # type: ignore[return-value]


def check_integers(dtype: dtype_type, low: int, high: int) -> tuple[int, int]:
    """The lowest integer and the number of integers in [low, high); refuses bad bounds."""
    if low >= high:
        raise RuntimeError(
            f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        )
    if dtype.is_complex:
        raise RuntimeError(
            "check_random_bounds handles only integral, floating-point and boolean types, "
            f"but got {dtype}"
        )
    _check_range(dtype, "from", low)
    _check_range(dtype, "to - 1", high - 1)
    if dtype.is_floating_point:
        low, high = _rounded_up(dtype, low), _rounded_down(dtype, high)
        if low >= high:
            raise RuntimeError(
                "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, "
                f"but got from={low} >= to={high}"
            )
        _warn_of_gaps(dtype, "from", low)
        _warn_of_gaps(dtype, "to - 1", high - 1)
    return low, high - low


def check_integers_from(dtype: dtype_type, low: int) -> tuple[int, int]:
    """The lowest integer and the number of integers from `low` to the dtype's largest."""
    high = largest_integer(dtype)
    _check_range(dtype, "from", low)
    if dtype.is_floating_point:
        low = _rounded_up(dtype, low)
        if low >= high:
            raise RuntimeError(
                "random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' "
                f"casted to dtype, but got from={low} > to_inc={high}"
            )
        _warn_of_gaps(dtype, "from", low)
    return low, high - low + 1


def check_permutation(dtype: dtype_type, n: int) -> None:
    """Refuse dtypes that lack some of the integers below n (but for bfloat16: PyTorch lets it)."""
    if dtype.is_complex or dtype.name == "bool":
        refuse_dtype("randperm", dtype)
    longest = largest_integer(dtype) + 1
    if n <= longest or dtype.name == "bfloat16":
        return
    if dtype.is_floating_point:
        raise RuntimeError(
            f"n cannot be greater than {longest} for {dtype.legacy} type. It is {n}."
        )
    raise RuntimeError(f"value cannot be converted to type {dtype.name}_t without overflow: {n}")


def _check_range(dtype: dtype_type, name: str, bound: int) -> None:
    lowest, highest = range_of(dtype)
    if not lowest <= bound <= highest:
        raise RuntimeError(f"{name} is out of bounds for {name_in_c(dtype)}: {bound}")


def _warn_of_gaps(dtype: dtype_type, name: str, bound: int) -> None:
    digits = DIGITS[dtype.name]
    if abs(bound) > 2**digits:
        warnings.warn(
            f"{name} is out of bounds [-(2^{digits}), 2^{digits}]. Due to precision limitations "
            f"{name_in_c(dtype)} can support discrete uniform distribution only within this "
            "range. This warning will become an error in version 1.7 release, please fix the "
            "code in advance",
            stacklevel=5,
        )


def _rounded_up(dtype: dtype_type, low: int) -> int:
    """`low`, or the dtype's next integer where low + 1 would be rounded to below it."""
    rounded = int(dtype.numpy.type(low + 1))
    return low if rounded >= low else rounded + _gap(dtype, low + 1)


def _rounded_down(dtype: dtype_type, high: int) -> int:
    """`high`, or the dtype's last integer where high - 1 would be rounded up to it."""
    rounded = int(dtype.numpy.type(high - 1))
    return high if rounded < high else rounded - _gap(dtype, high - 1)


def _gap(dtype: dtype_type, integer: int) -> int:
    """The distance between the dtype's numbers at an integer."""
    return 2 ** (abs(integer).bit_length() - DIGITS[dtype.name])
