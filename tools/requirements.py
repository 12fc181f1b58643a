"""Print what an environment needs, one requirement a line: of the package itself and of extras.

    python tools/requirements.py dev examples

Apart, so that the Makefile installs requirements before (and much less often than) the package,
while every name and version stands in `pyproject.toml` alone.
"""

import re
import sys
import tomllib
from pathlib import Path

OWN_EXTRAS = re.compile(r"chainrule\[(.+)\]")


def requirements(project, extras):
    """The package's requirements and those of its extras, extras of extras included."""
    yield from project["dependencies"]
    waiting = list(extras)
    while waiting:
        for line in project["optional-dependencies"][waiting.pop()]:
            own = OWN_EXTRAS.fullmatch(line)
            if own:
                waiting += own[1].split(",")
            else:
                yield line


if __name__ == "__main__":
    pyproject = Path(__file__).parent.parent / "pyproject.toml"
    project = tomllib.loads(pyproject.read_text())["project"]
    print("\n".join(sorted(set(requirements(project, sys.argv[1:])))))
