"""What is called wrongly raises: it neither crashes the process nor changes what it was given.

Apart from the tests of messages, because here the worst is looked for: a segmentation fault. So
each group of calls runs in a process of its own.
"""

import subprocess
import sys

import pytest

CALLS = """
import gc, inspect, warnings
import numpy as np
import chainrule as torch
from chainrule._core import buffers, core, program, recording
from chainrule.ops.arithmetic import mul

warnings.simplefilter("ignore")
WRONG = (np.ones((2, 2)), None, [1.0], 5, "a")
LEFT_OUT = {"save", "load", "compile"}      # files, and what asks for a compiler


def attempt(function, *arguments):
    try:
        function(*arguments)
    except Exception:
        pass
"""

PROGRAMS = {
    "functions of what is no tensor": """
for name in dir(torch):
    function = getattr(torch, name)
    if callable(function) and not inspect.isclass(function) and name not in LEFT_OUT:
        for wrong in WRONG:
            attempt(function, wrong)
            attempt(function, wrong, 0)
            attempt(function, wrong, 0, 1)
            attempt(function, torch.ones(2, 2), wrong)
""",
    "methods of what is no tensor": """
node = (torch.ones(1, requires_grad=True) * 2).grad_fn
for owner in (torch.Tensor, type(node), torch.dtype, torch.device, torch.Size, type(mul)):
    for name in dir(owner):
        method = getattr(owner, name)
        if callable(method) and not isinstance(method, type):
            for wrong in WRONG:
                attempt(method, wrong)
                attempt(method, wrong, True)
assert 5 + 1 == 6
""",
    "sizes that are looked at while they are made": """
class Curious:
    def __index__(self):
        [repr(found) for found in gc.get_objects() if type(found) is torch.Size]
        return 1
assert torch.Size([1, Curious(), 2]) == (1, 1, 2)
""",
    "parts of the core": """
x = torch.ones(2, requires_grad=True)
attempt(lambda: program.Symbol() + 1)
attempt(buffers.empty_like, None)
attempt(recording.record_call, mul, (x, x), None, ())
attempt(recording.record_call, mul, (x, x), None, 5)
assert (x * 2.0).grad_fn._saved_origin(0) is None
end = type((x * 2.0).grad_fn.next_functions[0][0])()        # a leaf's node without a leaf
assert not core.has_hooks(end)
""",
    "long chains of attributes": """
x = torch.ones(1)
for _ in range(300_000):
    y = torch.ones(1)
    y.before = x
    x = y
del x, y
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_process_lives(name):
    program = CALLS + PROGRAMS[name] + "\nprint('lives')"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (found.returncode, found.stdout.strip()[-5:]) == (0, "lives"), found.stderr[-2000:]
