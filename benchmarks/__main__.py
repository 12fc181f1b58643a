"""The command: `python -m benchmarks [--only NAME] [--json]`.

Apart, because the number of threads must be in the environment before NumPy is imported.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import math
import os
import platform
import sys

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
os.environ.update(dict.fromkeys(ONE_THREAD, "1"))

from benchmarks import (  # noqa: E402
    chain,
    elementwise,
    footprint,
    memory,
    mlp,
    network,
    regression,
    table,
    timing,
)
from benchmarks.rows import Figure, Result, Speed  # noqa: E402

ROWS: list[Speed | Figure] = [
    *chain.ROWS,
    *elementwise.ROWS,
    *network.ROWS,
    *regression.ROWS,
    *mlp.ROWS,
    elementwise.MILLION,
    *footprint.ROWS,
    *memory.ROWS,
]


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--only", action="append", metavar="NAME", help="a row; may be repeated")
    options.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = options.parse_args()
    unknown = set(chosen.only or ()) - {row.key for row in ROWS}
    if unknown:
        options.error(f"no row {', '.join(unknown)}; there are {', '.join(r.key for r in ROWS)}")

    timing.on_one_core()
    libraries = {name: load(name) for name in ("chainrule", "torch") if is_installed(name)}
    if not chosen.json:
        print(table.heading())
    results = []
    for row in ROWS:
        if chosen.only is None or row.key in chosen.only:
            results.append(measure(row, libraries))
            if not chosen.json:
                print(table.row(results[-1]), flush=True)
    if chosen.json:
        print(table.as_json(results, surroundings(libraries)))
    elif "torch" not in libraries:
        print("PyTorch is not installed here: nothing to compare with (make bench installs it).")
    return 1 if any(result.met is False for result in results) else 0


def is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def load(name: str):
    library = importlib.import_module(name)
    library.set_num_threads(1)
    return library


def measure(row: Speed | Figure, libraries: dict) -> Result:
    if isinstance(row, Speed):
        return timing.time_row(row, libraries)
    found = row.measure(list(libraries))
    ours = found["chainrule"]
    limited = row.limit < math.inf
    wanted = f"at most {row.limit:g}" if limited else ""
    met = ours <= row.limit if limited else None
    return Result(row.key, row.title, row.unit, ours, found.get("torch"), wanted, met)


def surroundings(libraries: dict) -> dict[str, str]:
    versions = {name: str(library.__version__) for name, library in libraries.items()}
    return {"machine": platform.platform(), "python": platform.python_version(), **versions}


if __name__ == "__main__":
    sys.exit(main())
