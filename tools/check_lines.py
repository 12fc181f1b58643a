"""Check that no line of the Cython sources is over 100 characters, which ruff does not see."""

import sys
from pathlib import Path

LONGEST = 100
CORE = Path(__file__).resolve().parent.parent / "src" / "chainrule" / "_core"


def main() -> int:
    wrong = [
        f"{path}:{number}: {len(line)} characters, {LONGEST} at most"
        for path in sorted(CORE.iterdir())
        if path.suffix in (".pyx", ".pxd", ".pxi", ".pyi")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST
    ]
    print("\n".join(wrong), end="\n" if wrong else "")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
