"""How a program is timed: in turns with the other library, and the best round counts.

Apart, because every claim of speed rests on it. In turns, so that a busy moment hurts both; the
best, because whatever else the machine does only ever adds time; processor time, which on one
thread is the time that passes, less what other programs had of the core.
"""

from __future__ import annotations

import math
import os
from time import process_time
from types import ModuleType

from benchmarks.rows import Result, Run, Speed

ROUNDS = 40
SECONDS_A_ROUND = 0.01


def on_one_core() -> None:
    """Keeps this process on one core, if the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def time_row(row: Speed, libraries: dict[str, ModuleType]) -> Result:
    """The seconds that the program takes each library."""
    runs = {name: row.program(library) for name, library in libraries.items()}
    require_agreement(row, {name: run(1) for name, run in runs.items()})
    best = best_seconds(runs)
    ours, theirs = best["chainrule"], best.get("torch")
    met = None if theirs is None else theirs / ours >= row.wanted
    wanted = "not slower" if row.wanted == 1 else f"{row.wanted:g} times"
    return Result(row.key, row.title, "s", ours, theirs, wanted, met)


def require_agreement(row: Speed, values: dict[str, float]) -> None:
    """Stops the measurement if the libraries did not compute the same."""
    first, *others = values.values()
    if not all(math.isclose(first, other, rel_tol=1e-3) for other in others):
        raise ArithmeticError(f"{row.title}: the libraries differ: {values}")


def best_seconds(runs: dict[str, Run]) -> dict[str, float]:
    """Seconds a run, the least of all rounds."""
    times = {name: times_a_round(run) for name, run in runs.items()}
    best = dict.fromkeys(runs, math.inf)
    for _ in range(ROUNDS):
        for name, run in runs.items():
            best[name] = min(best[name], seconds(run, times[name]) / times[name])
    return best


def times_a_round(run: Run) -> int:
    """How often to run it in a round, so that the clock's own grain does not show."""
    times = 1
    while (taken := seconds(run, times)) < SECONDS_A_ROUND / 4:
        times *= 4
    return max(1, round(times * SECONDS_A_ROUND / taken))


def seconds(run: Run, times: int) -> float:
    """Processor time of so many runs."""
    start = process_time()
    run(times)
    return process_time() - start
