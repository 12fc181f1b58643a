"""The command line: `python -m chainrule SCRIPT` runs a program that says `import torch`.

Apart, because Python looks for it under this name; what it does is in `_script`.
"""

from __future__ import annotations

import sys

from chainrule._script import main

if __name__ == "__main__":
    main(sys.argv[1:])
