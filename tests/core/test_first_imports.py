"""Threads may each be the first to use another part of the library."""

import subprocess
import sys

PROGRAM = """
import sys, threading
import chainrule as torch

sys.setswitchinterval(1e-6)
parts = [
    "func.grad", "autograd.functional.jacobian", "autograd.forward_ad.dual_level", "vmap",
    "utils.checkpoint.checkpoint", "autograd.gradcheck", "explain.nan", "autograd.graph.Node",
]
start, failed = threading.Barrier(len(parts)), []

def use(path):
    start.wait()
    try:
        found = torch
        for name in path.split("."):
            found = getattr(found, name)
    except BaseException as error:
        failed.append((path, error))

threads = [threading.Thread(target=use, args=(path,)) for path in parts]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failed, failed
"""


def test_first_uses_in_several_threads_do_not_wait_for_each_other():
    """Guards: packages that import their own modules, while threads begin with those modules."""
    for _ in range(3):
        subprocess.run([sys.executable, "-c", PROGRAM], check=True)
