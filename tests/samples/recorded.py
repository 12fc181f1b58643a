"""What PyTorch gives for every sample, read from the file in which it is kept: dtypes and nodes.

Apart from what writes the file, because the sample tables themselves ask it which operations take
complex numbers, and no table should need PyTorch for that.
"""

from __future__ import annotations

import json
from pathlib import Path

FILE = Path(__file__).with_name("recorded.json")

# In NumPy's letters, in which the file is written: one word an input dtype, one letter a result,
# "o" for a Python number, "-" where PyTorch refuses the dtype.
LETTERS = {
    "bool": "?",
    "uint8": "B",
    "int8": "b",
    "int16": "h",
    "int32": "i",
    "int64": "q",
    "float16": "e",
    "float32": "f",
    "float64": "d",
    "complex64": "F",
    "complex128": "D",
}


def _read() -> dict[str, tuple[dict[str, str], str | None]]:
    rows = json.loads(FILE.read_text()) if FILE.exists() else {}
    return {
        name: (dict(zip(LETTERS, row.split(), strict=True)), node)
        for name, (row, node) in rows.items()
    }


# By sample: the letters of the results for each dtype of the inputs, and the name of the node.
RECORDED = _read()


def recorded_dtypes(case: object) -> dict[str, str]:
    """For each dtype of the inputs that PyTorch takes, the letters of the results."""
    letters, _ = RECORDED.get(str(case), ({}, None))
    return {dtype: found for dtype, found in letters.items() if found != "-"}


def recorded_node(case: object) -> str | None:
    """The name of the node behind the first result that has one."""
    return RECORDED.get(str(case), ({}, None))[1]
