from typing import Any, Final, final

import numpy as np

@final
class dtype:
    name: Final[str]
    legacy: Final[str]
    abbr: Final[str]
    numpy: Final[np.dtype[Any]]
    number: Final[int]
    typenum: Final[int]
    category: Final[int]
    itemsize: Final[int]
    is_floating_point: Final[bool]
    is_complex: Final[bool]
    is_signed: Final[bool]
    def to_real(self) -> dtype: ...
    def to_complex(self) -> dtype: ...

DTYPES: Final[dict[str, dtype]]

type_like = dtype | type | np.dtype[Any]

def as_dtype(value: type_like, function: str | None = None, argument: str = "dtype") -> dtype: ...
def dtype_of(array: object) -> dtype: ...
def dtype_named(name: str) -> dtype: ...
def get_default_dtype() -> dtype: ...
def set_default_dtype(d: dtype, /) -> None: ...
