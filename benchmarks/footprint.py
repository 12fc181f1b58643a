"""What a library costs before it computes anything: the time to import it, its bytes on disk."""

from __future__ import annotations

import importlib.util
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.rows import Figure

ROUNDS = 9
TIMED_IMPORT = """
import importlib, sys, time
start = time.process_time()
importlib.import_module(sys.argv[1])
print(time.process_time() - start)
"""


def import_time(libraries: list[str]) -> dict[str, float]:
    """Each library's time to import, in times of NumPy's: the best of several fresh processes."""
    names = ["numpy", *libraries]
    best = dict.fromkeys(names, math.inf)
    with tempfile.TemporaryDirectory() as folder:
        # The first round compiles, as installing does; without this it may not be kept.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(ROUNDS):
            for name in names:
                command = [sys.executable, "-c", TIMED_IMPORT, name]
                output = subprocess.check_output(command, text=True, env=environment)
                best[name] = min(best[name], float(output))
    return {name: best[name] / best["numpy"] for name in libraries}


def installed_size(libraries: list[str]) -> dict[str, float]:
    """The megabytes of each library's own folder."""
    return {name: size_of(folder_of(name)) / 1e6 for name in libraries}


def folder_of(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


ROWS = [
    Figure("import", "import, in times of NumPy's", "", 2, import_time),
    Figure("size", "size on disk without NumPy and SciPy", "MB", 15, installed_size),
]
