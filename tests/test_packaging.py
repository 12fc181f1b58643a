"""What is built agrees with what is there, and importing it brings in no more than it needs."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
CORE = ROOT / "src/chainrule/_core"
# Wanted by some programs only: for special functions, bfloat16, files, pictures.
ON_DEMAND = ["scipy", "ml_dtypes", "safetensors", "matplotlib", "inspect", "dataclasses"]


def test_every_module_of_the_core_is_built():
    listed = re.search(r"core_modules = \[(.*?)\]", (CORE / "meson.build").read_text(), re.DOTALL)

    found = sorted(re.findall(r"'(\w+)'", listed[1]))

    assert found == sorted(path.stem for path in CORE.glob("*.pyx"))


def test_every_module_of_the_core_is_declared():
    missing = [path.stem for path in CORE.glob("*.pyx") if not path.with_suffix(".pyi").exists()]

    assert missing == []


def test_the_package_is_built_under_its_own_version():
    from chainrule.version import release

    found = re.search(r"version: '(.+)'", (ROOT / "meson.build").read_text())[1]

    assert found == release


def test_importing_leaves_what_is_not_needed_alone():
    program = f"""
import sys, numpy
before = set(sys.modules)
import chainrule
print(*[name for name in {ON_DEMAND} if name in sys.modules and name not in before])
"""

    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (found.stdout.split(), found.stderr) == ([], "")
