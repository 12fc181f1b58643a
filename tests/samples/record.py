"""What PyTorch gives for every sample, kept in a file: dtypes of results, names of nodes.

Apart from the tests because it is run by hand, where PyTorch is installed, when samples are added:
`python -m tests.samples.record` writes recorded.json, which the tests of the operations read, so
that they hold chainrule to PyTorch without PyTorch; the comparison tests hold the file to PyTorch.
"""

from __future__ import annotations

import json
import warnings
from types import ModuleType

from tests.samples import CASES
from tests.samples.drive import arrays, call, dtype_name, parts, tensors, variable
from tests.samples.recorded import FILE, LETTERS
from tests.samples.sample import Case

REFUSALS = (RuntimeError, TypeError, IndexError, ValueError)


def dtypes_of(torch: ModuleType, case: Case) -> str:
    """For every input dtype the dtypes of the results."""
    found = [result_letters(torch, case, dtype) for dtype in LETTERS]
    if any(array.size == 0 for array in arrays(case)):  # no kernel is missed where nothing is done
        first = Case(case.operation, case.operation.samples[0], 0)
        taken = [result_letters(torch, first, dtype) for dtype in LETTERS]
        found = ["-" if "-" in pair else pair[0] for pair in zip(found, taken, strict=True)]
    return " ".join(found)


def result_letters(torch: ModuleType, case: Case, dtype: str) -> str:
    """The dtypes of the results of inputs of this dtype."""
    try:
        results = parts(call(torch, case, tensors(torch, arrays(case, dtype))))
    except REFUSALS:
        return "-"
    names = [dtype_name(part) if hasattr(part, "dtype") else "number" for part in results]
    return "-" if "complex32" in names else "".join(LETTERS.get(name, "o") for name in names)


def node_of(torch: ModuleType, case: Case) -> str | None:
    """The name of the node behind the first result that has one."""
    inputs = tensors(torch, arrays(case), variable(case))
    nodes = [getattr(part, "grad_fn", None) for part in parts(call(torch, case, inputs))]
    return next((node.name() for node in nodes if hasattr(node, "name")), None)


def main() -> None:
    import torch

    warnings.simplefilter("ignore")
    lines = [
        f"{json.dumps(str(case))}: {json.dumps([dtypes_of(torch, case), node_of(torch, case)])}"
        for case in CASES
    ]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
