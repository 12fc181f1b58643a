from typing import Final, final

@final
class layout: ...

@final
class memory_format: ...

def constant_named(name: str) -> layout | memory_format: ...

strided: Final[layout]
sparse_coo: Final[layout]
contiguous_format: Final[memory_format]
preserve_format: Final[memory_format]
channels_last: Final[memory_format]
channels_last_3d: Final[memory_format]
