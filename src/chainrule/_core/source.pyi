"""The line of the user's program that is running now."""

from types import CodeType

class Source:
    filename: str
    function: str
    line: int
    end_line: int | None
    column: int | None
    end_column: int | None
    def __init__(
        self,
        filename: str,
        function: str,
        line: int,
        end_line: int | None,
        column: int | None,
        end_column: int | None,
    ) -> None: ...
    @property
    def text(self) -> str: ...

def set_package(prefix: str) -> None: ...
def locate(code: CodeType | None, instruction: int) -> Source | None: ...
def here() -> Source | None: ...
