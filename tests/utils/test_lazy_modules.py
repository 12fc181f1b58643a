"""The modules of utils are there without an import of their own, as in PyTorch."""

import subprocess
import sys


def test_checkpoint_needs_no_import():
    program = (
        "import chainrule as torch; x = torch.ones(1, requires_grad=True); "
        "y = torch.utils.checkpoint.checkpoint(torch.exp, x, use_reentrant=False); "
        "y.backward(); print(x.grad is not None, hasattr(torch.utils, 'nothing'))"
    )

    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert found.stdout.split() == ["True", "False"], found.stderr
