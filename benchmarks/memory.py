"""A graph of a million nodes: what it weighs, and that it is built, gone through and freed.

Each library in a process of its own, where nothing else grows.
"""

from __future__ import annotations

import functools
import importlib
import json
import math
import subprocess
import sys
from time import process_time

from benchmarks.rows import Figure

NODES = 1_000_000


def affine(x, nodes):
    """Nodes that save nothing but numbers."""
    for _ in range(nodes // 2):
        x = x * 1.01 + 0.5
    return x


def sines(x, nodes):
    """Nodes that each save a tensor."""
    for _ in range(nodes):
        x = x.sin()
    return x


CHAINS = {"affine": affine, "sines": sines}


def main(library: str, name: str) -> dict[str, float]:
    """Builds a chain, differentiates it and frees it."""
    torch = importlib.import_module(library)
    start = torch.tensor(0.5, requires_grad=True)
    build = CHAINS[name]
    build(start, 100).backward()
    before, begin = memory(), process_time()
    end = build(start, NODES)
    weight = memory() - before
    end.backward()
    del end
    return {"bytes": weight / NODES, "seconds": process_time() - begin}


@functools.cache
def measured(library: str, name: str) -> dict[str, float]:
    """What `main` finds in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.memory", library, name]
    return json.loads(subprocess.check_output(command, text=True))


def bytes_a_node(name: str, libraries: list[str]) -> dict[str, float]:
    return {library: measured(library, name)["bytes"] for library in libraries}


def seconds_in_all(name: str, libraries: list[str]) -> dict[str, float]:
    return {library: measured(library, name)["seconds"] for library in libraries}


def memory() -> int:
    """The bytes of memory that this process holds now or, off Linux, held at its largest."""
    try:
        with open("/proc/self/statm") as file:
            pages = int(file.read().split()[1])
    except FileNotFoundError:
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    import mmap

    return pages * mmap.PAGESIZE


ROWS = [
    Figure(
        f"memory-{name}",
        f"1,000,000 nodes, {what}: bytes a node",
        "B",
        400,
        functools.partial(bytes_a_node, name),
    )
    for name, what in (("affine", "x * 1.01 + 0.5"), ("sines", "x.sin()"))
]
ROWS.append(
    Figure(
        "depth",
        "the same: built, gone through, freed",
        "s",
        math.inf,
        functools.partial(seconds_in_all, "sines"),
    )
)

if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
