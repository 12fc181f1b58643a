from typing import Final, final

from chainrule._core.types import type_like

@final
class finfo:
    bits: Final[int]
    eps: Final[float]
    max: Final[float]
    min: Final[float]
    resolution: Final[float]
    smallest_normal: Final[float]
    tiny: Final[float]
    dtype: Final[str]
    def __init__(self, type: type_like | None = None) -> None: ...

@final
class iinfo:
    bits: Final[int]
    max: Final[int]
    min: Final[int]
    dtype: Final[str]
    def __init__(self, type: type_like) -> None: ...
